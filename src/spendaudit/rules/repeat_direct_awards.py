"""A buyer awarded contracts to one supplier directly, again and again.

Why it matters
--------------
A direct award answers a need for which no competition was possible. When one supplier is chosen this way
again and again, the need was known, and a tender or a framework could have been prepared.

Formula
-------
Take the direct awards of one buyer to one supplier, in every category and currency. Looking back from one of
them over `days` days there are at least `min_contracts`, itself included. The window rolls, so that no end of
a year parts two awards. Windows that overlap are one finding, of all their awards; `most` is the number in
the fullest.

Threshold
---------
- `min_contracts`: 3, and `days`: 1096, which are 36 months, as in indicator A1 of open-tender-watch. A1 takes
  the first and the last award of a pair, so that a pair active for longer is never flagged; here it is.

Where direct awards are the usual way to buy, three in three years say little. The run warns above 20 %, a
default of this project; raise `min_contracts` then.

False positives
---------------
- Exclusive rights: utilities, licences, publishers, landlords, the only repairer of a machine.
- Public bodies and state companies that buy from each other.
- Small purchases that the law lets anyone award directly; portals that publish call-offs as direct awards.
- Suppliers that go by name: two of one name are taken for one (see `supplier_known_by`).

What would settle it
--------------------
The decision behind each direct award with the exception it names, and the quotations compared.

Worked example
--------------
With the default settings. Ash won three awards, the last 1,096 days after the first (A); Bay's last came a
day later. Elm won two from one buyer and one from another, Fir two and one by invitation, Oak three on one
day (B). Yew's first five are joined by two windows (C), the next stands alone, the last three are another
finding (D). An award without an amount counts; in two currencies there is no total.

contracts:

| contract_id | buyer_name | supplier_name | procurement_method | award_date | amount | currency | finding |
|-------------|------------|---------------|--------------------|------------|--------|----------|---------|
| c01         | Hill       | Ash           | direct             | 2021-01-01 |  10.00 | CLP      | A       |
| c02         | Hill       | Ash           | direct             | 2022-06-01 |  10.00 | CLP      | A       |
| c03         | Hill       | Ash           | direct             | 2024-01-02 |  10.00 | CLP      | A       |
| c04         | Hill       | Bay           | direct             | 2021-01-01 |  10.00 | CLP      |         |
| c05         | Hill       | Bay           | direct             | 2022-06-01 |  10.00 | CLP      |         |
| c06         | Hill       | Bay           | direct             | 2024-01-03 |  10.00 | CLP      |         |
| c07         | Hill       | Elm           | direct             | 2021-01-01 |  10.00 | CLP      |         |
| c08         | Hill       | Elm           | direct             | 2021-01-01 |  10.00 | CLP      |         |
| c09         | Dale       | Elm           | direct             | 2021-01-01 |  10.00 | CLP      |         |
| c10         | Hill       | Fir           | direct             | 2021-01-01 |  10.00 | CLP      |         |
| c11         | Hill       | Fir           | limited            | 2021-01-01 |  10.00 | CLP      |         |
| c12         | Hill       | Fir           | direct             | 2021-01-02 |  10.00 | CLP      |         |
| c13         | Hill       | Oak           | direct             | 2021-01-01 |  10.00 | CLP      | B       |
| c14         | Hill       | Oak           | direct             | 2021-01-01 |  10.00 | CLP      | B       |
| c15         | Hill       | Oak           | direct             | 2021-01-01 |  10.00 | CLP      | B       |
| c16         | Hill       | Yew           | direct             | 2010-01-01 |  10.00 | CLP      | C       |
| c17         | Hill       | Yew           | direct             | 2012-01-01 |  10.00 | CLP      | C       |
| c18         | Hill       | Yew           | direct             | 2013-01-01 |  10.00 | CLP      | C       |
| c19         | Hill       | Yew           | direct             | 2014-06-01 |  10.00 | USD      | C       |
| c20         | Hill       | Yew           | direct             | 2019-06-01 |  10.00 | CLP      |         |
| c21         | Hill       | Yew           | direct             | 2023-01-01 |  10.00 | CLP      | D       |
| c22         | Hill       | Yew           | direct             | 2023-01-01 |  10.00 | CLP      | D       |
| c23         | Hill       | Yew           | direct             | 2023-02-01 |        |          | D       |
| c24         | Hill       | Yew           | direct             | 2014-07-01 |  10.00 | CLP      | C       |

References
----------
- open-tender-watch, AGENTS.md, A1: repeat direct awards.
- Open Contracting Partnership, Red flags in public procurement (2024), R055.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._totals import total
from spendaudit.rules._windows import rows_in, runs, windows

PAIR: Final = ("buyer_key", "supplier_key")


class RepeatDirectAwards(Params):
    """Settings of COM005."""

    days: int = Field(1096, ge=1, le=3660, description="most days between the first and the last of a window")
    min_contracts: int = Field(3, ge=2, le=1000, description="fewest awards in a window")


def scope(_params: RepeatDirectAwards) -> pl.Expr:
    """Direct awards."""
    return pl.col("procurement_method") == "direct"


def find(tables: Tables, params: RepeatDirectAwards) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    awards = tables["contracts"]
    full = windows(awards, PAIR, params.days, {"n": pl.len()}).filter(pl.col("n") >= params.min_contracts)
    repeats = runs(full, {"most": pl.col("n").max()})
    return (
        rows_in(repeats, awards, PAIR)
        .group_by("run")
        .agg(
            pl.col("most").first(),
            members=members(),
            **total(),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
        )
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "most")
    )


def tells(params: RepeatDirectAwards) -> dict[str, pl.Expr]:
    """Tell who awarded whom, how many contracts in a window, and how many have no amount."""
    return {
        **who(),
        "most": pl.col("most").first(),
        "days": pl.lit(params.days),
        "without_amount": pl.col("amount").null_count(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="COM005",
    name="repeat-direct-awards",
    ocp=("R055",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*PAIR, "procurement_method", "decision_date"})},
    uses={"contracts": frozenset({"amount", "currency"})},
    scope=scope,
    shard_by=PAIR,
    params=RepeatDirectAwards,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {members} contracts directly to {supplier_name} {when}, "
    "as many as {most} within {days} days",
    page=__doc__,
    since="0.1",
    ceiling=0.20,
)
