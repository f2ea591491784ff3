// Keeps what is chosen in the address, so that a view can be sent on, and listens to the reader.

const fields = form.elements;
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
  if (fields.q.value !== state.q) fields.q.value = state.q;
  fields.sort.value = Object.hasOwn(sorts, state.sort) ? state.sort : "";
  fields.rule.value = state.rule;
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

fields.rule.append(make("option", { value: "" }, words.every),
  ...[...rules].sort((one, other) => compare(one.id, other.id))
    .map(({ id, name }) => make("option", { value: id }, `${id} ${name}`)));
form.onsubmit = (event) => event.preventDefault();
const choose = () => go({
  q: fields.q.value.trim(),
  severity: [...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value),
  rule: fields.rule.value,
  sort: fields.sort.value,
});
fields.q.oninput = choose;
form.onchange = (event) => event.target.name !== "q" && choose();
form.onreset = (event) => { event.preventDefault(); go({}, true); };
byId("more").onclick = () => {
  const first = list.children.length;
  more();
  list.children[first]?.querySelector("summary").focus();
};
window.onhashchange = draw;
document.onclick = (event) => {
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
  if (!there) return;
  const page = there.closest("details"); // of a rule
  if (page) page.open = true;
  there.scrollIntoView();
  (page?.firstElementChild ?? there).focus({ preventScroll: true });
};

// What is printed is what is filtered, each finding opened.
let before = null;
window.onbeforeprint = () => {
  before = shown;
  const most = fitting.slice(0, PRINTED);
  list.replaceChildren(...most.map((place) => entry(place, true)));
  if (most.length < fitting.length) list.append(make("li", { class: "cut" }, word("cut", { number: number(most.length) })));
  const asked = new Set(most.map((place) => rules[findings.rule[place]].id));
  for (const page of document.querySelectorAll(".rule")) page.open = asked.has(page.id.replace("rule-", ""));
};
window.onafterprint = () => {
  list.replaceChildren();
  shown = 0;
  more(Math.max(before ?? PAGE, PAGE));
  for (const page of document.querySelectorAll(".rule")) page.open = false;
};

// A bar or a column asks for what it is about: a rule and a month are the first word of its text, a party all of it.
for (const bar of document.querySelectorAll("#charts a")) {
  const facet = bar.closest("section").dataset.of;
  const [first] = bar.textContent.split(/[ :]/);
  const asked = facet === "rule" || facet === "month" ? first : bar.textContent;
  bar.setAttribute("href", address({ [facet]: asked }, true));
}

form.hidden = false;
draw();
