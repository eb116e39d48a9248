// What the filter lets through: for each node the findings and bytes in and below it.
const passes = new Uint8Array(FINDINGS);
const counts = new Int32Array(NODES);
const own = new Int32Array(NODES);
const totals = new Float64Array(NODES);
const added = new Float64Array(NODES);
const removed = new Float64Array(NODES);
const changes = Uint8Array.from({ length: NODES }, (_, node) => changeOf(node).charCodeAt(0));
const CONTROLS = ["q", "path", "field", "cause", "layer", "change", "status", "package"];
let matched = 0;

const codes = text => Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
const changeCodes = codes(finds.change);
const statusCodes = codes(finds.status);

let lowNames = null;
function lowerNames() {
  if (!lowNames) lowNames = nodes.name.map(name => name.toLowerCase());
  return lowNames;
}

const isPlace = node => nodes.kind[node] === "p" || nodes.kind[node] === "m";

// Nodes whose path holds a text. What a path holds, all paths below it hold; so unless the text
// spans several names, looking at each name once will do.
function holders(part) {
  const names = lowerNames();
  const spans = /[/ ]/.test(part);
  const hits = new Uint8Array(NODES);
  for (let node = 0; node < NODES; node++) {
    if (!isPlace(node)) continue;
    const parent = nodes.parent[node];
    if (hits[parent]) hits[node] = 1;
    else if (spans ? path(node).toLowerCase().includes(part) : names[node].includes(part)) hits[node] = 1;
  }
  return hits;
}

const holding = (names, word) => names.map(name => name.toLowerCase().includes(word));

// Keeps what has the word in its path, field or cause.
function keepWord(word) {
  const places = holders(word);
  const fields = holding(data.fields, word);
  const causes = holding(data.causes, word);
  for (let at = 0; at < FINDINGS; at++)
    if (!places[finds.node[at]] && !fields[finds.field[at]] && !causes[finds.cause[at]]) passes[at] = 0;
}

function keep(column, wanted) {
  for (let at = 0; at < FINDINGS; at++) if (column[at] !== wanted) passes[at] = 0;
}

function keepIn(chosen, of) {
  for (let at = 0; at < FINDINGS; at++) if (!chosen(of[finds.node[at]])) passes[at] = 0;
}

function mark() {
  const value = id => byId(id).value;
  passes.fill(1);
  if (value("status") !== "all") keep(statusCodes, value("status").charCodeAt(0));
  if (value("change")) keep(changeCodes, value("change").charCodeAt(0));
  if (value("field")) keep(finds.field, +value("field"));
  if (value("cause")) keep(finds.cause, value("cause") === "none" ? -1 : +value("cause"));
  if (value("package")) keep(finds.package, +value("package"));
  if (value("layer")) { const layer = +value("layer"); keepIn(section => section === layer, sectionOf); }
  if (value("path")) keepIn(Boolean, holders(value("path").toLowerCase()));
  for (const word of value("q").toLowerCase().split(/\s+/).filter(Boolean)) keepWord(word);
}

function applyFilter() {
  mark();
  counts.fill(0); own.fill(0); totals.fill(0); added.fill(0); removed.fill(0);
  matched = 0;
  for (let at = 0; at < FINDINGS; at++) if (passes[at]) { matched++; own[finds.node[at]]++; }
  for (let node = NODES - 1; node >= 0; node--) {
    counts[node] += own[node];
    if (own[node]) {
      totals[node] += nodes.bytes[node];
      if (changes[node] === 97) added[node] += nodes.bytes[node];
      if (changes[node] === 114) removed[node] += nodes.bytes[node];
    }
    const parent = nodes.parent[node];
    if (parent < 0) continue;
    counts[parent] += counts[node];
    totals[parent] += totals[node];
    added[parent] += added[node];
    removed[parent] += removed[node];
  }
}

// What most of the bytes of a node are.
function tone(node) {
  if (added[node] * 2 > totals[node]) return "added";
  return removed[node] * 2 > totals[node] ? "removed" : "changed";
}

function children(node) {
  const list = [];
  for (let child = node < 0 ? -1 : firstChild[node]; child >= 0; child = nextSibling[child])
    if (counts[child]) list.push(child);
  if (node < 0) list.push(...roots.filter(root => counts[root]));
  return list;
}
