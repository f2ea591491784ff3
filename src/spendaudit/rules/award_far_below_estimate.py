"""A tender was awarded at half its estimate or less.

Why it matters
--------------
Either the estimate was far too high, which shuts out small firms and lets others ask for more; or the price
cannot be held, and what is delivered is less, or dearer after amendments.

Formula
-------
Awards of one tender under one estimate are one finding when

    amounts of all of them <= share * tender_amount

Rows of one source, buyer, tender and currency with the same `tender_amount` are under one estimate, so that a
tender divided among several suppliers is not taken for a cheap one. Rows without `tender_id` stand alone. The
amount of a finding is what it is below the estimate.

Threshold
---------
- `share`: 0.50, as open-tender-watch and redflags.eu take. Prozorro's risk indicators ask from 0.70, Dozorro
  from 0.40.

Of 9,516 Peruvian direct awards of 2020 it is 0.12 %.

False positives
---------------
- Reverse auctions and markets where prices fell.
- A unit price beside an estimate for all units; one of several lots or years beside the estimate for all,
  when the others are in another file, were void, or are not awarded yet.
- Framework agreements, whose estimate is a ceiling.
- An estimate that includes a tax beside an award that leaves it out.

What would settle it
--------------------
The winner's explanation of its price, how the estimate was worked out, and the amendments since.

Worked example
--------------
With the default settings. T1 was awarded at exactly half its estimate (A), T2 a cent above it. T3 was
divided: its two awards are 50 together (B), those of T4 50.01. What another buyer, source, estimate or
currency has under the same number is another tender (C, D, E, F, G). Two rows without a number are two
tenders (H, J).

contracts:

| source | buyer_name | tender_id | award_date | amount | currency | tender_amount | finding |
|--------|------------|-----------|------------|--------|----------|---------------|---------|
| portal | Hill       | T1        | 2024-01-03 |  50.00 | CLP      | 100.00        | A       |
| portal | Hill       | T2        | 2024-01-03 |  50.01 | CLP      | 100.00        |         |
| portal | Hill       | T3        | 2024-01-03 |  30.00 | CLP      | 100.00        | B       |
| portal | Hill       | T3        | 2024-01-04 |  20.00 | CLP      | 100.00        | B       |
| portal | Hill       | T4        | 2024-01-03 |  30.00 | CLP      | 100.00        |         |
| portal | Hill       | T4        | 2024-01-03 |  20.01 | CLP      | 100.00        |         |
| portal | Hill       | T5        | 2024-01-03 |  30.00 | CLP      | 100.00        | C       |
| portal | Dale       | T5        | 2024-01-03 |  30.00 | CLP      | 100.00        | D       |
| other  | Hill       | T5        | 2024-01-03 |  30.00 | CLP      | 100.00        | E       |
| portal | Hill       | T5        | 2024-01-03 |  30.00 | USD      | 100.00        | F       |
| portal | Hill       | T5        | 2024-01-03 |  30.00 | CLP      |  99.00        | G       |
| portal | Hill       |           | 2024-01-03 |  30.00 | CLP      | 100.00        | H       |
| portal | Hill       |           | 2024-01-03 |  30.00 | CLP      | 100.00        | J       |
| portal | Hill       | T6        | 2024-01-03 |   0.00 | CLP      | 100.00        |         |
| portal | Hill       | T7        | 2024-01-03 |  30.00 | CLP      |               |         |

References
----------
- open-tender-watch, indicator A9; ProzorroUKR/prozorro-risks, indicator 3-6; redflags.eu.
- Open Contracting Partnership, Red flags in public procurement (2024), R058, is about distance to other bids.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, alone, members
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._estimates import ESTIMATE, NEEDS, estimated
from spendaudit.rules._gathered import READ
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_most


class AwardFarBelowEstimate(Params):
    """Settings of PRC003."""

    share: Decimal = Field(
        Decimal("0.50"),
        gt=0,
        le=Decimal("0.99"),
        decimal_places=4,
        description="largest share of the estimate",
    )


def find(tables: Tables, params: AwardFarBelowEstimate) -> pl.LazyFrame:
    """Return one row per estimate."""
    awards, estimate = tables["contracts"].with_columns(alone=alone("tender_id")), pl.col("tender_amount")
    # A tender is far below its estimate only if each of its awards is: most need no adding up.
    low = awards.filter(at_most(pl.col("amount"), params.share, estimate)).select(ESTIMATE).unique()
    return (
        awards.join(low, on=ESTIMATE, how="semi", nulls_equal=True)
        .group_by(*ESTIMATE, "alone")
        .agg(
            members=members(),
            awarded=pl.col("amount").sum().cast(TOTAL),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
        )
        .filter(at_most(pl.col("awarded"), params.share, estimate))
        .with_columns(amount=(estimate - pl.col("awarded")).cast(TOTAL))
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "awarded")
    )


def tells(_params: AwardFarBelowEstimate) -> dict[str, pl.Expr]:
    """Tell who bought from whom and how, the estimate, what was awarded, and its share of the estimate."""
    awarded, estimate = pl.col("awarded").first(), pl.col("tender_amount").first()
    return {
        **who(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "suppliers": pl.col("supplier_key").drop_nulls().n_unique(),
        "estimate": estimate,
        "awarded": awarded,
        "share": (awarded / estimate).cast(MONEY),
    }


RULE: Final = Rule(
    id="PRC003",
    name="award-far-below-estimate",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": NEEDS},
    uses={"contracts": READ | {*ESTIMATE}},
    scope=lambda _params: estimated(),
    shard_by=("buyer_key",),
    params=AwardFarBelowEstimate,
    find=find,
    tells=tells,
    message="{buyer_name} estimated {estimate} and awarded {awarded} to {supplier_name}, {share:percent} of "
    "it: what does the price leave out?",
    page=__doc__,
    since="0.1",
)
