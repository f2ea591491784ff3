"""A total of the budget is not the sum of its parts.

Why it matters
--------------
Where a total and its parts disagree, one of them is wrong, or a part is missing from the file. Whoever adds
up the lines comes to another budget than whoever reads the totals, and both may be quoted.

Formula
-------
A line that other lines of its file name as their total (`parent_line_id`), of the same institution, year,
date and currency, for each of approved, adjusted, committed, executed and paid that all of them have:

    |total - (part1 + part2 + ...)| > rounding * parts

The amount of a finding is the largest difference. Rows that share a code are added up first.

Threshold
---------
`rounding`: 1 unit of the currency for each part, a default of this project: each part may be rounded.

In 169 files of Chile's execution of April 2017, two totals of the Treasury, of which only the greater part is
detailed; in its budget law none. In a municipality's revenue of 2015, 13 totals of one workbook. In Mexico's
transfers, 580 totals of a month: from September 2014 on, that of ramo 28 holds more than its parts; 19 others
differ by less than 10 pesos, as figures of ten digits in thousands do (`rounding=10`).

False positives
---------------
- Portals that detail only the greater part of a total, or only some of them.
- Totals without the transfers between their parts (consolidation).
- Files that were filtered or cut; figures of different days.

What would settle it
--------------------
The budget as it was passed with all its lines, and the publisher's rule for what a total holds.

Worked example
--------------
With the default settings. Roads are two units more than their two parts, bridges a cent more than that (A).
Cars are too little in what was spent (B), whatever their approved. Of one part of boats nothing is published;
of trains only the approved is, and it is wrong (C). Ink has no parts; what names a total that is not there is
no part, nor is a line that names itself. Another year, date, file, source, institution or currency has its
own total: the parts of pens are all in others than their total, and gum has a total in each, but parts in
one. Wine has a total in two rows. A tax is judged as well (D). Oil, tea and nuts differ in other figures (E,
F, G).

budget:

|source|file|fiscal_year|period_end|institution_id|line_id|parent_line_id|approved|executed|currency|finding|
|------|----|-----------|----------|--------------|-------|--------------|--------|--------|--------|-------|
|one   |a   |2024       |2024-06-30|works         |roads  |              |   52.00|    0.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |road-1 |roads         |   25.00|    0.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |road-2 |roads         |   25.00|    0.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |bridges|              |   52.01|    0.00|CLP     |A      |
|one   |a   |2024       |2024-06-30|works         |brid-1 |bridges       |   25.00|    0.00|CLP     |A      |
|one   |a   |2024       |2024-06-30|works         |brid-2 |bridges       |   25.00|    0.00|CLP     |A      |
|one   |a   |2024       |2024-06-30|works         |cars   |              |   25.00|   10.00|CLP     |B      |
|one   |a   |2024       |2024-06-30|works         |car-1  |cars          |   25.00|   11.01|CLP     |B      |
|one   |a   |2024       |2024-06-30|works         |boats  |              |   25.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |boat-1 |boats         |   25.00|    1.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |boat-2 |boats         |        |        |CLP     |       |
|one   |a   |2024       |2024-06-30|works         |boat-3 |boats         |    9.00|        |CLP     |       |
|one   |a   |2024       |2024-06-30|works         |trains |              |   25.00|        |CLP     |C      |
|one   |a   |2024       |2024-06-30|works         |train-1|trains        |   95.00|    1.00|CLP     |C      |
|one   |a   |2024       |2024-06-30|works         |ink    |              |   25.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |glue   |nothing       |   25.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |salt   |salt          |   25.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |salt   |salt          |   25.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |pens   |              |   25.00|   10.00|CLP     |       |
|two   |a   |2024       |2024-06-30|works         |pen-1  |pens          |   95.00|   10.00|CLP     |       |
|one   |b   |2024       |2024-06-30|works         |pen-2  |pens          |   95.00|   10.00|CLP     |       |
|one   |a   |2023       |2024-06-30|works         |pen-3  |pens          |   95.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-05-31|works         |pen-4  |pens          |   95.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|school        |pen-5  |pens          |   95.00|   10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |pen-6  |pens          |   95.00|   10.00|USD     |       |
|one   |a   |2024       |          |works         |wine   |              |   25.00|   10.00|CLP     |       |
|one   |a   |2024       |          |works         |wine   |              |   25.00|   10.00|CLP     |       |
|one   |a   |2024       |          |works         |wine-1 |wine          |   50.00|   20.00|CLP     |       |
|one   |a   |2024       |          |works         |tax    |              |   25.00|   10.00|CLP     |D      |
|one   |a   |2024       |          |works         |tax-1  |tax           |   50.00|   20.00|CLP     |D      |
|one   |a   |2024       |          |works         |self   |self          |   25.00|        |CLP     |       |
|one   |a   |2024       |          |works         |self-1 |self          |   25.00|        |CLP     |       |
|one   |a   |2024       |2024-06-30|works         |gum    |              |   60.00|        |CLP     |       |
|one   |a   |2024       |2024-06-30|works         |gum-1  |gum           |   60.00|        |CLP     |       |
|two   |a   |2024       |2024-06-30|works         |gum    |              |   60.00|        |CLP     |       |
|one   |b   |2024       |2024-06-30|works         |gum    |              |   60.00|        |CLP     |       |
|one   |a   |2023       |2024-06-30|works         |gum    |              |   60.00|        |CLP     |       |
|one   |a   |2024       |2024-05-31|works         |gum    |              |   60.00|        |CLP     |       |
|one   |a   |2024       |2024-06-30|school        |gum    |              |   60.00|        |CLP     |       |
|one   |a   |2024       |2024-06-30|works         |gum    |              |   60.00|        |USD     |       |

budget:

|file|fiscal_year|institution_id|line_id|parent_line_id|approved|adjusted|committed|paid |currency|finding|
|----|-----------|--------------|-------|--------------|--------|--------|---------|-----|--------|-------|
|a   |2024       |works         |oil    |              |   90.00|   10.00|         |     |CLP     |E      |
|a   |2024       |works         |oil-1  |oil           |   90.00|   20.00|         |     |CLP     |E      |
|a   |2024       |works         |tea    |              |   90.00|        |    10.00|     |CLP     |F      |
|a   |2024       |works         |tea-1  |tea           |   90.00|        |    20.00|     |CLP     |F      |
|a   |2024       |works         |nuts   |              |   90.00|        |         |10.00|CLP     |G      |
|a   |2024       |works         |nuts-1 |nuts          |   90.00|        |         |20.00|CLP     |G      |

References
----------
- Pelican and SIG check that totals roll up; derived by this project for budgets.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import institution, label
from spendaudit.rules._rule import Params, Precision, Rule, Stage

PHASES: Final = ("approved", "adjusted", "committed", "executed", "paid")

#: A total and its parts share these.
SHARED: Final = ("source", "file", "institution_id", "fiscal_year", "period_end", "currency")


class TotalsWithoutParts(Params):
    """Settings of BUD015."""

    rounding: Decimal = Field(
        Decimal(1),
        ge=0,
        le=10**9,
        decimal_places=4,
        description="difference for each part that is no question",
    )


def find(tables: Tables, params: TotalsWithoutParts) -> pl.LazyFrame:
    """Return one row per total that differs from its parts."""
    rows = tables["budget"]
    parts = rows.filter(pl.col("parent_line_id") != pl.col("line_id"))
    gaps = {f"gap_{phase}": _gap(phase, params) for phase in PHASES}
    key = (*SHARED, "total")
    wrong = (
        _sums(rows.rename({"line_id": "total"}), "")
        .join(_sums(parts.rename({"parent_line_id": "total"}), "parts_"), on=key, nulls_equal=True)
        .select(*key, **gaps)
        .filter(pl.any_horizontal(pl.col(name).is_not_null() for name in gaps))
    )
    both = pl.concat(
        [
            rows.select(*SHARED, "row", total="line_id"),
            parts.select(*SHARED, "row", total="parent_line_id"),
        ]
    )
    return (
        both.join(wrong, on=key, nulls_equal=True)
        .group_by(key)
        .agg(members=members(), **{name: pl.col(name).first() for name in gaps})
        .sort(pl.col("members").list.first(), "members")
        .with_columns(
            amount=pl.max_horizontal(pl.col(name).abs() for name in gaps).cast(TOTAL),
            starts="period_end",
            ends="period_end",
        )
        .select(*FINDING.names(), "total", *gaps)
    )


def tells(_params: TotalsWithoutParts) -> dict[str, pl.Expr]:
    """Tell which total it is, and in which figures it differs from its parts."""
    is_total = pl.col("line_id") == pl.col("total")
    words = [pl.when(pl.col(f"gap_{phase}").first().is_not_null()).then(pl.lit(phase)) for phase in PHASES]
    return {
        "institution_name": institution().min(),
        "line": label().filter(is_total).min(),
        "line_code": pl.col("total").first(),
        "fiscal_year": pl.col("fiscal_year").first(),
        "parts": (~is_total).sum(),
        "differ": pl.concat_str(words, separator=", ", ignore_nulls=True),
    }


def _sums(rows: pl.LazyFrame, prefix: str) -> pl.LazyFrame:
    """Add up the figures of each total that all of its rows have."""
    sums = [
        pl.when(pl.col(phase).is_not_null().all()).then(pl.col(phase).sum()).alias(f"{prefix}{phase}")
        for phase in PHASES
    ]
    return rows.group_by(*SHARED, "total").agg(*sums, pl.len().alias(f"{prefix}rows"))


def _gap(phase: str, params: TotalsWithoutParts) -> pl.Expr:
    """Measure a total less its parts, null where that is rounding."""
    gap = pl.col(phase) - pl.col(f"parts_{phase}")
    return pl.when(gap.abs() > money(params.rounding) * pl.col("parts_rows")).then(gap.cast(TOTAL))


RULE: Final = Rule(
    id="BUD015",
    name="totals-without-parts",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="budget",
    needs={"budget": frozenset({"line_id", "currency"})},
    uses={"budget": frozenset({*SHARED, *PHASES, "parent_line_id"} - {"file", "currency"})},
    shard_by=("source", "institution_id", "fiscal_year"),
    params=TotalsWithoutParts,
    find=find,
    tells=tells,
    message="{institution_name}: {line} ({line_code}){in_year} differs from its {parts:part(s)} in "
    "{differ:words}, by as much as {amount}",
    words=PHASES,
    page=__doc__,
    since="0.1",
)
