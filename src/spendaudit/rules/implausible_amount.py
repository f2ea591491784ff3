"""An amount is beyond anything that its estimate, its history or its source makes likely.

Why it matters
--------------
One typing error can be more than everything else that a country bought in a year. It moves every share,
ranking and average, and nobody notices, because the sums still look like sums.

Formula
-------
A contract is a finding when

    amount >= estimate_times * tender_amount   or   amount >= initial_times * initial_amount

or when, of `min_contracts` contracts or more of a source in one currency, it is more than all the others
together, or when it is above `ceiling`.

Threshold
---------
- `estimate_times`: 200, and `initial_times`: 100, as midt-bg/sigma takes for suspect values and amendments
  (it reviews from 10 on; PRC001 asks from 1.1 on).
- `min_contracts`: 10. More than all the others together needs no currency: a default of this project.
- `ceiling`: none. Pelican takes 5 billion US dollars, open-tender-watch a trillion euros; in your currency
  you know better. Set it, and amounts above it are findings.

Of Peru's direct awards (2020) none is so large; 100 times its estimate is one, which PRC001 finds.
Statistical: of contracts drawn by chance (`bench/chance.py`) at most 0.01 % are flagged; a test holds it.

False positives
---------------
- The one great project of a small source; a file of few contracts.
- Framework ceilings beside estimates for a first order.

What would settle it
--------------------
The contract's clause on its price, the award decision, and the invoices paid since.

Worked example
--------------
With the default settings. c1 is 200 times its estimate (A), c4 100 times its first amount (B); a cent less is
neither, and an estimate of nothing is none. In the second source one of ten is a cent more than all others in
its currency (C), in the third exactly as much (a credit does not count), the last has nine contracts.

contracts:

|source|contract_id|amount|currency|tender_amount|initial_amount|finding|
|------|-----------|------|--------|-------------|--------------|-------|
|portal|c1         |200.00|CLP     |1.00         |              |A      |
|portal|c2         |199.99|CLP     |1.00         |              |       |
|portal|c3         |200.00|CLP     |0.00         |              |       |
|portal|c4         |100.00|CLP     |             |1.00          |B      |
|portal|c5         |99.99 |CLP     |             |1.00          |       |
|portal|c6         |100.00|CLP     |             |0.00          |       |
|portal|c7         |-5.00 |CLP     |             |              |       |
|other |d0         |10.00 |CLP     |             |              |       |
|other |d1         |10.00 |CLP     |             |              |       |
|other |d2         |10.00 |CLP     |             |              |       |
|other |d3         |10.00 |CLP     |             |              |       |
|other |d4         |10.00 |CLP     |             |              |       |
|other |d5         |10.00 |CLP     |             |              |       |
|other |d6         |10.00 |CLP     |             |              |       |
|other |d7         |10.00 |CLP     |             |              |       |
|other |d8         |10.00 |CLP     |             |              |       |
|other |d9         |90.01 |CLP     |             |              |C      |
|other |d10        |200.00|USD     |             |              |       |
|third |e1         |10.00 |CLP     |             |              |       |
|third |e2         |10.00 |CLP     |             |              |       |
|third |e3         |10.00 |CLP     |             |              |       |
|third |e4         |10.00 |CLP     |             |              |       |
|third |e5         |10.00 |CLP     |             |              |       |
|third |e6         |10.00 |CLP     |             |              |       |
|third |e7         |10.00 |CLP     |             |              |       |
|third |e8         |10.00 |CLP     |             |              |       |
|third |e9         |10.00 |CLP     |             |              |       |
|third |e10        |90.00 |CLP     |             |              |       |
|third |e11        | -1.00|CLP     |             |              |       |
|last  |f0         |1.00  |CLP     |             |              |       |
|last  |f1         |1.00  |CLP     |             |              |       |
|last  |f2         |1.00  |CLP     |             |              |       |
|last  |f3         |1.00  |CLP     |             |              |       |
|last  |f4         |1.00  |CLP     |             |              |       |
|last  |f5         |1.00  |CLP     |             |              |       |
|last  |f6         |1.00  |CLP     |             |              |       |
|last  |f7         |1.00  |CLP     |             |              |       |
|last  |f9         |90.00 |CLP     |             |              |       |

References
----------
- midt-bg/sigma, value_suspect; Pelican, values within 5 billion USD; open-tender-watch, production
  invariants.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._gathered import READ, one_each
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

MARKET: Final = ("source", "currency")


class ImplausibleAmount(Params):
    """Settings of DQ005."""

    estimate_times: Decimal = Field(
        Decimal(200), gt=1, le=10**6, decimal_places=4, description="smallest multiple of the estimate"
    )
    initial_times: Decimal = Field(
        Decimal(100), gt=1, le=10**6, decimal_places=4, description="smallest multiple of the first amount"
    )
    min_contracts: int = Field(
        10, ge=3, le=100_000, description="fewest contracts of a source in one currency to add up"
    )
    ceiling: Decimal | None = Field(
        None, gt=0, le=10**15, decimal_places=4, description="amounts above it are findings in any currency"
    )


def _doubts(params: ImplausibleAmount) -> dict[str, pl.Expr]:
    """Name what can be said against an amount, and tell whether it holds."""
    amount, others = pl.col("amount"), pl.col("total") - pl.col("amount")
    above = pl.lit(value=False) if params.ceiling is None else amount > money(params.ceiling)
    return {
        "many times its estimate": (pl.col("tender_amount") > 0)
        & at_least(amount, params.estimate_times, pl.col("tender_amount")),
        "many times its first amount": (pl.col("initial_amount") > 0)
        & at_least(amount, params.initial_times, pl.col("initial_amount")),
        "more than all other contracts of its source together": (pl.col("contracts") >= params.min_contracts)
        & (amount > others),
        "above the ceiling that was set": above,
    }


def find(tables: Tables, params: ImplausibleAmount) -> pl.LazyFrame:
    """Return one row per contract."""
    contracts = tables["contracts"]
    markets = contracts.group_by(MARKET).agg(
        total=pl.col("amount").cast(TOTAL).sum(), contracts=pl.len().cast(pl.Int64)
    )
    doubtful = pl.any_horizontal(doubt.fill_null(value=False) for doubt in _doubts(params).values())
    return one_each(
        contracts.join(markets, on=MARKET, build_side="force_right").filter(doubtful),
        pl.col("amount"),
        "total",
        "contracts",
    )


def tells(params: ImplausibleAmount) -> dict[str, pl.Expr]:
    """Tell whose amount it is, what speaks against it, and what it is compared with."""
    doubts = [
        pl.when(doubt.fill_null(value=False)).then(pl.lit(words)) for words, doubt in _doubts(params).items()
    ]
    return {
        **who(),
        "doubt": pl.concat_str(doubts, separator="; ", ignore_nulls=True).first(),
        "estimate": pl.col("tender_amount").first(),
        "first_amount": pl.col("initial_amount").first(),
        "title": pl.coalesce("title", "contract_id").first(),
    }


RULE: Final = Rule(
    id="DQ005",
    name="implausible-amount",
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"amount", "currency"})},
    uses={"contracts": READ | {"source", "tender_amount", "initial_amount"}},
    scope=lambda _params: pl.col("amount") > 0,
    shard_by=None,
    params=ImplausibleAmount,
    find=find,
    tells=tells,
    message="{title:quoted}, {buyer_name} and {supplier_name}: {amount} is {doubt:words}: does the amount "
    "stand so in the contract?",
    words=(
        "many times its estimate",
        "many times its first amount",
        "more than all other contracts of its source together",
        "above the ceiling that was set",
    ),
    page=__doc__,
    since="0.1",
)
