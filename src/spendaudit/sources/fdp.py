"""Any publisher: budgets and spending with a Fiscal Data Package descriptor beside them.

What it holds
-------------
CSV files that come with a `datapackage.json`, in which the publisher says what each column means. Read are
version 0.3 (`model`, and its drafts' `mapping`, with measures and dimensions) and version 1 (a `columnType`
for each field, `extraFields`, `normalize`). The descriptor is found in the folder of the CSV or the one
above, or in the same zip, or is given as the file to audit. A CSV belongs to it whose path or name it has;
where no file has that name, one whose columns are exactly those described.

Rows go to `budget`, or to `payments` where the descriptor says that they are single transactions
(`granularity`).

How often
---------
As the publisher pleases. There is no common address.

Licence
-------
As the descriptor states it.

Caveats
-------
- What the descriptor does not say is not guessed. An amount without phase (approved, adjusted, committed,
  executed, paid) has no place in a budget, and several amounts of one phase that nothing tells apart are no
  one's: the file is refused, and the message says what to write into the descriptor. Two words that the
  specification does not have are understood on a measure of version 0.3: `"phase": "paid"` (or `committed`)
  and `"fiscalYear": 2015`. Amounts that are only proposed are left out, and said so.
- Amounts of several years side by side become a row per year. Where every row holds one phase, rows of one
  line that differ in the phase alone become one row, the others merged; where a phase of a line stands in
  two rows, none are.
- Amounts are multiplied by `factor`; where it is not stated it is 1, as the specification has it, and a
  publisher who forgets it is out by a thousand.
- A classification's code is that of all its levels (`001-002`), its label that of the last. `institution` is
  the first level of the administrative one. Activities (programmes) and dimensions of no stated kind have no
  column: their codes are part of `line_id`, which is that of all dimensions but the date.
- Every row counts as a leaf: the specification's rows are facts, to be added up. A publisher who leaves
  totals among them counts money twice.
- `fiscal_year` is a column, or the year of a `fiscalPeriod` that lies within one.
- Of transactions, the payer is the dimension (version 1: the column type) called administrator, payer,
  buyer or procurer; the payee the one called supplier, recipient, beneficiary or payee. Of several dates
  the one called payment-date, date-paid, date-executed or transaction-date is the payment's.
- `countryCode` is the jurisdiction; without one, or with several, there is none, and no rule of law applies.
- Tables that are looked up by a key in another file (foreign keys) are not joined.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from spendaudit.sources._source import Documents, Source


def describes_tables(tree: Mapping[str, Any]) -> bool:
    """Tell a data package's descriptor from other JSON."""
    resources = tree.get("resources")
    return isinstance(resources, list) and any(
        isinstance(one, dict) and ("path" in one or "url" in one) for one in resources
    )


def _rows(_: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    yield from ()


#: What is known of a descriptor itself; the source of the CSV that it describes is made from it.
SOURCE: Final = Source(
    id="fdp",
    page=__doc__,
    jurisdiction="",
    homepage="https://specs.frictionlessdata.io/fiscal-data-package/",
    licence="as the descriptor states it",
    layout=Documents(form="json", fits=describes_tables, grains={"": ()}, rows=_rows),
    outputs=(),
    passed_over="it describes other files",
)
