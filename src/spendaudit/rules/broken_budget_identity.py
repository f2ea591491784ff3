"""The figures of a budget line contradict each other: more was paid than was spent, or spent than committed.

Why it matters
--------------
Money is first committed, then the obligation arises (executed), then it is paid, so none of the three can be
larger than the one before it. Where it is, the books or their publication are wrong, and every other question
about the line rests on figures that cannot all be true.

Formula
-------
For a line of expense that no other line details, of the figures that are published

    executed > committed + rounding    or    paid > executed + rounding

where the greater of the two is positive: corrections of past years make negative lines, which have no such
order. The amount of a finding is the largest contradiction. A line that is found at several dates of a year
is one finding, with the figures of the last. Totals are never judged beside their parts.

Threshold
---------
`rounding`: 1 unit of the currency, a default of this project. For a portal that publishes thousands, 1000.

In Mexico's federalised spending of Puebla, none of 4,818 lines.

A line is judged when `executed` and at least one of `committed` and `paid` are published. That the
appropriation bounds all three is no identity but a limit: BUD001.

False positives
---------------
- Portals on which payments include arrears of past years, or cash advances that are booked as expense later.
- Offices that do not record commitments for payroll or debt, and publish a zero.
- Reversals in the same period: an obligation is cancelled before the payment comes back.
- Figures of different days: payments of this week beside obligations of last month.

What would settle it
--------------------
The line's ledger of commitments, obligations and payments, each entry with its date.

Worked example
--------------
With the default settings. Pens are a unit apart, twice; ink a cent more than that in what was spent (A),
chalk in what was paid (B), glue in both (C). Of books no commitment is published (D), of maps no payment (E),
of ice neither. Rent is a correction: nothing is positive; fees are (F). Roads contradict themselves as a
whole because road 1 does (G). A tax may be paid before it is due. The school was found in May and in June
(H).

budget:

|period_end|institution_id|line_id|is_leaf|direction|committed|executed| paid|currency|finding|
|----------|--------------|-------|-------|---------|---------|--------|-----|--------|-------|
|2024-06-30|works         |pens   |yes    |expense  |    50.00|   51.00|52.00|CLP     |       |
|2024-06-30|works         |ink    |yes    |expense  |    50.00|   51.01| 0.00|CLP     |A      |
|2024-06-30|works         |chalk  |yes    |expense  |    90.00|   50.00|51.01|CLP     |B      |
|2024-06-30|works         |glue   |yes    |expense  |    50.00|   60.00|80.00|CLP     |C      |
|2024-06-30|works         |books  |yes    |expense  |         |   50.00|90.00|CLP     |D      |
|2024-06-30|works         |maps   |yes    |expense  |    50.00|   90.00|     |CLP     |E      |
|2024-06-30|works         |ice    |yes    |expense  |         |   90.00|     |CLP     |       |
|2024-06-30|works         |rent   |yes    |expense  |    -9.00|   -5.00| 0.00|CLP     |       |
|2024-06-30|works         |fees   |yes    |expense  |    -5.00|    0.50| 0.50|CLP     |F      |
|2024-06-30|works         |roads  |no     |expense  |    50.00|   90.00|90.00|CLP     |       |
|2024-06-30|works         |road-1 |yes    |expense  |    50.00|   90.00|90.00|CLP     |G      |
|2024-06-30|works         |tax    |yes    |revenue  |    50.00|   60.00|90.00|CLP     |       |
|2024-05-31|school        |21-01  |yes    |expense  |    50.00|   60.00|40.00|CLP     |H      |
|2024-06-30|school        |21-01  |yes    |expense  |    50.00|   70.00|40.00|CLP     |H      |

References
----------
- Derived by this project from the order of the phases of spending.
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

#: In the order in which money passes through them.
PHASES: Final = (("committed", "executed"), ("executed", "paid"))


class BrokenBudgetIdentity(Params):
    """Settings of BUD012."""

    rounding: Decimal = Field(
        Decimal(1), ge=0, le=10**9, decimal_places=4, description="difference that rounding may make"
    )


def scope(_params: BrokenBudgetIdentity) -> pl.Expr:
    """Lines of expense."""
    return expense_leaf()


def find(tables: Tables, params: BrokenBudgetIdentity) -> pl.LazyFrame:
    """Return one row per line whose figures contradict each other."""
    worst = pl.max_horizontal(_contradictions(params).values())
    return per_line(tables["budget"].filter(worst.is_not_null()), worst)


def tells(params: BrokenBudgetIdentity) -> dict[str, pl.Expr]:
    """Tell which line it is, its figures, and which of them contradict each other."""
    found = _contradictions(params)
    words = [pl.when(beyond.is_not_null()).then(pl.lit(word)) for word, beyond in found.items()]
    figures = {phase: pl.col(phase) for phase in ("committed", "executed", "paid")}
    figures["contradiction"] = pl.concat_str(words, separator=", ", ignore_nulls=True)
    return line(pl.max_horizontal(found.values()), figures)


def _contradictions(params: BrokenBudgetIdentity) -> dict[str, pl.Expr]:
    """Name each contradiction that figures may hold; it is as large as this, or null."""
    found: dict[str, pl.Expr] = {}
    for first, second in PHASES:
        beyond = pl.col(second) - pl.col(first)
        broken = (beyond > money(params.rounding)) & (pl.col(second) > 0)
        found[f"{second} > {first}"] = pl.when(broken).then(beyond)
    return found


RULE: Final = Rule(
    id="BUD012",
    name="broken-budget-identity",
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="budget",
    needs={"budget": NEEDS | {"executed"}},
    either=frozenset({"committed", "paid"}),
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=BrokenBudgetIdentity,
    find=find,
    tells=tells,
    message="{institution_name}, {line}{in_year}: {contradiction:words}, by as much as {amount}",
    words=("committed", "executed", "paid"),
    page=__doc__,
    since="0.1",
)
