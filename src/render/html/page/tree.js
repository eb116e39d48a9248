// The tree: one element for each line that is open, children made when they are asked for.
const tree = byId("tree");
const STEP = 200;
const ROOM = 90;
const open = new Map();
let opened = new Set();
const rowOf = new WeakMap();

const isOpen = node => open.has(node) ? open.get(node) : opened.has(node);

// Directories that hold nothing but one directory share its line.
function chain(node) {
  let name = nodes.name[node];
  for (;;) {
    const inner = own[node] || nodes.kind[node] !== "p" ? [] : children(node);
    if (inner.length !== 1 || nodes.kind[inner[0]] !== "p") return { node, name };
    node = inner[0];
    name += "/" + nodes.name[node];
  }
}

function sorted(node) {
  const list = children(node);
  const by = byId("sort").value;
  if (by === "bytes") list.sort((one, next) => totals[next] - totals[one]);
  if (by === "count") list.sort((one, next) => counts[next] - counts[one]);
  return list;
}

// Opens from the top whatever fits on a screen or two.
function openWhatFits() {
  opened = new Set();
  let room = ROOM;
  const queue = children(-1);
  room -= queue.length;
  for (let at = 0; at < queue.length; at++) {
    const { node } = chain(queue[at]);
    const inner = children(node);
    const lines = inner.length + own[node];
    if (lines > room) continue;
    room -= lines;
    opened.add(node);
    queue.push(...inner);
  }
}

function level(row, depth) {
  row.setAttribute("role", "treeitem");
  row.setAttribute("aria-level", depth);
  row.style.paddingLeft = 12 + Math.min(depth - 1, 24) * 16 + "px";
  row.tabIndex = -1;
}

// The position among its siblings, for screen readers: what is not in the page cannot be counted.
function position(row, place, of) {
  row.setAttribute("aria-posinset", place);
  row.setAttribute("aria-setsize", of);
  return row;
}

function nodeRow(at, depth) {
  const { node, name } = chain(at);
  const kind = nodes.kind[node];
  const isPath = kind === "p" || kind === "m";
  const row = make("div", "row" + (kind === "s" ? " section" : kind === "i" ? " image" : ""));
  level(row, depth);
  row.append(make("span", "arrow"));
  if (isPath && own[node]) row.append(sign(String.fromCharCode(changes[node])));
  row.append(make("span", "name", (isTop(at) ? "/" : "") + name + (holdsPaths(node) ? "/" : "")));
  if (kind === "s" && commandOf.get(node)) row.append(make("span", "command", commandOf.get(node)));
  const only = onlyFinding(node);
  if (only >= 0) leaf(row, only);
  else row.setAttribute("aria-expanded", isOpen(node));
  if (only < 0 && isPath && own[node]) row.append(make("span", "fields", fieldsOf(node)));
  row.append(measure(node));
  row.title = isPath ? path(node) : nodes.name[node] + " " + (commandOf.get(node) || "");
  rowOf.set(row, { node, depth, isLeaf: only >= 0 });
  return row;
}

const isTop = node => nodes.kind[node] === "p" && nodes.kind[nodes.parent[node]] !== "p";
const holdsPaths = node => nodes.kind[node] === "p" && children(node).some(child => nodes.kind[child] === "p");

// A place with one short finding says it in its own line.
function onlyFinding(node) {
  if (own[node] !== 1 || nodes.kind[node] === "s" || children(node).length) return -1;
  for (let at = from[node]; at < to[node]; at++)
    if (passes[at] && finds.node[at] === node) return line(at).includes("<pre") ? -1 : at;
  return -1;
}

function leaf(row, at) {
  row.classList.add("finding");
  row.classList.toggle("muted", finds.status[at] !== "c");
  const what = said(at);
  if (finds.field[at] === ENTRY) what.querySelector("b").remove();
  row.append(what);
}

// What a finding says, without the sign it begins with.
function said(at) {
  const what = elements(line(at));
  what.firstChild.textContent = what.firstChild.textContent.replace(/^\s*\S/, "");
  what.querySelectorAll("cite").forEach(tag => tag.replaceChildren(choice(tag.textContent, "cause", finds.cause[at])));
  return what;
}

function sign(change) {
  const mark = make("span", "sign " + KINDS[change], SIGNS[change]);
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", KINDS[change]);
  return mark;
}

function fieldsOf(node) {
  const names = [];
  for (let at = from[node]; at < to[node] && names.length < 8; at++)
    if (passes[at]) names.push(data.fields[finds.field[at]]);
  return names.join(", ");
}

function measure(node) {
  const box = make("span", "measure");
  if (totals[node]) {
    const bar = make("span", "bar");
    const fill = make("i", tone(node));
    fill.style.width = Math.sqrt(totals[node] / most) * 100 + "%";
    bar.append(fill);
    box.append(make("span", "size", human(totals[node])), bar);
  }
  const total = make("span", "total", thousands(counts[node]));
  total.title = counts[node] + (counts[node] === 1 ? " finding" : " findings");
  box.append(total);
  return box;
}

let most = 0;

function findingRow(at, depth) {
  const row = make("div", "row finding" + (finds.status[at] === "c" ? "" : " muted"));
  level(row, depth);
  const what = said(at);
  row.append(make("span", "arrow"), sign(finds.change[at]), what);
  what.querySelectorAll("pre").forEach(readDiff);
  rowOf.set(row, { finding: at, depth });
  return row;
}

