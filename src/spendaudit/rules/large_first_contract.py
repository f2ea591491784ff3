"""A supplier's first contract with a buyer is far above what the buyer usually spends.

Why it matters
--------------
New suppliers usually begin small. One that comes with a large contract at once is worth a look: who is it,
and how did the buyer come to know it?

Formula
-------
A contract is a finding when it is of the first day on which the supplier appears with the buyer, which is
`history` days or more after the buyer's own first contract, and

    amount > times * P90

P90 is the smallest amount that 90 % of the buyer's contracts in that currency do not exceed; the buyer has
`min_contracts` of them or more.

Threshold
---------
- The first award and P90: anticorruption-ai (new firm, above P90 of the buyer).
- `times`: 5, `history`: 365, `min_contracts`: 20, defaults of this project. Without a year of history every
  supplier is new.

Of 1,193 contracts of CompraNet (2010-2014) 0.6 % are findings; with `times` 2 they are 1.8 %.

False positives
---------------
- The buyer knew the supplier before the data begin, or under another name or number.
- Works and other rare large projects, which have a new supplier each time.
- A supplier that was renamed or merged.

What would settle it
--------------------
The supplier's register entry with its owners, its proof of capacity, and how it came to bid.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. 90 % of Hill's contracts in pesos are of
10.00 or less. Ash is new after 365 days, its first contract just above five times that (A), its second is not
its first. Fir came a day earlier, Bay is exactly at five times, Oak is paid in another currency, and Yew
began small; Gum is new (B). Of Dale's 20 the eighteenth and of Glen's 29 the twenty-seventh by size is of
10.00 (C, D). Fell has nineteen.

contracts:

|times|buyer_name|supplier_name|award_date|amount|currency|finding|
|-----|----------|-------------|----------|------|--------|-------|
|    1|Hill      |Elm          |2021-01-01| 10.00|CLP     |       |
|   54|Hill      |Elm          |2021-01-05| 10.00|CLP     |       |
|    1|Hill      |Ash          |2022-01-01| 50.01|CLP     |A      |
|    1|Hill      |Ash          |2022-01-02|500.00|CLP     |       |
|    1|Hill      |Fir          |2021-12-31| 50.01|CLP     |       |
|    1|Hill      |Bay          |2022-01-01| 50.00|CLP     |       |
|    1|Hill      |Oak          |2022-01-01|500.00|USD     |       |
|    1|Hill      |Yew          |2021-12-31|  5.00|CLP     |       |
|    1|Hill      |Yew          |2022-02-01|500.00|CLP     |       |
|    1|Hill      |Box          |2022-02-01|  0.00|CLP     |       |
|    1|Hill      |Gum          |2022-02-01| 60.00|CLP     |B      |
|   17|Dale      |Elm          |2021-01-01|  1.00|CLP     |       |
|    1|Dale      |Fir          |2022-01-01| 10.00|CLP     |       |
|    1|Dale      |Box          |2022-01-01| 11.00|CLP     |       |
|    1|Dale      |Ash          |2022-01-02| 50.01|CLP     |C      |
|   25|Glen      |Ash          |2021-01-01|  1.00|CLP     |       |
|    1|Glen      |Elm          |2021-01-01|  1.00|CLP     |       |
|    1|Glen      |Fir          |2022-01-01| 10.00|CLP     |       |
|    1|Glen      |Box          |2022-01-01| 10.00|CLP     |       |
|    1|Glen      |Yew          |2022-01-02| 50.01|CLP     |D      |
|   18|Fell      |Elm          |2021-01-01|  1.00|CLP     |       |
|    1|Fell      |Fir          |2022-01-01| 90.00|CLP     |       |

References
----------
- spulido99/anticorruption-ai, docs/research.
- Open Contracting Partnership, Red flags in public procurement (2024), R052, asks about the opposite: a small
  first purchase, then larger ones.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import one_each
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_most

BUYER: Final = ("buyer_key", "currency")
PAIR: Final = ("buyer_key", "supplier_key")


class LargeFirstContract(Params):
    """Settings of SUP013."""

    times: Decimal = Field(
        Decimal(5), ge=1, le=1000, decimal_places=4, description="multiple of P90 that must be exceeded"
    )
    history: int = Field(365, ge=0, le=36_500, description="fewest days since the buyer's first contract")
    min_contracts: int = Field(20, ge=10, le=100_000, description="fewest contracts of the buyer")


def find(tables: Tables, params: LargeFirstContract) -> pl.LazyFrame:
    """Return one row per contract."""
    contracts, amount, day = tables["contracts"], pl.col("amount"), pl.col("decision_date")
    place = (9 * pl.len().cast(pl.Int64) + 9) // 10
    usual = (
        contracts.group_by(BUYER)
        .agg(contracts=pl.len(), usual=amount.sort().get(place - 1))
        .filter(pl.col("contracts") >= params.min_contracts)
    )
    began = contracts.group_by("buyer_key").agg(began=day.min())
    large = (
        contracts.join(usual, on=BUYER, build_side="force_right")
        .filter(~at_most(amount, params.times, pl.col("usual")))
        .join(began, on="buyer_key", build_side="force_right")
        .filter(day - pl.col("began") >= pl.duration(days=params.history))
        .cache()
    )
    pairs = large.select(PAIR).unique()
    met = contracts.join(pairs, on=PAIR, how="semi").group_by(PAIR).agg(met=day.min())
    return one_each(
        large.join(met, on=PAIR).filter(day == pl.col("met")), amount, "contracts", "usual", "began"
    )


def tells(_params: LargeFirstContract) -> dict[str, pl.Expr]:
    """Tell who bought from whom and how, what the buyer usually spends, and since when it is known."""
    usual = pl.col("usual").first()
    return {
        **who(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "usual": usual,
        "times": (pl.col("amount").first() / usual).cast(MONEY),
        "contracts": pl.col("contracts").first(),
        "known_since": pl.col("began").first(),
        "date_basis": pl.col("date_basis").cast(pl.String).first(),
    }


RULE: Final = Rule(
    id="SUP013",
    name="large-first-contract",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*BUYER, *PAIR, "decision_date", "amount"})},
    scope=lambda _params: pl.col("amount") > 0,
    shard_by=("buyer_key",),
    params=LargeFirstContract,
    find=find,
    tells=tells,
    message="{buyer_name} began with {supplier_name} by a contract of {amount}, {times:number} times what "
    "90 % of its contracts stay under: how was it chosen?",
    page=__doc__,
    since="0.1",
)
