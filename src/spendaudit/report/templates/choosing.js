// Chooses findings, and sorts them.

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
  const key = Object.hasOwn(sorts, state.sort) ? sorts[state.sort] : null;
  if (!key) return fitting;
  const keys = new Map(fitting.map((place) => [place, key(place)]));
  const last = (place) => Number(keys.get(place) === null);
  return fitting.sort((one, other) => last(one) - last(other) || compare(keys.get(one), keys.get(other)));
}
