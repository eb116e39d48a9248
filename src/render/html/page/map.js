// Where bytes changed: nested rectangles, as square as they can be made.
let focus = -1;
const CELLS = 400;
// Pixels a rectangle takes at least, for telling how many there is room for.
const LEAST = 120;
const cellOf = new WeakMap();

function drawMap() {
  const map = byId("map");
  if (focus >= 0 && !totals[focus]) focus = -1;
  const list = weighty(focus);
  const total = list.reduce((sum, node) => sum + totals[node], 0);
  byId("map-box").hidden = total === 0;
  if (total === 0 || !byId("map-box").open) return;
  const cells = [];
  // Level by level, so that what there is room for is shared out evenly.
  const waiting = [{ list, box: { x: 0, y: 0, w: map.clientWidth, h: map.clientHeight } }];
  for (const { list, box, cell } of waiting) {
    if (cell && cells.length + Math.min(list.length, box.w * box.h / LEAST) > CELLS) continue;
    if (cell) cell.className = "inner";
    layout(list, box, cells, waiting);
  }
  map.replaceChildren(...cells);
  if (cells[0]) cells[0].tabIndex = 0;
  byId("map-total").textContent = human(total) + " in files that differ";
  drawCrumbs();
}

const weighty = node => children(node).filter(child => totals[child] > 0).sort((one, next) => totals[next] - totals[one]);

// Squarified: rows grow as long as their worst rectangle gets no thinner.
function layout(list, box, cells, waiting) {
  let sum = list.reduce((all, node) => all + totals[node], 0);
  for (let at = 0; at < list.length && cells.length < CELLS;) {
    const short = Math.min(box.w, box.h);
    if (short < 4) return;
    const scale = box.w * box.h / sum;
    let end = at, row = 0, worst = Infinity;
    while (end < list.length) {
      const next = row + totals[list[end]];
      const side = next * scale / short;
      const thin = Math.max(side / (totals[list[end]] * scale / side), totals[list[at]] * scale / side / side);
      if (thin > worst) break;
      worst = thin; row = next; end++;
    }
    const thick = row * scale / short;
    let along = 0;
    for (const node of list.slice(at, end)) {
      const length = totals[node] * scale / thick;
      place(node, box.w < box.h
        ? { x: box.x + along, y: box.y, w: length, h: thick }
        : { x: box.x, y: box.y + along, w: thick, h: length }, cells, waiting);
      along += length;
    }
    box = box.w < box.h
      ? { x: box.x, y: box.y + thick, w: box.w, h: box.h - thick }
      : { x: box.x + thick, y: box.y, w: box.w - thick, h: box.h };
    sum -= row;
    at = end;
  }
}

function place(at, box, cells, waiting) {
  if (box.w < 5 || box.h < 5 || cells.length >= CELLS) return;
  const { node, name } = chain(at);
  const inside = weighty(node);
  const cell = make("button", tone(node));
  cell.type = "button";
  cell.tabIndex = -1;
  const label = name + (inside.length && nodes.kind[node] === "p" ? "/" : "");
  if (box.w > 34 && box.h > 15) cell.append(make("span", "", label));
  cell.title = title(node) + ", " + human(totals[node]) + ", " + tone(node);
  cell.setAttribute("aria-label", cell.title);
  for (const [side, size] of [["left", box.x], ["top", box.y], ["width", box.w], ["height", box.h]]) cell.style[side] = size + "px";
  cellOf.set(cell, node);
  cells.push(cell);
  if (inside.length && box.w > 44 && box.h > 40)
    waiting.push({ list: inside, box: { x: box.x + 3, y: box.y + 18, w: box.w - 6, h: box.h - 21 }, cell });
}

function drawCrumbs() {
  const places = [];
  for (let node = focus; node >= 0; node = nodes.parent[node]) places.unshift(node);
  const crumbs = [-1, ...places].map(node => {
    const button = make("button", "link", node < 0 ? "all" : nodes.name[node]);
    button.type = "button";
    button.addEventListener("click", () => zoom(node));
    return button;
  });
  byId("crumbs").replaceChildren(...crumbs.flatMap((button, at) => at ? [" / ", button] : [button]));
}

function zoom(node) {
  focus = node;
  drawMap();
}

function openCell(cell) {
  const node = cellOf.get(cell);
  if (!weighty(node).length) return reveal(node);
  zoom(node);
  const first = byId("map").querySelector("button");
  if (first) first.focus();
}

function mapKey(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === "Backspace" && focus >= 0) {
    zoom(nodes.parent[focus]);
    const first = byId("map").querySelector("button");
    if (first) first.focus();
  } else if (step) {
    const cells = Array.from(byId("map").children);
    const next = cells[cells.indexOf(event.target) + step];
    if (next) { event.target.tabIndex = -1; next.tabIndex = 0; next.focus(); }
  } else return;
  event.preventDefault();
}
