// Writes a finding into the page: its head, and when it is opened its rows, their sum, the limit and the doubts.

function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.onclick = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inside.filter((one) => one !== null && one !== ""));
  return element;
}

const quiet = (text) => make("span", { class: "quiet" }, text);
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
  if (!row.url) return make("bdi", {}, place);
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
  const limited = rule.limited ? rows.filter((row) => row.tell("limit") !== null) : [];
  const limits = [...new Map(limited.map((row) => [`${row.tell("limit")} ${row.tell("limit_source")}`, row])).values()];
  // A buyer or supplier of all rows is named once, above them.
  const parties = ["buyer", "supplier"].filter((one) => rows.some((row) => row[one]));
  const [alike, apart] = [[], []];
  for (const one of parties) (new Set(rows.map((row) => row[one])).size > 1 ? apart : alike).push(one);
  const columns = [
    ...(filled("date") ? [[words.date, (row) => day(row.tell("date")), "date"]] : []),
    [words.id, (row) => row.tell("id") ?? ""],
    ...apart.map((one) => [words[one], (row) => party(one, row[one])]),
    ...(filled("about") ? [[words.about, (row) => row.tell("about") ?? "", "about"]] : []),
    ...amounts.map((one) => [words[one], (row) => row.tell(one) && money(exact(row.tell(one)), row.tell("currency") ?? ""), "amount"]),
    ...(limits.length > 1 ? [[words.limit, (row) => row.tell("limit") && money(exact(row.tell("limit"))), "amount"]] : []),
    [words.published, published, "published"],
  ];
  if (summed) {
    let running = 0n;
    const totals = rows.map((row) => (running += exact(row.tell(amounts[0]) ?? "0")));
    const after = columns.findIndex(([name]) => name === words[amounts[0]]) + 1;
    columns.splice(after, 0, [words.sum, (row) => money(totals[rows.indexOf(row)]), "amount"]);
  }
  const head = columns.map(([name, , kind]) => make("th", { scope: "col", class: kind }, name));
  const body = rows.map((row) => make("tr", {}, ...columns.map(([name, tell, kind]) => cell(name, kind, tell(row) ?? ""))));
  return [
    heading("rows"),
    ...(alike.length ? [make("p", {}, ...alike.flatMap((one) => [quiet(`${words[one]}: `), party(one, rows[0][one]), " "]))] : []),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.rows },
      make("table", { class: "rows" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body))),
    complete ? "" : make("p", {}, word("largest", { some: number(rows.length), all: number(findings.count[place]) })),
    ...workingOf(place, summed, complete, currency),
    ...limits.slice(0, 5).map((row) => make("p", {}, quiet(words.inForce), word("law", {
      limit: money(exact(row.tell("limit")), currency), law: row.tell("limit_source") ?? "",
    }))),
  ];
}

/** Writes out how the amount of a finding comes about. */
function workingOf(place, summed, complete, currency) {
  const worked = findings.worked[place];
  const total = worked === 1 ? amountOf(place) : shared(findings.total[place]);
  const said = [];
  if (total !== null && (!complete || (worked !== 1 && findings.count[place] > 1))) {
    const told = { number: number(findings.count[place]), total: money(exact(total), currency) };
    said.push(make("p", {}, word("total", told)));
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

/** What the page of the rule says of every finding; it stands below, once. */
const ofRule = (id) => [...(byId(`rule-${id}`)?.querySelectorAll("div") ?? [])].map((one) => {
  const copy = one.cloneNode(true);
  copy.className = "of-rule";
  return copy;
});

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
    ...rowsOf(place), ...factsOf(place), ...ofRule(id), ...beside(place),
    make("p", { class: "actions" },
      make("a", { href: `#rule-${id}` }, words.page), " · ",
      make("a", { href: address({ finding: findings.print[place] }, true) }, words.link), " · ",
      make("code", {}, findings.print[place])),
  ));
}

function entry(place, opened) {
  const { id, name } = rules[findings.rule[place]];
  const severity = data.severities[findings.severity[place]];
  const rows = findings.count[place];
  const days = new Set([findings.starts[place], findings.ends[place]].map(shared));
  const span = [...days].filter(Boolean).map(day).join(" – ");
  const details = make("details", { open: opened },
    make("summary", {},
      make("span", { class: "sum" }, amountOf(place) && money(exact(amountOf(place)), currencyOf(place))),
      make("span", { class: `badge ${severity}` }, words[severity]), " ", make("strong", {}, id), " ", name,
      make("span", { class: "message"}, messageOf(place)),
      quiet([span, rows === 1 ? words.row : word("many", { number: number(rows) })].filter(Boolean).join(" · "))));
  if (opened) fill(details, place);
  details.ontoggle = () => details.open && fill(details, place);
  return make("li", { class: "finding", "data-print": findings.print[place] }, details);
}
