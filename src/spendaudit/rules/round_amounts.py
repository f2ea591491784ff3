"""Nearly all contracts of a supplier with a buyer are for round amounts.

Why it matters
--------------
A price that was worked out from quantities is rarely round. Where every one is, it may have been agreed
first, and the quantities found to fit.

Formula
-------
For each buyer, supplier and currency take the contracts of `floor` or more. An amount is round when it is a
multiple of 10 to the power 1 + floor(log10(amount) / 2): of 1,000 from 10,000 on, of 10,000 from 1,000,000
on, of 100,000 from 100,000,000 on. A pair is a finding when, of `min_contracts` contracts or more, at least
`share` are for round amounts. The finding names those.

Threshold
---------
- What is round: tlevine/red-flags. groucho takes multiples of 10,000 in every currency.
- `share`: 0.90, `min_contracts`: 10, `floor`: 10,000, defaults of this project. One round amount says
  nothing.

Of 9,481 Peruvian direct awards of 2020 0.46 % stand in one of four findings; in CompraNet there is none.

False positives
---------------
- Grants, fees, rents, framework ceilings and budgets, which are round by nature.
- Currencies without cents, and prices agreed in round monthly sums.
- Amounts that a portal publishes in thousands.

What would settle it
--------------------
The quotations or price schedules behind these contracts, and the invoices that were paid.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Nine of Elm's ten contracts with Hill are
round (A): those below 10,000, in another currency or with another buyer do not count. Ash has nine contracts.
Of Fir's eleven nine are round: 1,001,000 and 100,010,000 are not. Of Oak's nineteen seventeen are.

contracts:

|times|buyer_name|supplier_name|award_date|amount        |currency|finding|
|-----|----------|-------------|----------|--------------|--------|-------|
|    1|Hill      |Elm          |2024-01-01|      10000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-02|      99000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-03|     999000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-04|    1000000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-05|    9990000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-06|   99990000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-07|  100000000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-08|10000000000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-09|      11000.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-10|      10100.00|CLP     |       |
|    1|Hill      |Elm          |2024-01-11|       9999.99|CLP     |       |
|    9|Hill      |Elm          |2024-01-12|      12345.00|USD     |       |
|    9|Dale      |Elm          |2024-01-13|      12345.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-14|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-15|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-16|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-17|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-18|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-19|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-20|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-21|      11000.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-22|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-23|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-24|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-25|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-26|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-27|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-28|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-01|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-02|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-03|      11000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-04|    1001000.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-05|  100010000.00|CLP     |       |
|   17|Hill      |Oak          |2024-01-03|      99000.00|CLP     |       |
|    2|Hill      |Oak          |2024-01-03|      99001.00|CLP     |       |
|    1|Dale      |Elm          |2024-01-03|      99000.00|CLP     |       |
|    1|Hill      |Elm          |2024-01-03|      99000.00|USD     |       |

References
----------
- tlevine/red-flags, on World Bank contracts: roundness of amounts.
- ProjectPODER/groucho, flagsCR-2021.json.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import who
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

PAIR: Final = ("buyer_key", "supplier_key", "currency")
#: From which amount on which multiples are round, the largest first.
ROUND: Final = tuple((100**half, 10 ** (half + 1)) for half in range(7, 0, -1))


class RoundAmounts(Params):
    """Settings of PRC007."""

    share: Decimal = Field(
        Decimal("0.90"), gt=0, le=1, decimal_places=4, description="smallest share of the pair's contracts"
    )
    min_contracts: int = Field(10, ge=2, le=100_000, description="fewest contracts of the pair")
    floor: Decimal = Field(
        Decimal(10_000), ge=100, le=10**15, decimal_places=4, description="smaller amounts are left out"
    )


def scope(params: RoundAmounts) -> pl.Expr:
    """Contracts large enough to be round."""
    return pl.col("amount") >= money(params.floor)


def find(tables: Tables, params: RoundAmounts) -> pl.LazyFrame:
    """Return one row per buyer, supplier and currency."""
    alike = perhaps_repeated(tables["contracts"], PAIR, params.min_contracts)
    contracts = alike.with_columns(round=_round()).cache()
    pairs = (
        contracts.group_by(PAIR)
        .agg(contracts=pl.len(), rounded=pl.col("round").sum())
        .filter(
            pl.col("contracts") >= params.min_contracts,
            at_least(pl.col("rounded"), params.share, pl.col("contracts")),
        )
    )
    rounded = contracts.filter("round").join(pairs, on=PAIR, build_side="force_right")
    return gathered(rounded, PAIR, contracts=pl.col("contracts").first(), rounded=pl.col("rounded").first())


def _round() -> pl.Expr:
    amount = pl.col("amount")
    return pl.coalesce(pl.when(amount >= least).then(amount % multiple == 0) for least, multiple in ROUND)


def tells(_params: RoundAmounts) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and how many of how many contracts were for round amounts."""
    rounded, contracts = pl.col("rounded").first(), pl.col("contracts").first()
    return {
        **who(),
        "rounded": rounded,
        "contracts": contracts,
        "share": (rounded / contracts).cast(MONEY),
        "smallest": pl.col("amount").min(),
        "largest": pl.col("amount").max(),
    }


RULE: Final = Rule(
    id="PRC007",
    name="round-amounts",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*PAIR, "amount"})},
    uses={"contracts": READ},
    scope=scope,
    shard_by=("buyer_key",),
    params=RoundAmounts,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name}: {rounded} of {contracts} contracts are for round amounts, "
    "{amount} together: how were the prices worked out?",
    page=__doc__,
    since="0.1",
)
