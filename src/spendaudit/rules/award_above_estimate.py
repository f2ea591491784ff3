"""A contract was awarded well above the estimate of its tender.

Why it matters
--------------
The estimate is what the buyer set aside, and what decided which procedure was used. An award far above it was
estimated badly, or what was bought is not what was announced; others might have bid for the larger sum.

Formula
-------
Each contract with an estimate is a finding when

    amount >= ratio * tender_amount

A tender's estimate is for all its awards, so that one award alone above it is above it in any case. The
amount of a finding is what it is above the estimate.

Threshold
---------
- `ratio`: 1.10, as electionsbg takes, where 4.1 % of Bulgarian awards reach it (95 % are under 1.05).
  Open-tender-watch asks from 1.5 and looks harder from 2.0.

Of 9,516 Peruvian direct awards of 2020 it is 0.08 %; one is a hundred times its estimate.

False positives
---------------
- Estimates without a tax that the award includes. The `ratio` to take then is one and the rate of that tax.
- An estimate for one year beside an award for several; a unit price beside a total; a lot's award beside the
  estimate of a smaller lot.
- Prices that rose between estimate and award.
- A typing error in either, which is then a question too.

What would settle it
--------------------
The estimate with its date and how it was worked out, and the report that accepted the higher price.

Worked example
--------------
With the default settings. c1 is a cent under 1.1 times its estimate, c2 exactly there (A), c3 above (B).
Nothing was estimated for c4 and c5, and c6 cost nothing. Small amounts are compared as well (C).

contracts:

| contract_id | buyer_name | supplier_name | award_date | amount | currency | tender_amount | finding |
|-------------|------------|---------------|------------|--------|----------|---------------|---------|
| c1          | Hill       | Elm           | 2024-01-03 | 109.99 | CLP      | 100.00        |         |
| c2          | Hill       | Elm           | 2024-01-03 | 110.00 | CLP      | 100.00        | A       |
| c3          | Hill       | Elm           | 2024-01-03 | 250.00 | CLP      | 100.00        | B       |
| c4          | Hill       | Elm           | 2024-01-03 | 250.00 | CLP      | 0.00          |         |
| c5          | Hill       | Elm           | 2024-01-03 | 250.00 | CLP      |               |         |
| c6          | Hill       | Elm           | 2024-01-03 | 0.00   | CLP      | -5.00         |         |
| c7          | Hill       | Elm           | 2024-01-03 |   0.50 | CLP      |          0.10 | C       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R031.
- atanasster/electionsbg, src/lib/riskFlagCatalog.ts; open-tender-watch, indicator A9.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._estimates import NEEDS, estimated
from spendaudit.rules._gathered import READ, one_each
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least


class AwardAboveEstimate(Params):
    """Settings of PRC001."""

    ratio: Decimal = Field(
        Decimal("1.10"), gt=1, le=1000, decimal_places=4, description="smallest multiple of the estimate"
    )


def find(tables: Tables, params: AwardAboveEstimate) -> pl.LazyFrame:
    """Return one row per contract."""
    amount, estimate = pl.col("amount"), pl.col("tender_amount")
    above = tables["contracts"].filter(at_least(amount, params.ratio, estimate))
    return one_each(above, amount - estimate)


def tells(_params: AwardAboveEstimate) -> dict[str, pl.Expr]:
    """Tell who bought from whom and how, the estimate, the award, and how many times one is the other."""
    amount, estimate = pl.col("amount").first(), pl.col("tender_amount").first()
    return {
        **who(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "estimate": estimate,
        "awarded": amount,
        "ratio": (amount / estimate).cast(MONEY),
    }


RULE: Final = Rule(
    id="PRC001",
    name="award-above-estimate",
    ocp=("R031",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": NEEDS},
    uses={"contracts": READ},
    scope=lambda _params: estimated(),
    shard_by=("buyer_key",),
    params=AwardAboveEstimate,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {awarded} to {supplier_name}, {ratio:number} times the estimate of "
    "{estimate}: what changed after the estimate?",
    page=__doc__,
    since="0.1",
)
