"use strict";
// Filters, sorts and opens the findings of this page. What is shown goes into the page as text, never as markup,
// and what is chosen stands in the address, so that a view can be sent on.
(() => {
  const PAGE = 50; // findings that are shown at once
  const PRINTED = 1000; // findings that are printed at most, each opened
  const FACETS = ["rule", "buyer", "supplier", "month", "finding"];
  const FILTERS = ["q", "severity", ...FACETS];

  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const { words, findings, rules, texts } = data;
  const list = byId("list");
  const form = byId("filters");
  if (!form) return; // nothing was found

  // --- Reading the data -------------------------------------------------------------------------------------

  const shared = (value) => (typeof value === "number" ? texts[value] : value);
  const names = Object.fromEntries(Object.entries(data.names).map(([facet, all]) => [facet, all.map(shared)]));
  const every = findings.print.map((_, place) => place);
  const word = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const amountOf = (place) => shared(findings.amount[place]);
  const currencyOf = (place) => shared(findings.currency[place]) ?? "";

  function messageOf(place) {
    const message = findings.message[place];
    if (!Array.isArray(message)) return shared(message);
    const { parts } = rules[findings.rule[place]];
    return parts[0] + message.map((filled, number) => shared(filled) + parts[number + 1]).join("");
  }

  /** A row by its number: what its table tells of it, by column. */
  function rowOf(number) {
    const table = data.rows.findLast((one) => one.start <= number);
    const at = number - table.start;
    const tell = (column) => shared(table[column]?.[at] ?? null);
    const name = (party) => names[party][table[party]?.[at]] ?? null;
    const url = table.url?.[at];
    return {
      number, tell, row: table.row[at], buyer: name("buyer"), supplier: name("supplier"),
      url: url ? shared(url[0]) + (shared(url[1]) ?? tell("id") ?? "") : null,
    };
  }

  // --- Numbers ----------------------------------------------------------------------------------------------

  const SCALE = 10000n; // of amounts: four decimals
  const exact = (text) => {
    const [whole, rest = ""] = text.replace("-", "").split(".");
    const value = BigInt(whole) * SCALE + BigInt(rest.padEnd(4, "0").slice(0, 4));
    return text.startsWith("-") ? -value : value;
  };
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, data.signs[0]);
  const number = (value) => grouped(String(value));

  /** Writes an amount with cents only where there are any. */
  function money(value, currency = "") {
    if (value === null || value === undefined) return "";
    const size = value < 0n ? -value : value;
    const cents = (size + SCALE / 200n) / (SCALE / 100n);
    const rest = String(cents % 100n).padStart(2, "0");
    const sign = value < 0n && cents ? "-" : "";
    return `${sign}${grouped(String(cents / 100n))}${rest === "00" ? "" : data.signs[1] + rest} ${currency}`.trim();
  }

  const day = (iso) =>
    data.language === "en" || !iso
      ? iso ?? ""
      : new Intl.DateTimeFormat(data.language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`));

  // --- Choosing ---------------------------------------------------------------------------------------------

  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let haystacks = null;

  /** All that can be searched of each finding, written once when somebody first searches. */
  function searchable() {
    haystacks ??= every.map((place) => {
      const { id, name } = rules[findings.rule[place]];
      const said = [id, name, messageOf(place), findings.print[place], amountOf(place) ?? ""];
      for (const party of ["buyer", "supplier"]) said.push(...findings[party][place].map((one) => names[party][one]));
      for (const one of findings.rows[place]) {
        const row = rowOf(one);
        said.push(row.tell("id") ?? "", row.tell("about") ?? "");
      }
      return folded(said.join("\n"));
    });
    return haystacks;
  }

  function tests({ severity, q, ...chosen }) {
    const wanted = [];
    if (severity.length) {
      const ranks = severity.map((one) => data.severities.indexOf(one));
      wanted.push((place) => ranks.includes(findings.severity[place]));
    }
    if (chosen.rule) wanted.push((place) => rules[findings.rule[place]].id === chosen.rule);
    if (chosen.finding) wanted.push((place) => findings.print[place].startsWith(chosen.finding));
    for (const party of ["buyer", "supplier"]) {
      const at = chosen[party] ? names[party].indexOf(chosen[party]) : null;
      if (at !== null) wanted.push((place) => findings[party][place].includes(at));
    }
    if (chosen.month) {
      const fitting = new Set(names.month.flatMap((one, at) => (one.startsWith(chosen.month) ? [at] : [])));
      wanted.push((place) => findings.month[place].some((at) => fitting.has(at)));
    }
    for (const part of folded(q).split(/\s+/).filter(Boolean)) {
      wanted.push((place) => searchable()[place].includes(part));
    }
    return wanted;
  }

  const compare = (one, other) => (one < other ? -1 : Number(one > other));
  const dateOf = (value) => (value === null ? null : Date.parse(shared(value)));
  const backwards = (value) => (value === null ? null : -value);
  const currencies = [...new Set(findings.currency.map(shared))];

  /** What findings are sorted by, the least first. Amounts of two currencies do not compare: each stands apart. */
  const sorts = {
    amount: (place) => amountOf(place) && BigInt(currencies.indexOf(currencyOf(place))) * 10n ** 40n - exact(amountOf(place)),
    latest: (place) => backwards(dateOf(findings.ends[place])),
    earliest: (place) => dateOf(findings.starts[place]),
    rows: (place) => -findings.count[place],
  };

  function select(state) {
    const wanted = tests(state);
    const fitting = every.filter((place) => wanted.every((test) => test(place)));
    const key = sorts[state.sort];
    if (!key) return fitting;
    const keys = new Map(fitting.map((place) => [place, key(place)]));
    const last = (place) => Number(keys.get(place) === null);
    return fitting.sort((one, other) => last(one) - last(other) || compare(keys.get(one), keys.get(other)));
  }

  // --- Writing into the page --------------------------------------------------------------------------------

  function make(tag, attributes = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...inside.filter((one) => one !== null && one !== ""));
    return element;
  }

  const heading = (name) => make("h3", {}, words[name]);
  const cell = (name, kind, value) => make("td", { class: kind, "data-of": name }, value);

  /** A name that filters when it is followed; plain text where nothing could be found by it. */
  function party(facet, name) {
    if (!name) return "";
    const at = names[facet].indexOf(name);
    const askable = findings[facet].some((all) => all.includes(at));
    if (!askable) return make("bdi", {}, name);
    return make("a", { href: address({ [facet]: name })}, name);
  }

  function published(row) {
    const file = data.files[row.tell("file")] ?? row.tell("file") ?? "";
    const place = word("place", { file, row: number(row.row) });
    if (!/^https?:\/\//i.test(row.url ?? "")) return make("bdi", {}, place);
    const link = make("a", { href: row.url, rel: "noopener noreferrer", target: "_blank" }, words.record);
    return make("span", {}, link, " ", make("bdi", { class: "quiet" }, place));
  }

  function rowsOf(place) {
    const rows = findings.rows[place].map(rowOf);
    const rule = rules[findings.rule[place]];
    const worked = findings.worked[place];
    const currency = currencyOf(place);
    const filled = (column) => rows.some((row) => row.tell(column) !== null);
    const amounts = rule.amounts.filter(filled);
    const complete = rows.length === findings.count[place];
    const summed = worked === 1 && complete && rows.length > 1 && amounts.length > 0;
    const limits = !rule.limited ? [] : [...new Map(rows.map((row) => [`${row.tell("limit")} ${row.tell("limit_source")}`, row])).values()]
      .filter((row) => row.tell("limit") !== null);
    // A buyer or supplier of all rows is named once, above them.
    const parties = ["buyer", "supplier"].filter((one) => rows.some((row) => row[one]));
    const [alike, apart] = [[], []];
    for (const one of parties) (new Set(rows.map((row) => row[one])).size > 1 ? apart : alike).push(one);
    const columns = [
      ...(filled("date") ? [[words.date, (row) => day(row.tell("date")), "date"]] : []),
      [words.id, (row) => row.tell("id") ?? ""],
      ...apart.map((one) => [words[one], (row) => party(one, row[one])]),
      ...(filled("about") ? [[words.about, (row) => row.tell("about") ?? "", "about"]] : []),
      ...amounts.map((one) => [one, (row) => row.tell(one) && money(exact(row.tell(one)), row.tell("currency") ?? ""), "amount"]),
      ...(limits.length > 1 ? [[words.limit, (row) => row.tell("limit") && money(exact(row.tell("limit"))), "amount"]] : []),
      [words.published, published, "published"],
    ];
    if (summed) {
      let running = 0n;
      const totals = rows.map((row) => (running += exact(row.tell(amounts[0]) ?? "0")));
      const after = columns.findIndex(([name]) => name === amounts[0]) + 1;
      columns.splice(after, 0, [words.sum, (row) => money(totals[rows.indexOf(row)]), "amount"]);
    }
    const head = columns.map(([name, , kind]) => make("th", { scope: "col", class: kind }, name));
    const body = rows.map((row) => make("tr", {}, ...columns.map(([name, tell, kind]) => cell(name, kind, tell(row) ?? ""))));
    return [
      heading("rows"),
      alike.length ? make("p", {}, ...alike.flatMap((one) => [make("span", { class: "quiet" }, `${words[one]}: `), party(one, rows[0][one]), " "])) : "",
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.rows },
        make("table", { class: "rows" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body))),
      complete ? "" : make("p", {}, word("largest", { some: number(rows.length), all: number(findings.count[place]) })),
      ...workingOf(place, summed, complete, currency),
      ...limits.slice(0, 5).map((row) => make("p", {}, make("span", { class: "quiet" }, words.inForce),
        word("law", { limit: money(exact(row.tell("limit")), currency), law: row.tell("limit_source") ?? "" }))),
    ];
  }

  /** Writes out how the amount of a finding comes about. */
  function workingOf(place, summed, complete, currency) {
    const worked = findings.worked[place];
    const total = worked === 1 ? amountOf(place) : shared(findings.total[place]);
    const said = [];
    if (total !== null && (!complete || (worked !== 1 && findings.count[place] > 1))) {
      said.push(make("p", {}, word("total", { number: number(findings.count[place]), total: money(exact(total), currency) })));
    }
    if (amountOf(place) === null || worked === 1) return said;
    const asked = make("strong", {}, money(exact(amountOf(place)), currency));
    if (!worked) return [...said, make("p", {}, asked, words.noSum)];
    const terms = worked.map(([name, value, taken], at) => {
      const sign = taken ? " − " : at ? " + " : "";
      return `${sign}${money(exact(shared(value)))} (${shared(name)})`;
    });
    return [...said, make("p", {}, asked, ` = ${terms.join("")}`)];
  }

  function factsOf(place) {
    const told = rules[findings.rule[place]].facts
      .map((name, at) => [name, shared(findings.facts[place][at])])
      .filter(([, value]) => value !== null && value !== "");
    if (!told.length) return [];
    const pairs = told.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)));
    return [heading("facts"), make("dl", { class: "facts" }, ...pairs)];
  }

  /** A part of the rule's page: it stands below, once for all findings. */
  function ofRule(id, part) {
    const there = byId(`rule-${id}`)?.querySelector(`[data-part="${part}"]`);
    if (!there) return [];
    const copy = there.cloneNode(true);
    copy.className = "of-rule";
    return [copy];
  }

  let findingsOfRows = null;

  function beside(place) {
    if (!findingsOfRows) {
      findingsOfRows = new Map();
      for (const one of every) {
        for (const row of findings.rows[one]) findingsOfRows.set(row, [...(findingsOfRows.get(row) ?? []), one]);
      }
    }
    const others = new Set(findings.rows[place].flatMap((row) => findingsOfRows.get(row)));
    others.delete(place);
    const shown = [...others].sort((one, other) => one - other).slice(0, 10);
    if (!shown.length) return [];
    const items = shown.map((one) => make("li", {},
      make("a", { href: address({ finding: findings.print[one] }, true) }, rules[findings.rule[one]].id), " ",
      make("bdi", {}, messageOf(one))));
    return [heading("beside"), make("ul", {}, ...items)];
  }

  function fill(details, place) {
    if (details.lastChild.className === "body") return;
    const { id } = rules[findings.rule[place]];
    details.append(make("div", { class: "body" },
      ...rowsOf(place), ...factsOf(place), ...ofRule(id, "doubts"), ...ofRule(id, "settles"), ...beside(place),
      make("p", { class: "actions" },
        make("a", { href: `#rule-${id}`, onclick: openRule }, words.page), " · ",
        make("a", { href: address({ finding: findings.print[place] }, true) }, words.link), " · ",
        make("code", {}, findings.print[place])),
    ));
  }

  function openRule(event) {
    event.preventDefault();
    const page = byId(event.currentTarget.hash.slice(1));
    if (!page) return;
    page.open = true;
    page.scrollIntoView();
    page.firstElementChild.focus();
  }

  function entry(place, opened) {
    const { id, name } = rules[findings.rule[place]];
    const severity = data.severities[findings.severity[place]];
    const rows = findings.count[place];
    const span = [...new Set([findings.starts[place], findings.ends[place]].map(shared))].filter(Boolean).map(day).join(" – ");
    const details = make("details", { open: opened },
      make("summary", {},
        make("span", { class: "sum" }, amountOf(place) === null ? "" : money(exact(amountOf(place)), currencyOf(place))),
        make("span", { class: `badge ${severity}` }, words[severity]), " ", make("strong", {}, id), " ", name,
        make("span", { class: "message"}, messageOf(place)),
        make("span", { class: "quiet" }, [span, rows === 1 ? words.row : word("many", { number: number(rows) })].filter(Boolean).join(" · "))));
    if (opened) fill(details, place);
    details.addEventListener("toggle", () => details.open && fill(details, place));
    return make("li", { class: "finding", "data-print": findings.print[place] }, details);
  }

  // --- The state of the page --------------------------------------------------------------------------------

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

  // --- Listening --------------------------------------------------------------------------------------------

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
})();
