// Keeps what is chosen in the address, so that a view can be sent on, and listens to the reader.

let state = {};
let fitting = [];
let shown = 0;

function read(hash) {
  const said = new URLSearchParams(hash.slice(1));
  const chosen = { q: said.get("q") ?? "", sort: said.get("sort") ?? "", severity: [] };
  chosen.severity = (said.get("severity") ?? "").split(",").filter((one) => data.severities.includes(one));
  for (const facet of FACETS) chosen[facet] = said.get(facet) ?? "";
  return chosen;
}

/** The address of the view with something else chosen; `alone`: with nothing but that. */
function address(chosen, alone = false) {
  const next = { ...(alone ? {} : state), ...chosen };
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(next)) if (value.length) said.set(name, String(value));
  return `#${String(said).replaceAll("%2C", ",")}`;
}

function go(chosen, alone = false) {
  const next = address(chosen, alone);
  history.replaceState(null, "", next === "#" ? location.pathname + location.search : next);
  draw();
}

function more(most = PAGE) {
  const next = fitting.slice(shown, shown + most);
  list.append(...next.map((place) => entry(place, Boolean(state.finding) || fitting.length === 1)));
  shown += next.length;
  const left = fitting.length - shown;
  const button = byId("more");
  button.hidden = !left;
  button.textContent = word("more", { number: number(Math.min(PAGE, left)) });
  return next.length;
}

function chips() {
  const chosen = FILTERS.filter((filter) => state[filter].length);
  byId("chosen").replaceChildren(...chosen.map((filter) => {
    const told = filter === "severity" ? state.severity.map((one) => words[one]).join(", ") : state[filter];
    return make("li", {}, make("span", { class: "quiet" }, `${words[filter]}: `), make("bdi", {}, told), " ",
      make("button", {
        type: "button", class: "plain", "aria-label": word("remove", { filter: told }),
        onclick: () => { go({ [filter]: "" }); byId("status").focus(); },
      }, "✕"));
  }));
}

function draw() {
  state = read(location.hash);
  form.elements.q.value !== state.q && (form.elements.q.value = state.q);
  form.elements.sort.value = state.sort in sorts ? state.sort : "";
  form.elements.rule.value = state.rule;
  for (const box of form.querySelectorAll("[name=severity]")) box.checked = state.severity.includes(box.value);
  fitting = select(state);
  chips();
  byId("status").textContent = fitting.length
    ? word("found", { some: number(fitting.length), all: number(every.length) })
    : words.none;
  list.replaceChildren();
  shown = 0;
  more();
}

const rulesByName = rules.map(({ id, name }, at) => [id, name, at]).sort(([one], [other]) => compare(one, other));
form.elements.rule.append(make("option", { value: "" }, words.every),
  ...rulesByName.map(([id, name]) => make("option", { value: id }, `${id} ${name}`)));
form.addEventListener("submit", (event) => event.preventDefault());
const choose = () => go({
  q: form.elements.q.value.trim(),
  severity: [...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value),
  rule: form.elements.rule.value,
  sort: form.elements.sort.value,
});
form.elements.q.addEventListener("input", choose);
form.addEventListener("change", (event) => event.target.name !== "q" && choose());
form.addEventListener("reset", (event) => { event.preventDefault(); go({}, true); });
byId("more").addEventListener("click", () => {
  const first = list.children.length;
  more();
  list.children[first]?.querySelector("summary").focus();
});
window.addEventListener("hashchange", draw);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#'], a[*|href^='#']");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const hash = link.getAttribute("href");
  if (hash.includes("=")) {
    const chosen = Object.fromEntries(new URLSearchParams(hash.slice(1)));
    // A chart adds to what is chosen; a link to one finding stands alone.
    go(chosen.finding ? { finding: chosen.finding } : chosen, Boolean(chosen.finding));
  }
  const there = byId(hash.includes("=") ? "findings" : hash.slice(1));
  there?.scrollIntoView();
  there?.focus({ preventScroll: true });
});

// What is printed is what is filtered, each finding opened.
let before = null;
window.addEventListener("beforeprint", () => {
  before = shown;
  const most = fitting.slice(0, PRINTED);
  list.replaceChildren(...most.map((place) => entry(place, true)));
  if (most.length < fitting.length) list.append(make("li", { class: "cut" }, word("cut", { number: number(most.length) })));
  const asked = new Set(most.map((place) => rules[findings.rule[place]].id));
  for (const page of document.querySelectorAll(".rule")) page.open = asked.has(page.id.replace("rule-", ""));
});
window.addEventListener("afterprint", () => {
  list.replaceChildren();
  shown = 0;
  more(Math.max(before ?? PAGE, PAGE));
  for (const page of document.querySelectorAll(".rule")) page.open = false;
});

form.hidden = false;
draw();