function moreRow(node, depth, rest, start) {
  const row = make("div", "row more", "… show " + thousands(Math.min(rest, STEP)) + " of " + thousands(rest) + " more");
  level(row, depth);
  rowOf.set(row, { more: node, start, depth });
  return row;
}

// The lines below a node, from its `start`th child on.
function inner(node, depth, start) {
  const rows = [];
  const list = sorted(node);
  const direct = node >= 0 ? own[node] : 0;
  const all = direct + list.length;
  let place = 0;
  if (start === 0 && direct)
    for (let at = from[node]; at < to[node] && place <= STEP; at++)
      if (passes[at] && finds.node[at] === node) rows.push(position(findingRowOrMore(at, depth, place), ++place, all));
  place = direct + start;
  for (const child of list.slice(start, start + STEP)) {
    rows.push(position(nodeRow(child, depth), ++place, all));
    const last = rowOf.get(rows[rows.length - 1]);
    if (isOpen(last.node) && !last.isLeaf) for (const row of inner(last.node, depth + 1, 0)) rows.push(row);
  }
  if (list.length > start + STEP) rows.push(position(moreRow(node, depth, list.length - start - STEP, start + STEP), ++place, all));
  return rows;
}

// Findings right at one place are shown up to a limit, which only documents of thousands of
// fields exceed.
function findingRowOrMore(at, depth, before) {
  if (before < STEP) return findingRow(at, depth);
  const row = make("div", "row more", "… show all " + thousands(own[finds.node[at]]) + " findings");
  level(row, depth);
  rowOf.set(row, { rest: at, depth });
  return row;
}

function drawTree() {
  drawn.length = 0;
  most = Math.max(1, ...children(-1).map(root => totals[root]));
  tree.replaceChildren(...inner(-1, 1, 0));
  if (tree.firstChild) tree.firstChild.tabIndex = 0;
  byId("nothing").hidden = matched > 0;
  tree.hidden = matched === 0;
}

function focusRow(row) {
  if (!row) return;
  const before = tree.querySelector('[tabindex="0"]');
  if (before) before.tabIndex = -1;
  row.tabIndex = 0;
  row.focus();
}

function setOpen(row, wanted) {
  const { node, depth } = rowOf.get(row);
  open.set(node, wanted);
  row.setAttribute("aria-expanded", wanted);
  if (!wanted) {
    while (row.nextSibling && rowOf.get(row.nextSibling).depth > depth) row.nextSibling.remove();
    return;
  }
  insert(row, inner(node, depth + 1, 0));
}

function insert(row, rows) {
  const fragment = document.createDocumentFragment();
  for (const it of rows) fragment.append(it);
  row.after(fragment);
}

function showMore(row) {
  const { more, start, rest, depth } = rowOf.get(row);
  const rows = [];
  if (rest === undefined) rows.push(...inner(more, depth, start));
  else {
    const node = finds.node[rest];
    const all = row.getAttribute("aria-setsize");
    let place = Number(row.getAttribute("aria-posinset"));
    for (let at = rest; at < to[node]; at++)
      if (passes[at] && finds.node[at] === node) rows.push(position(findingRow(at, depth), place++, all));
  }
  insert(row, rows);
  const next = row.nextSibling;
  row.remove();
  focusRow(next);
}

function activate(row) {
  const it = rowOf.get(row);
  if (it.more !== undefined || it.rest !== undefined) showMore(row);
  else if (it.node !== undefined && !it.isLeaf) setOpen(row, row.getAttribute("aria-expanded") !== "true");
  else row.classList.toggle("whole");
}

function parentRow(row) {
  const { depth } = rowOf.get(row);
  let above = row.previousSibling;
  while (above && rowOf.get(above).depth >= depth) above = above.previousSibling;
  return above;
}

function openBeside(row) {
  const { depth } = rowOf.get(row);
  const level = [];
  for (const it of Array.from(tree.children)) {
    const { node, depth: other } = rowOf.get(it);
    if (other === depth && node !== undefined && parentRow(it) === parentRow(row)) level.push(it);
  }
  for (const it of level.slice(0, STEP)) if (it.getAttribute("aria-expanded") === "false") setOpen(it, true);
}

const KEYS = {
  ArrowDown: row => focusRow(row.nextSibling),
  ArrowUp: row => focusRow(row.previousSibling),
  Home: () => focusRow(tree.firstChild),
  End: () => focusRow(tree.lastChild),
  Enter: activate,
  " ": activate,
  "*": openBeside,
  ArrowRight(row) {
    const state = row.getAttribute("aria-expanded");
    if (state === "false") setOpen(row, true);
    else if (state === "true") focusRow(row.nextSibling);
  },
  ArrowLeft(row) {
    if (row.getAttribute("aria-expanded") === "true") setOpen(row, false);
    else focusRow(parentRow(row));
  },
};

function treeKey(event) {
  const row = event.target;
  if (row.parentNode !== tree || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key](row);
}

function treeClick(event) {
  if (event.target.closest("button, summary, pre") || String(getSelection())) return;
  const row = event.target.closest(".row");
  if (!row) return;
  focusRow(row);
  if (!row.classList.contains("finding")) activate(row);
}

// Opens the tree down to a node.
function reveal(node) {
  for (let above = node; above >= 0; above = nodes.parent[above]) open.set(above, true);
  drawTree();
  const row = Array.from(tree.children).find(it => rowOf.get(it).node === node);
  if (row) { focusRow(row); row.scrollIntoView({ block: "center" }); }
}
