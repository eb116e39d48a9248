// Diffs side by side, and marks on what differs within a line.
const drawn = [];

function readDiff(pre) {
  const lines = Array.from(pre.children).flatMap(linesOf);
  const diff = { pre, isHex: pre.classList.contains("hex"), rows: pairLines(lines) };
  drawn.push(diff);
  drawDiff(diff);
}

// The lines of a run, which stand between breaks.
function linesOf(run) {
  const texts = [""];
  for (const part of run.childNodes) {
    if (part.localName === "br") texts.push("");
    else texts[texts.length - 1] += part.textContent;
  }
  return texts.map(text => ({ tag: run.localName, text }));
}

// Runs of removed and added lines stand beside each other; all other lines on both sides.
function pairLines(lines) {
  const rows = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at].tag !== "del" && lines[at].tag !== "ins") { rows.push({ both: lines[at++] }); continue; }
    const left = [], right = [];
    while (at < lines.length && lines[at].tag === "del") left.push(lines[at++].text);
    while (at < lines.length && lines[at].tag === "ins") right.push(lines[at++].text);
    rows.push({ left, right });
  }
  return rows;
}

function drawDiff(diff) {
  const side = byId("view").value === "side";
  diff.pre.classList.toggle("side", side);
  diff.pre.replaceChildren(...diff.rows.flatMap(row => (side ? besides : below)(row, diff.isHex)));
}

function below(row, isHex) {
  if (row.both) return [make(row.both.tag, "", row.both.text)];
  return [
    ...row.left.map((text, at) => marked("del", "", text, row.right[at], isHex)),
    ...row.right.map((text, at) => marked("ins", "", text, row.left[at], isHex)),
  ];
}

function besides(row, isHex) {
  if (row.both && row.both.tag === "i") return [make("i", "across", row.both.text)];
  if (row.both) return [make("span", "", row.both.text), make("span", "", row.both.text)];
  const cell = (tag, text, other) => text === undefined ? make("span", "gap", "") : marked("span", tag, text, other, isHex);
  const cells = [];
  for (let at = 0; at < Math.max(row.left.length, row.right.length); at++)
    cells.push(cell("del", row.left[at], row.right[at]), cell("ins", row.right[at], row.left[at]));
  return cells;
}

function marked(tag, name, text, other, isHex) {
  const element = make(tag, name);
  if (other === undefined) { element.textContent = text; return element; }
  if (isHex) markColumns(element, text, other);
  else markMiddle(element, text, other);
  return element;
}

// What stands between the common beginning and the common end.
function markMiddle(element, text, other) {
  let start = 1;
  while (start < text.length && text[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(text.length, other.length) - start;
  while (end < most && text[text.length - 1 - end] === other[other.length - 1 - end]) end++;
  const isWhole = start === 1 && end === 0;
  if (isWhole || start >= text.length - end) { element.textContent = text; return; }
  element.append(text.slice(0, start), make("mark", "", text.slice(start, text.length - end)), text.slice(text.length - end));
}

// In a dump every column has its place.
function markColumns(element, text, other) {
  for (let at = 0; at < text.length;) {
    const differs = at > 0 && text[at] !== other[at];
    let end = at + 1;
    while (end < text.length && (end > 0 && text[end] !== other[end]) === differs) end++;
    element.append(differs ? make("mark", "", text.slice(at, end)) : text.slice(at, end));
    at = end;
  }
}
