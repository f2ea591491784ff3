"""More was spent on a budget line than its appropriation, as amended so far, allows.

Why it matters
--------------
The adjusted appropriation is what parliament, or a decree on its behalf, allows today. Spending beyond it was
decided by nobody who may decide it, or the amendment that allows it was not published.

Formula
-------
For a line of expense that no other line details

    executed > adjusted * (1 + tolerance)

The amount of a finding is `executed - adjusted`. A line that is over at several dates of a year is one
finding, with the figures of the last. Lines in two currencies are two lines. Totals are never judged beside
their parts.

Threshold
---------
- `tolerance`: 0, because an appropriation is a hard limit; as a share, 0.05 is 5 %.
- `floor`: appropriations at or below it are placeholders and left out. The default 0 leaves out none that is
  positive; a line without any appropriation is a question for BUD009.

In Chile's execution of April 2017, 64 of 2,930 lines with an appropriation were over it (2.2 %). 14 of the 64
have a placeholder of 10,000 pesos; `floor=10000` leaves 50 lines, `floor=1000000` leaves 36.

False positives
---------------
- Lines that the law allows to exceed: debt service, court rulings, emergencies. Chile gives many of them a
  placeholder, and "Deuda Flotante" (bills of the past year) is most of what is left above it.
- Interim figures: an amendment that is under way is not published yet. Ask again with the figures at closing.
- Lines that are paid from their own revenue; transfers between institutions of one government.

What would settle it
--------------------
The decrees that amended the line up to the closing date, and the law that lets it be exceeded.

Worked example
--------------
With the default settings. Pens are spent to the last cent, ink is a cent over (A). Roads are over as a whole
because road 1 is (B): the total is not counted again. A tax may bring in more than planned. The appropriation
for fuel is zero, that for rent negative; that for water, as amended, is not published. The school was over in
May and in June (C) and a year later (D); its dollars are apart (E), and so is the clinic's line of the same
code (F). Two lines without a code are two (G, H). The ink of another source is another (I).

budget:

|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|executed|currency|finding|
|-----------|----------|--------------|-------|-------|---------|--------|--------|--------|--------|-------|
|2024       |2024-06-30|works         |pens   |yes    |expense  |   80.00|  100.00|  100.00|CLP     |       |
|2024       |2024-06-30|works         |ink    |yes    |expense  |  200.00|  100.00|  100.01|CLP     |A      |
|2024       |2024-06-30|works         |roads  |no     |expense  |  100.00|  100.00|  150.00|CLP     |       |
|2024       |2024-06-30|works         |road-1 |yes    |expense  |   50.00|   50.00|  110.00|CLP     |B      |
|2024       |2024-06-30|works         |road-2 |yes    |expense  |   50.00|   50.00|   40.00|CLP     |       |
|2024       |2024-06-30|works         |tax    |yes    |revenue  |  100.00|  100.00|  900.00|CLP     |       |
|2024       |2024-06-30|works         |fuel   |yes    |expense  |    0.00|    0.00|   10.00|CLP     |       |
|2024       |2024-06-30|works         |rent   |yes    |expense  |   -0.50|   -0.50|   -0.40|CLP     |       |
|2024       |2024-06-30|works         |water  |yes    |expense  |   10.00|        |   20.00|CLP     |       |
|2024       |2024-05-31|school        |21-01  |yes    |expense  |    0.50|    0.50|    3.00|CLP     |C      |
|2024       |2024-06-30|school        |21-01  |yes    |expense  |    0.50|    0.50|    2.00|CLP     |C      |
|2025       |2025-01-31|school        |21-01  |yes    |expense  |    0.50|    0.50|    2.00|CLP     |D      |
|2024       |2024-06-30|school        |21-01  |yes    |expense  |    0.50|    0.50|    2.00|USD     |E      |
|2024       |2024-06-30|clinic        |21-01  |yes    |expense  |    0.50|    0.50|    2.00|CLP     |F      |
|2024       |2024-06-30|clinic        |       |yes    |expense  |    0.50|    0.50|    2.00|CLP     |G      |
|2024       |2024-06-30|clinic        |       |yes    |expense  |    0.50|    0.50|    2.00|CLP     |H      |

budget:

|source|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|adjusted|executed|currency|finding|
|------|-----------|----------|--------------|-------|-------|---------|--------|--------|--------|-------|
|two   |       2024|2024-06-30|works         |ink    |yes    |expense  |  100.00|  100.01|CLP     |I      |

References
----------
- PEFA, Framework for assessing public financial management (2016), PI-1, for the aggregate.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import NEEDS, SHARD, USES, expense_leaf, line, per_line
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_most


class OverrunOfAdjustedBudget(Params):
    """Settings of BUD001."""

    tolerance: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10,
        decimal_places=4,
        description="share of the appropriation that may be exceeded",
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="appropriations at or below this are left out",
    )


def scope(params: OverrunOfAdjustedBudget) -> pl.Expr:
    """Lines of expense with an appropriation above the floor."""
    return expense_leaf() & (pl.col("adjusted") > money(params.floor))


def find(tables: Tables, params: OverrunOfAdjustedBudget) -> pl.LazyFrame:
    """Return one row per line that is over."""
    over = tables["budget"].filter(~at_most(pl.col("executed"), 1 + params.tolerance, pl.col("adjusted")))
    return per_line(over, _excess())


def tells(_params: OverrunOfAdjustedBudget) -> dict[str, pl.Expr]:
    """Tell which line is over, and its figures."""
    spent, allowed = pl.col("executed"), pl.col("adjusted")
    facts = {"approved": pl.col("approved"), "adjusted": allowed, "executed": spent, "ratio": spent / allowed}
    return line(_excess(), facts)


def _excess() -> pl.Expr:
    return pl.col("executed") - pl.col("adjusted")


RULE: Final = Rule(
    id="BUD001",
    name="overrun-of-adjusted-budget",
    severity=Severity.HIGH,
    precision=Precision.HIGH,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": NEEDS | {"adjusted", "executed"}},
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=OverrunOfAdjustedBudget,
    find=find,
    tells=tells,
    message="{institution_name} spent {executed} on {line}{in_year}: {amount} beyond the {adjusted} "
    "appropriated",
    page=__doc__,
    since="0.1",
)
