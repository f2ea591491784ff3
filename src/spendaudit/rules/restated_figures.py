"""Figures of a budget line for one date were changed between two publications.

Why it matters
--------------
Figures of a period that has ended should stay. Where they were changed later, the books were corrected, or
something else; quotations of the old figures are no longer found. Both versions are in the files.

Formula
-------
For one line, year and currency of an institution, each file's rows added up, between files and dates

    largest approved - smallest approved > rounding

because what was approved is the same all year; and between files of one date

    largest - smallest > rounding    of adjusted, committed, executed or paid

A finding holds all rows of the line and year that were compared and differ; its amount is the largest
difference. Only files of one source are compared.

Threshold
---------
- `rounding`: 1 unit of the currency, a default of this project. For a portal that publishes thousands, 1000.
- `across`: false. When true, files of different sources are compared too: the budget law and its execution,
  for portals that name lines alike in both (cl_dipres_law and cl_dipres_execution).

Chile's budget law of 2017 and its execution of April 2017 have 58 lines of the files at hand in common: none
was approved with another amount (`across=true`).

False positives
---------------
- Corrections that are announced; provisional figures that say so.
- Portals on which `approved` follows the amendments of the year.
- Codes that two lines share in one file and only one of them in the other.

What would settle it
--------------------
The publisher's notice of the correction, and both versions of the figures with their dates.

Worked example
--------------
With the default settings. What was paid for pens by June was a unit more in a later file, for ink a cent more
than that (A). Chalk was approved anew in July (B), in one file. Glue is another figure in July, as it should
be; without a date nothing but the approved can be compared. Salt stands in two rows in one file and in one in
the other, with the same sum. Rent is one source's against another's. Another institution, year or currency is
another line. An institution may be known by its name alone (C). Of wine only July changed, not June (D).
Revenue counts (E). Rows of nobody cannot be judged. Of oil, tea and rye other figures changed (F, G, I), of
nuts two (H). Of gum a part is not known in one file.

budget:

|source|file|fiscal_year|period_end|institution_id|institution_name|line_id|approved|paid |currency|finding|
|------|----|-----------|----------|--------------|----------------|-------|--------|-----|--------|-------|
|one   |a   |2024       |2024-06-30|works         |                |pens   |   50.00|10.00|CLP     |       |
|one   |b   |2024       |2024-06-30|works         |                |pens   |   50.00|11.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |                |ink    |   50.00|10.00|CLP     |A      |
|one   |b   |2024       |2024-06-30|works         |                |ink    |   50.00|11.01|CLP     |A      |
|one   |a   |2024       |2024-06-30|works         |                |chalk  |   50.00|10.00|CLP     |B      |
|one   |a   |2024       |2024-07-31|works         |                |chalk  |   55.00|20.00|CLP     |B      |
|one   |a   |2024       |2024-06-30|works         |                |glue   |   50.00|10.00|CLP     |       |
|one   |b   |2024       |2024-07-31|works         |                |glue   |   50.00|30.00|CLP     |       |
|one   |a   |2024       |          |works         |                |maps   |   50.00|10.00|CLP     |       |
|one   |b   |2024       |          |works         |                |maps   |   50.00|30.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |                |salt   |   25.00| 5.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |                |salt   |   25.00| 5.00|CLP     |       |
|one   |b   |2024       |2024-06-30|works         |                |salt   |   50.00|10.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |                |rent   |   50.00|10.00|CLP     |       |
|two   |b   |2024       |2024-06-30|works         |                |rent   |   90.00|90.00|CLP     |       |
|one   |b   |2024       |2024-06-30|school        |                |rent   |   90.00|90.00|CLP     |       |
|one   |b   |2023       |2024-06-30|works         |                |rent   |   90.00|90.00|CLP     |       |
|one   |b   |2024       |2024-06-30|works         |                |rent   |   90.00|90.00|USD     |       |
|one   |a   |2024       |2024-06-30|              |Hill            |fuel   |   50.00|10.00|CLP     |C      |
|one   |b   |2024       |2024-06-30|              |Hill            |fuel   |   50.00|90.00|CLP     |C      |
|one   |b   |2024       |2024-06-30|              |Dale            |fuel   |   70.00|80.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |Works           |wine   |   50.00|10.00|CLP     |       |
|one   |b   |2024       |2024-06-30|works         |The works       |wine   |   50.00|10.00|CLP     |       |
|one   |a   |2024       |2024-07-31|works         |Works           |wine   |   50.00|20.00|CLP     |D      |
|one   |b   |2024       |2024-07-31|works         |The works       |wine   |   50.00|29.00|CLP     |D      |
|one   |a   |2024       |2024-07-31|works         |                |tax    |        |20.00|CLP     |E      |
|one   |b   |2024       |2024-07-31|works         |                |tax    |        |29.00|CLP     |E      |
|one   |a   |2024       |2024-06-30|              |                |fees   |   50.00|10.00|CLP     |       |
|one   |b   |2024       |2024-06-30|              |                |fees   |   90.00|90.00|CLP     |       |
|one   |a   |2024       |2024-06-30|works         |                |gum    |   50.00|     |CLP     |       |
|one   |a   |2024       |2024-06-30|works         |                |gum    |        |     |CLP     |       |
|one   |b   |2024       |2024-06-30|works         |                |gum    |   90.00|     |CLP     |       |
|one   |a   |2024       |2024-06-30|works         |                |nuts   |   50.00|10.00|CLP     |H      |
|one   |b   |2024       |2024-06-30|works         |                |nuts   |   60.00|30.00|CLP     |H      |
|one   |a   |2024       |2024-07-31|works         |                |nuts   |        |10.00|CLP     |H      |
|one   |b   |2024       |2024-07-31|works         |                |nuts   |        |15.00|CLP     |H      |

budget:

|file|fiscal_year|period_end|institution_id|line_id|adjusted|committed|executed|currency|finding|
|----|-----------|----------|--------------|-------|--------|---------|--------|--------|-------|
|a   |2024       |2024-06-30|works         |oil    |   10.00|         |        |CLP     |F      |
|b   |2024       |2024-06-30|works         |oil    |   19.00|         |        |CLP     |F      |
|a   |2024       |2024-06-30|works         |tea    |        |    10.00|        |CLP     |G      |
|b   |2024       |2024-06-30|works         |tea    |        |    19.00|        |CLP     |G      |
|a   |2024       |2024-06-30|works         |rye    |        |         |   10.00|CLP     |I      |
|b   |2024       |2024-06-30|works         |rye    |        |         |   19.00|CLP     |I      |

References
----------
- Derived by this project; no other tool asks it.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import SHARD, institution, label
from spendaudit.rules._rule import Params, Precision, Rule, Stage

#: One line of one year.
KEY: Final = ("institution_id", "named", "line_id", "fiscal_year", "currency")

#: Figures that change from date to date.
DATED: Final = ("adjusted", "committed", "executed", "paid")

#: How far apart the publications of each figure are.
GAPS: Final = tuple(f"gap_{phase}" for phase in ("approved", *DATED))


class RestatedFigures(Params):
    """Settings of BUD016."""

    rounding: Decimal = Field(
        Decimal(1), ge=0, le=10**9, decimal_places=4, description="difference that is no question"
    )
    across: bool = Field(default=False, description="compare files of different sources, too")


def find(tables: Tables, params: RestatedFigures) -> pl.LazyFrame:
    """Return one row per line and year that was published with other figures."""
    key = KEY if params.across else ("source", *KEY)
    # A name may be spelt anew; it counts only where there is nothing else.
    nobody = pl.when(pl.col("institution_id").is_null())
    rows = tables["budget"].with_columns("source", named=nobody.then("institution_name"))
    files = rows.group_by(*dict.fromkeys((*key, "source", "file", "period_end"))).agg(
        _of_all(phase) for phase in ("approved", *DATED)
    )
    dates = (*key, "period_end")
    approved = _restated(files, key, ("approved",), params)
    others = _restated(files.filter(pl.col("period_end").is_not_null()), dates, DATED, params)
    changed = pl.concat(
        [
            rows.join(approved, on=key, nulls_equal=True),
            rows.join(others, on=dates, nulls_equal=True),
        ],
        how="diagonal",
    )
    return (
        changed.group_by(key)
        .agg(
            members=member().unique().sort(),
            starts=pl.col("period_end").min(),
            ends=pl.col("period_end").max(),
            **{gap: pl.col(gap).max() for gap in GAPS},
        )
        .sort(pl.col("members").list.first())
        .with_columns(amount=pl.max_horizontal(GAPS).cast(TOTAL))
        .select(*FINDING.names(), *GAPS)
    )


def tells(_params: RestatedFigures) -> dict[str, pl.Expr]:
    """Tell which line it is, in how many files it stands, and which of its figures were changed."""
    words = [
        pl.when(pl.col(gap).first().is_not_null()).then(pl.lit(gap.removeprefix("gap_"))) for gap in GAPS
    ]
    return {
        "institution_name": institution().min(),
        "line": label().min(),
        "line_code": pl.col("line_id").first(),
        "fiscal_year": pl.col("fiscal_year").first(),
        "files": pl.col("file").n_unique(),
        "changed": pl.concat_str(words, separator=", ", ignore_nulls=True),
    }


def _of_all(phase: str) -> pl.Expr:
    """Add up a figure that all rows of a group have."""
    return pl.when(pl.col(phase).is_not_null().all()).then(pl.col(phase).sum()).alias(phase)


def _restated(
    files: pl.LazyFrame, key: tuple[str, ...], phases: tuple[str, ...], params: RestatedFigures
) -> pl.LazyFrame:
    """Measure how far apart the figures of a key are in different files, where that is more than rounding."""
    apart = {f"gap_{phase}": pl.col(phase).max() - pl.col(phase).min() for phase in phases}
    return (
        files.group_by(key)
        .agg(**{name: pl.when(gap > money(params.rounding)).then(gap) for name, gap in apart.items()})
        .filter(pl.any_horizontal(pl.col(name).is_not_null() for name in apart))
    )


RULE: Final = Rule(
    id="BUD016",
    name="restated-figures",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="budget",
    needs={"budget": frozenset({"line_id", "fiscal_year", "currency"})},
    either=frozenset({"institution_id", "institution_name"}),
    uses={
        "budget": frozenset(
            {"source", "period_end", "institution_id", "institution_name", "approved", *DATED}
        )
    },
    shard_by=SHARD,
    params=RestatedFigures,
    find=find,
    tells=tells,
    message="{institution_name}: {line} ({line_code}) of {fiscal_year} stands in {files} files with other "
    "figures for {changed:words}, by as much as {amount}",
    words=("approved", *DATED),
    page=__doc__,
    since="0.1",
)
