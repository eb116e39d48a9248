// The page comes alive: controls, keys, light and dark.

// A button that filters by one choice of a control.
function choice(text, control, value) {
  const button = make("button", "link", text);
  button.type = "button";
  button.title = "show only these findings";
  button.addEventListener("click", () => {
    const select = byId(control);
    select.value = select.value === String(value) ? "" : String(value);
    byId("status").value = "all";
    byId("package-label").hidden = !byId("package").value;
    refresh();
    byId("bar").scrollIntoView({ block: "start" });
  });
  return button;
}

function option(select, value, text) {
  const it = make("option", "", text.length > 80 ? text.slice(0, 79) + "…" : text);
  it.value = value;
  byId(select).append(it);
}

function fillControls() {
  data.fields.map((name, at) => [name, at]).sort((one, next) => one[0] < next[0] ? -1 : 1).forEach(([name, at]) => option("field", at, name));
  data.causes.forEach((name, at) => option("cause", at, name));
  data.packages.forEach((name, at) => option("package", at, name));
  for (const node of sections) {
    const image = nodes.parent[node] < 0 ? "" : nodes.name[nodes.parent[node]] + ", ";
    option("layer", node, image + nodes.name[node]);
  }
  for (const code of document.querySelectorAll("[data-cause]")) code.replaceChildren(choice(code.textContent, "cause", code.dataset.cause));
  for (const name of document.querySelectorAll("[data-package]")) name.replaceChildren(choice(name.textContent, "package", name.dataset.package));
}

// Where nothing counts, the findings that do not count are what there is to see.
const PRESET = { status: data && !finds.status.includes("c") ? "all" : "c" };

function readPlace() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const id of CONTROLS) {
    const preset = PRESET[id] || "";
    byId(id).value = wanted.has(id) ? wanted.get(id) : preset;
    if (byId(id).value === "" && preset) byId(id).value = preset;
  }
  byId("package-label").hidden = !byId("package").value;
}

function keepPlace() {
  const kept = new URLSearchParams();
  for (const id of CONTROLS) if (byId(id).value !== (PRESET[id] || "")) kept.set(id, byId(id).value);
  const text = kept.toString();
  if (location.hash.slice(1) === text) return;
  try { history.replaceState(null, "", "#" + text); } catch { /* A page may be opened where it may not say where it is. */ }
}

function refresh() {
  applyFilter();
  open.clear();
  openWhatFits();
  drawTree();
  drawMap();
  byId("count").textContent = matched === FINDINGS
    ? thousands(FINDINGS) + (FINDINGS === 1 ? " finding" : " findings")
    : thousands(matched) + " of " + thousands(FINDINGS) + " findings";
  keepPlace();
}

const isDark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function toggleTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  byId("theme").textContent = isDark() ? "light" : "dark";
}

function addButtons() {
  const box = make("div");
  box.id = "buttons";
  const theme = make("button", "", isDark() ? "light" : "dark");
  theme.id = "theme";
  theme.title = "light or dark (t)";
  theme.addEventListener("click", toggleTheme);
  box.append(theme);
  if (data) {
    const help = make("button", "", "keys");
    help.id = "keys";
    help.title = "what the keys do (?)";
    help.addEventListener("click", () => byId("help").showModal());
    box.append(help);
  }
  document.querySelector("header.top").append(box);
}

function pageKey(event) {
  const field = byId("q") || byId("claim");
  const isTyping = event.target.closest && event.target.closest("input, select, textarea");
  if (event.key === "Escape" && event.target === field) { field.value = ""; field.dispatchEvent(new Event("input", { bubbles: true })); }
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/" && field) { event.preventDefault(); field.focus(); field.select(); }
  if (event.key === "?" && byId("help")) byId("help").showModal();
  if (event.key === "t") toggleTheme();
}

function startReport() {
  byId("viewer").hidden = false;
  fillControls();
  readPlace();
  refresh();
  const bar = byId("bar");
  bar.addEventListener("input", refresh);
  bar.addEventListener("submit", event => event.preventDefault());
  bar.addEventListener("reset", event => {
    event.preventDefault();
    for (const id of CONTROLS) byId(id).value = PRESET[id] || "";
    byId("package-label").hidden = true;
    refresh();
  });
  byId("sort").addEventListener("change", drawTree);
  byId("view").addEventListener("change", () => drawn.forEach(drawDiff));
  byId("whole").addEventListener("change", event => tree.classList.toggle("whole", event.target.checked));
  byId("close-all").addEventListener("click", () => { open.clear(); opened = new Set(); drawTree(); });
  tree.addEventListener("keydown", treeKey);
  tree.addEventListener("click", treeClick);
  byId("map").addEventListener("keydown", mapKey);
  byId("map").addEventListener("click", event => { const cell = event.target.closest("button"); if (cell) openCell(cell); });
  byId("map-box").addEventListener("toggle", drawMap);
  addEventListener("resize", drawMap);
  addEventListener("hashchange", () => { readPlace(); refresh(); });
  // Before the first key is pressed there is time for what it needs.
  setTimeout(() => { lowerNames(); line(0); }, 50);
}

function startClaims() {
  const claims = Array.from(document.querySelectorAll(".claim"), element => ({ element, text: element.closest("article").querySelector("h2").textContent + " " + element.textContent }));
  if (!claims.length) return;
  byId("search-claims").hidden = false;
  byId("claim").addEventListener("input", event => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, text } of claims) {
      element.hidden = !words.every(word => text.toLowerCase().includes(word));
      if (!element.hidden) shown++;
    }
    for (const group of document.querySelectorAll(".grade, .grade section")) group.hidden = !group.querySelector(".claim:not([hidden])");
    byId("claim-count").textContent = shown + " of " + claims.length;
  });
}

addButtons();
if (data && FINDINGS) startReport();
else if (byId("claim")) startClaims();
document.addEventListener("keydown", pageKey);
requestAnimationFrame(() => setTimeout(() => performance.mark("shown")));
