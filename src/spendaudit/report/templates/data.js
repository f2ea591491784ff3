"use strict";
// Reads the data of the page and writes its numbers. The parts of the script (data, choosing, opening, page) are one
// script to the browser, in this order. All data is put into the page as text, never as markup.

const PAGE = 50; // findings that are shown at once
const PRINTED = 1000; // findings that are printed at most, each opened
const FACETS = ["rule", "buyer", "supplier", "month", "finding"];
const FILTERS = ["q", "severity", ...FACETS];

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const { words, findings, rules, texts } = data;
const list = byId("list");
const form = byId("filters");

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
  const told = (column) => (Array.isArray(table[column]) ? table[column][at] : table[column]) ?? null;
  const tell = (column) => shared(told(column));
  const name = (party) => names[party][told(party)] ?? null;
  const url = table.url?.[at];
  return {
    number, tell, row: table.row[at], buyer: name("buyer"), supplier: name("supplier"),
    url: url ? shared(url[0]) + (shared(url[1]) ?? tell("id") ?? "") : null,
  };
}

const SCALE = 10000n; // of amounts: four decimals
const exact = (text) => {
  const [whole, rest = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole) * SCALE + BigInt(rest.padEnd(4, "0").slice(0, 4));
  return text.startsWith("-") ? -value : value;
};
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, data.signs[0]);
const number = (value) => grouped(String(value));

/** Writes an amount with cents only where there are any; a half becomes even, as everywhere in spendaudit. */
function money(value, currency = "") {
  if (value === null || value === undefined) return "";
  const size = value < 0n ? -value : value;
  const cent = SCALE / 100n;
  const even = size / cent;
  const twice = 2n * (size % cent);
  const cents = even + BigInt(twice > cent || (twice === cent && even % 2n === 1n));
  const rest = String(cents % 100n).padStart(2, "0");
  const sign = value < 0n && cents ? "-" : "";
  return `${sign}${grouped(String(cents / 100n))}${rest === "00" ? "" : data.signs[1] + rest} ${currency}`.trim();
}

const day = (iso) =>
  data.language === "en" || !iso
    ? iso ?? ""
    : new Intl.DateTimeFormat(data.language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`));
