"""Amendments raised a direct award, which was at or under its limit, above the limit.

Why it matters
--------------
A contract that is small enough to be awarded directly, and grows afterwards, ends as one that would have
needed competition. Whoever knew that it would grow was spared the tender.

Formula
-------
Each contract awarded directly or by invitation is a finding when

    first <= limit    and    first + amount_change(1) + amount_change(2) + ... > limit

where `first` is its amount when it was signed, `initial_amount`, or else `amount`. Amendments belong to the
contract of the same id in the same source; those that take away count, too.

Threshold
---------
- The limit is that of the law for the contract's own procedure, category and day; `limit_source` names it.
  `limit`: one amount in its place, in the currency of each contract.

No rate is measured: of the files that this project has read, none tells by how much an amendment changes
a contract.

False positives
---------------
- Prices that a clause ties to an index.
- Portals that write the amended total over the amount and publish no first one: changes count twice.
- Portals that publish the new total as the change.
- Limits without tax, compared with amounts that include it.

What would settle it
--------------------
Each amendment with the report that justifies it, and the decision behind the direct award.

Worked example
--------------
With the default settings. c1 grew to the limit, c2 a cent beyond it (A). c3's second amendment takes back a
part of what its first had added; c4's two add up (B). c5 was above its limit from the start, c6 won an open
tender, and c7 was an invitation (C). c8's first amount is known, and its amendment leads to the present one
(D). The c1 of another source, and c9, were not amended. c10's first amount is nothing, c11's half a peso (E).
An amendment of unknown size is none.

contracts:

|source|contract_id|procurement_method|award_date|initial_amount|amount|currency|limit |finding|
|------|-----------|------------------|----------|--------------|------|--------|------|-------|
|one   |c1         |direct            |2024-01-03|              | 60.00|CLP     |100.00|       |
|one   |c2         |direct            |2024-01-03|              | 60.00|CLP     |100.00|A      |
|one   |c3         |direct            |2024-01-03|              | 60.00|CLP     |100.00|       |
|one   |c4         |direct            |2024-01-03|              |100.00|CLP     |100.00|B      |
|one   |c5         |direct            |2024-01-03|              |100.01|CLP     |100.00|       |
|one   |c6         |open              |2024-01-03|              | 60.00|CLP     |100.00|       |
|one   |c7         |limited           |2024-01-03|              | 60.00|CLP     |100.00|C      |
|one   |c8         |direct            |2024-01-03|         60.00|110.00|CLP     |100.00|D      |
|two   |c1         |direct            |2024-01-03|              | 99.00|CLP     |100.00|       |
|one   |c9         |direct            |2024-01-03|         60.00|110.00|CLP     |100.00|       |
|one   |c10        |direct            |2024-01-03|          0.00| 60.00|CLP     |100.00|       |
|one   |c11        |direct            |2024-01-03|          0.50|110.00|CLP     |100.00|E      |

amendments:

| source | contract_id | number | amount_change |
|--------|-------------|--------|---------------|
| one    | c1          | 1      |         40.00 |
| one    | c1          | 2      |               |
| one    | c2          | 1      |         40.01 |
| one    | c3          | 1      |         60.00 |
| one    | c3          | 2      |        -20.00 |
| one    | c4          | 1      |          0.01 |
| one    | c4          | 2      |          0.01 |
| one    | c5          | 1      |         10.00 |
| one    | c6          | 1      |         50.00 |
| one    | c7          | 1      |         50.00 |
| one    | c8          | 1      |         50.00 |
| one    | c10         | 1      |        110.00 |
| one    | c11         | 1      |        109.50 |
| two    | c3          | 1      |         20.00 |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R054.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._limits import Limited
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Precision, Rule, Stage

#: Contracts of two sources may share an id.
CONTRACT: Final = ("source", "contract_id")


class DirectAwardAmendedPastLimit(Limited):
    """Settings of SPL008."""


def scope(_params: DirectAwardAmendedPastLimit) -> pl.Expr:
    """Direct awards and invitations."""
    return pl.col("procurement_method").is_in(["direct", "limited"])


def find(tables: Tables, params: DirectAwardAmendedPastLimit) -> pl.LazyFrame:
    """Return one row per contract."""
    first, limit = pl.coalesce("initial_amount", "amount"), params.in_force()
    small = tables["contracts"].filter(first > 0, first <= limit)
    changes = (
        tables["amendments"]
        .group_by(CONTRACT)
        .agg(added=pl.col("amount_change").sum().cast(TOTAL), number_of_changes=pl.len())
    )
    total = first.cast(TOTAL) + pl.col("added")
    return (
        small.join(changes, on=CONTRACT)
        .filter(total > limit.cast(TOTAL))
        .sort("decision_date", "file", "row")
        .select(
            pl.concat_list(member()).alias("members"),
            total.alias("amount"),
            "currency",
            pl.col("decision_date").alias("starts"),
            pl.col("decision_date").alias("ends"),
            first.alias("first_amount"),
            "added",
            "number_of_changes",
        )
    )


def tells(params: DirectAwardAmendedPastLimit) -> dict[str, pl.Expr]:
    """Tell who bought from whom and how, what the contract began with, and what was added to it."""
    return {
        **who(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "first_amount": pl.col("first_amount").first(),
        "added": pl.col("added").first(),
        "number_of_changes": pl.col("number_of_changes").first(),
        "limit": params.in_force().first(),
        "limit_source": params.says_who(pl.col("limit")),
        "date_basis": pl.col("date_basis").cast(pl.String).first(),
    }


RULE: Final = Rule(
    id="SPL008",
    name="direct-award-amended-past-limit",
    ocp=("R054",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {"contract_id", "procurement_method", "decision_date", "amount", "currency", "limit"}
        ),
        "amendments": frozenset({"contract_id", "amount_change"}),
    },
    uses={"contracts": frozenset({"source", "initial_amount"}), "amendments": frozenset({"source"})},
    scope=scope,
    shard_by=("contract_id",),
    params=DirectAwardAmendedPastLimit,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name}: {first_amount} was at or under the limit of {limit}, and with "
    "what amendments added it is {amount}",
    page=__doc__,
    since="0.1",
)
