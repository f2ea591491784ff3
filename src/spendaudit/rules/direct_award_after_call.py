"""A buyer called for bids on an item, and awarded the same item directly for about the same amount.

Why it matters
--------------
Whoever called for bids thought that several could supply. A direct award of the same thing, for about the
same money, while the call runs or within a year of it, may have taken its place.

Formula
-------
A direct award is a finding, with the calls that it follows, when one by the same buyer, for the same item
code (its first `digits` characters) and in the same currency has

    day of the call <= day of the direct award <= day of the call + days
    value of the call * (1 - band) <= amount <= value of the call * (1 + band)

A call is an open procedure. Its day is that of `tender_start`, or else of its award; its value is the amount
that was awarded in it.

Threshold
---------
- `days`: 365, and `band`: 0.10, as in Ukraine (Prozorro, sas24-3-11).
- `digits`: 8, all of a CPV or UNSPSC code, a default of this project.

Calls that nobody won are missing from most portals' contracts, and so is what followed them. No base rate is
measured: no file that this project has read holds open and direct contracts with item codes in number.

False positives
---------------
- A direct award that the law allows after a call which brought no bid, or a bridge until a contract begins.
- Additional deliveries by the winner of the call; goods that are bought again and again.
- Codes that say little, such as "other services".

What would settle it
--------------------
The decision behind the direct award, and what was left then of the contract that the call brought.

Worked example
--------------
With the default settings. The call of item 1 was on the 1st of March 2023. Direct awards of the same day and
a year later are findings (A, B), those of the day before and after are not. The amounts of C and D are at
the ends of the band, a cent more or less is not. For item 2 buyer, currency and scheme differ, or the
procedure is not direct. Item 3's call has the day of its award (E). Two calls of item 4 are followed by one
award (F). Codes that agree in eight characters are one (G). An amount of nothing is none, one
of half a peso is (H).

contracts:

|buyer_name|item_scheme|item_code|procurement_method|tender_start|award_date|amount|currency|finding|
|----------|-----------|---------|------------------|------------|----------|------|--------|-------|
|Hill      |CPV        |00000001 |open              |2023-03-01  |2023-05-01|100.00|CLP     |A B C D|
|Hill      |CPV        |00000001 |direct            |            |2023-03-01|100.00|CLP     |A      |
|Hill      |CPV        |00000001 |direct            |            |2024-02-29|100.00|CLP     |B      |
|Hill      |CPV        |00000001 |direct            |            |2023-02-28|100.00|CLP     |       |
|Hill      |CPV        |00000001 |direct            |            |2024-03-01|100.00|CLP     |       |
|Hill      |CPV        |00000001 |direct            |            |2023-06-01| 90.00|CLP     |C      |
|Hill      |CPV        |00000001 |direct            |            |2023-06-01|110.00|CLP     |D      |
|Hill      |CPV        |00000001 |direct            |            |2023-06-01| 89.99|CLP     |       |
|Hill      |CPV        |00000001 |direct            |            |2023-06-01|110.01|CLP     |       |
|Hill      |CPV        |00000002 |open              |            |2023-03-01|100.00|CLP     |       |
|Dale      |CPV        |00000002 |direct            |            |2023-06-01|100.00|CLP     |       |
|Hill      |CPV        |00000002 |direct            |            |2023-06-01|100.00|USD     |       |
|Hill      |UNSPSC     |00000002 |direct            |            |2023-06-01|100.00|CLP     |       |
|Hill      |CPV        |00000002 |limited           |            |2023-06-01|100.00|CLP     |       |
|Hill      |CPV        |00000003 |open              |            |2023-03-01|100.00|CLP     |E      |
|Hill      |CPV        |00000003 |direct            |            |2023-06-01|100.00|CLP     |E      |
|Hill      |CPV        |00000004 |open              |            |2023-03-01|100.00|CLP     |F      |
|Hill      |CPV        |00000004 |open              |            |2023-03-02|105.00|CLP     |F      |
|Hill      |CPV        |00000004 |direct            |            |2023-06-01|100.00|CLP     |F      |
|Hill      |           |000000051|open              |            |2023-03-01|100.00|CLP     |G      |
|Hill      |           |000000052|direct            |            |2023-06-01|100.00|CLP     |G      |
|Hill      |           |00000006 |direct            |            |2023-06-01|100.00|CLP     |       |
|Hill      |CPV        |00000007 |open              |            |2023-03-01|  0.00|CLP     |       |
|Hill      |CPV        |00000007 |direct            |            |2023-06-01|  0.00|CLP     |       |
|Hill      |CPV        |00000008 |open              |            |2023-03-01|  0.50|CLP     |H      |
|Hill      |CPV        |00000008 |direct            |            |2023-06-01|  0.50|CLP     |H      |

References
----------
- ProzorroUKR/prozorro-risks, sas24-3-11: a contract reported without a tender, during or after an open one.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, PLACE, TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._markets import code
from spendaudit.rules._methods import direct
from spendaudit.rules._parties import date_basis, party
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_least, at_most

#: Who bought what in which money.
SUBJECT: Final = ("buyer_key", "item_scheme", "item", "currency")


class DirectAwardAfterCall(Params):
    """Settings of SPL009."""

    days: int = Field(365, ge=1, le=3660, description="most days from the call to the direct award")
    band: Decimal = Field(
        Decimal("0.10"),
        ge=0,
        le=1,
        decimal_places=4,
        description="how far the amounts may be apart, as a share",
    )
    digits: int = Field(8, ge=2, le=20, description="characters of the item code that must agree")


def scope(_params: DirectAwardAfterCall) -> pl.Expr:
    """Open procedures and direct awards."""
    return pl.col("procurement_method").is_in(["open", "direct"]) & (pl.col("amount") > 0)


def find(tables: Tables, params: DirectAwardAfterCall) -> pl.LazyFrame:
    """Return one row per direct award."""
    rows = tables["contracts"].with_columns(item=code(params.digits), amount=pl.col("amount").cast(TOTAL))
    calls = rows.filter(pl.col("procurement_method") == "open").select(
        *SUBJECT,
        call=member(),
        called=pl.coalesce("tender_start", "decision_date"),
        value="amount",
    )
    amount, value = pl.col("amount"), pl.col("value")
    followed = (
        rows.filter(direct())
        .join(calls, on=SUBJECT, nulls_equal=True)
        .filter(
            pl.col("called") <= pl.col("decision_date"),
            pl.col("decision_date") <= pl.col("called") + pl.duration(days=params.days),
            at_least(amount, 1 - params.band, value),
            at_most(amount, 1 + params.band, value),
        )
    )
    return (
        followed.group_by(PLACE)
        .agg(
            calls=pl.col("call"),
            amount=pl.col("amount").first(),
            currency=pl.col("currency").first(),
            starts=pl.col("called").min(),
            ends=pl.col("decision_date").first(),
        )
        .with_columns(members=pl.concat_list(member(), "calls").list.sort())
        .sort(PLACE)
        .select(FINDING.names())
    )


def tells(params: DirectAwardAfterCall) -> dict[str, pl.Expr]:
    """Tell who bought what, who was awarded directly, and who won the calls for how much at most."""
    return {
        "buyer_name": party("buyer").min(),
        "item": code(params.digits).first(),
        "supplier_name": party("supplier").filter(direct()).min(),
        "winner": party("supplier").filter(~direct()).min(),
        "value": pl.col("amount").filter(~direct()).max(),
        "calls": (~direct()).sum(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="SPL009",
    name="direct-award-after-call",
    severity=Severity.MEDIUM,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {"buyer_key", "item_code", "procurement_method", "decision_date", "amount", "currency"}
        )
    },
    uses={"contracts": frozenset({"item_scheme", "tender_start"})},
    scope=scope,
    shard_by=("buyer_key",),
    params=DirectAwardAfterCall,
    find=find,
    tells=tells,
    message="{buyer_name} awarded item {item} directly to {supplier_name} for {amount} on {ends}, after a "
    "call of {starts} for the same item that {winner} won for {value}: why not in that contract?",
    page=__doc__,
    since="0.1",
)
