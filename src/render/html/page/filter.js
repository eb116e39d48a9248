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

let lowered = null;
function lowerPaths() {
  if (lowered) return lowered;
  lowered = new Array(NODES);
  for (let node = 0; node < NODES; node++) {
    const kind = nodes.kind[node];
    const parent = nodes.parent[node];
    if (kind !== "p" && kind !== "m") lowered[node] = "";
    else lowered[node] = lowered[parent] + (kind === "p" ? "/" : " › ") + nodes.name[node].toLowerCase();
  }
  return lowered;
}

const holding = (names, word) => names.map(name => name.toLowerCase().includes(word));

// A test of one finding for each word: its path, field or cause holds it.
function wordTest(word) {
  const paths = lowerPaths();
  const fields = holding(data.fields, word);
  const causes = holding(data.causes, word);
  const known = new Int8Array(NODES).fill(-1);
  return at => {
    if (fields[finds.field[at]] || causes[finds.cause[at]]) return true;
    const node = finds.node[at];
    if (known[node] < 0) known[node] = paths[node].includes(word) ? 1 : 0;
    return known[node] === 1;
  };
}

function pathTest(part) {
  const paths = lowerPaths();
  return at => paths[finds.node[at]].includes(part);
}

function tests() {
  const value = id => byId(id).value;
  const list = [];
  const status = value("status");
  if (status !== "all") list.push(at => finds.status[at] === status);
  if (value("change")) list.push(at => finds.change[at] === value("change"));
  if (value("field")) { const field = +value("field"); list.push(at => finds.field[at] === field); }
  if (value("cause")) { const cause = value("cause") === "none" ? -1 : +value("cause"); list.push(at => finds.cause[at] === cause); }
  if (value("layer")) { const layer = +value("layer"); list.push(at => sectionOf[finds.node[at]] === layer); }
  if (value("package")) { const wanted = +value("package"); list.push(at => finds.package[at] === wanted); }
  if (value("path")) list.push(pathTest(value("path").toLowerCase()));
  for (const word of value("q").toLowerCase().split(/\s+/).filter(Boolean)) list.push(wordTest(word));
  return list;
}

function applyFilter() {
  const list = tests();
  counts.fill(0); own.fill(0); totals.fill(0); added.fill(0); removed.fill(0);
  matched = 0;
  for (let at = 0; at < FINDINGS; at++) {
    const pass = list.every(test => test(at));
    passes[at] = pass ? 1 : 0;
    if (pass) { matched++; own[finds.node[at]]++; }
  }
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
