// The report in columns; a parent node has a smaller number than its children.
const byId = id => document.getElementById(id);

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

const data = byId("data") ? JSON.parse(byId("data").textContent) : null;
const nodes = data ? data.nodes : { parent: [], kind: "", name: [], bytes: [] };
const finds = data ? data.findings : { node: [], field: [], change: "", status: "", cause: [], package: [] };
const NODES = nodes.parent.length;
const FINDINGS = finds.node.length;

const firstChild = new Int32Array(NODES).fill(-1);
const nextSibling = new Int32Array(NODES).fill(-1);
const roots = [];
for (let node = NODES - 1; node >= 0; node--) {
  const parent = nodes.parent[node];
  if (parent < 0) roots.unshift(node);
  else { nextSibling[node] = firstChild[parent]; firstChild[parent] = node; }
}

// Findings of a node follow each other.
const from = new Int32Array(NODES).fill(-1);
const to = new Int32Array(NODES);
for (let at = 0; at < FINDINGS; at++) {
  const node = finds.node[at];
  if (from[node] < 0) from[node] = at;
  to[node] = at + 1;
}

// The section a node lies in, and the section's command.
const sectionOf = new Int32Array(NODES).fill(-1);
const commandOf = new Map();
const sections = [];
for (let node = 0; node < NODES; node++) {
  if (nodes.kind[node] === "s") {
    commandOf.set(node, data.commands[sections.length]);
    sections.push(node);
    sectionOf[node] = node;
  } else if (nodes.parent[node] >= 0) sectionOf[node] = sectionOf[nodes.parent[node]];
}

function path(node) {
  let text = "";
  for (; node >= 0; node = nodes.parent[node]) {
    if (nodes.kind[node] === "p") text = "/" + nodes.name[node] + text;
    else if (nodes.kind[node] === "m") text = " › " + nodes.name[node] + text;
    else break;
  }
  return text;
}

function title(node) {
  return nodes.kind[node] === "p" || nodes.kind[node] === "m" ? path(node) : nodes.name[node];
}

const KINDS = { a: "added", r: "removed", c: "changed", m: "moved" };
const SIGNS = { a: "+", r: "−", c: "~", m: ">" };
const ENTRY = data ? data.fields.indexOf("entry") : -1;

// A path comes or goes when a whole entry does; anything else is a change to it.
function changeOf(node) {
  if (from[node] < 0) return "c";
  for (let at = from[node]; at < to[node]; at++) {
    const change = finds.change[at];
    if (finds.node[at] === node && (change === "m" || finds.field[at] === ENTRY)) return change;
  }
  return "c";
}

const thousands = number => String(number).replace(/\B(?=(\d{3})+$)/g, "\u2009");

function human(bytes) {
  if (bytes < 1024) return bytes + " B";
  let unit = 0;
  for (bytes /= 1024; bytes >= 1024 && unit < 5; unit++) bytes /= 1024;
  return (Math.floor(bytes * 10) / 10).toFixed(1) + " " + ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][unit];
}

// What a finding says stands in the listing, one line each; it is looked up when it is shown.
let listing = "";
const lineAt = new Uint32Array(FINDINGS);
function line(finding) {
  if (!listing) {
    listing = byId("listing").textContent;
    for (let at = 0, next = 0; at < FINDINGS; at++) {
      next = listing.indexOf("\n<dd", next) + 1;
      lineAt[at] = next;
    }
  }
  return listing.slice(lineAt[finding], listing.indexOf("\n", lineAt[finding]));
}

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'" };
const plain = text => text.replace(/&(?:amp|lt|gt|quot|#39);/g, it => ENTITIES[it]);
const TAGS = new Set(["b", "del", "ins", "em", "small", "cite", "var", "code", "br", "details", "summary", "pre", "i", "span"]);
const CLASSES = new Set(["hex"]);

// Builds elements of the few kinds a line is made of; there is no way from text to markup.
function elements(markup) {
  const top = make("div", "what");
  let inner = top;
  for (const [, close, tag, name, text] of markup.matchAll(/<(\/?)(\w+)(?: class="(\w+)")?>|([^<]+)/g)) {
    if (text !== undefined) inner.append(plain(text));
    else if (!TAGS.has(tag)) continue;
    else if (tag === "br") inner.append(make("br"));
    else if (close) inner = inner === top ? top : inner.parentNode;
    else inner = inner.appendChild(make(tag, CLASSES.has(name) ? name : ""));
  }
  return top;
}
