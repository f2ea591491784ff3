"""A buyer awarded contracts to one supplier directly, again and again.

Why it matters
--------------
A direct award answers a need for which no competition was possible. When one supplier is chosen this way
again and again, the need was known, and a tender or a framework could have been prepared.

Formula
-------
Take the direct awards of one buyer to one supplier, in every category and currency. Looking back from one of
them over `days` days there are at least `min_contracts`, itself included. Contracts under one number of a
procedure are one award, of its first day: lots and items are no repetition. The window rolls, so that no end
of a year parts two awards. Windows that overlap are one finding, of all contracts in their days; `most` is
the number of awards in the fullest.

Threshold
---------
- `min_contracts`: 3, and `days`: 1096, which are 36 months, as in indicator A1 of open-tender-watch. A1 takes
  the first and the last award of a pair, so that a pair active for longer is never flagged; here it is.

Of 9,515 direct awards in Peru's emergency of 2020, 26 % are in a finding (33 % if each lot counted), of 700
in samples of CompraNet 37 %. Where direct awards are the usual way to buy, three in three years say little.
The run warns above 20 %, a default of this project; raise `min_contracts` then.

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
With the default settings. Ash won four awards, the last two 1,096 days after the first (A); Bay's last came a
day later. Elm won two from one buyer and one from another, Fir two and one by invitation, Oak three on one
day (B). Yew's first five are joined by two windows (C), the next stands alone, the last three are another
finding (D). An award without an amount counts; in two currencies there is no total. Gum won three lots of one
procedure; Asp three procedures, one in two lots (E), the last lot a day too late. Numbers of two sources are
two (F); of one number, two buyers and two suppliers have an award each (A, B, G).

contracts:

|source|tender_id|buyer_name|supplier_name|procurement_method|award_date|amount|currency|finding|
|------|---------|----------|-------------|------------------|----------|------|--------|-------|
|x     |t1       |Hill      |Ash          |direct            |2021-01-01| 10.00|CLP     |A      |
|x     |t2       |Hill      |Ash          |direct            |2022-06-01| 10.00|CLP     |A      |
|x     |t3       |Hill      |Ash          |direct            |2024-01-02| 10.00|CLP     |A      |
|x     |t0       |Hill      |Ash          |direct            |2024-01-02| 10.00|CLP     |A      |
|x     |t1       |Dale      |Ash          |direct            |2021-01-01| 10.00|CLP     |G      |
|x     |t2       |Dale      |Ash          |direct            |2022-06-01| 10.00|CLP     |G      |
|x     |t3       |Dale      |Ash          |direct            |2024-01-02| 10.00|CLP     |G      |
|x     |t0       |Dale      |Ash          |direct            |2024-01-02| 10.00|CLP     |G      |
|x     |         |Hill      |Bay          |direct            |2021-01-01| 10.00|CLP     |       |
|x     |         |Hill      |Bay          |direct            |2022-06-01| 10.00|CLP     |       |
|x     |         |Hill      |Bay          |direct            |2024-01-03| 10.00|CLP     |       |
|x     |         |Hill      |Elm          |direct            |2021-01-01| 10.00|CLP     |       |
|x     |         |Hill      |Elm          |direct            |2021-01-01| 10.00|CLP     |       |
|x     |         |Dale      |Elm          |direct            |2021-01-01| 10.00|CLP     |       |
|x     |         |Hill      |Fir          |direct            |2021-01-01| 10.00|CLP     |       |
|x     |         |Hill      |Fir          |limited           |2021-01-01| 10.00|CLP     |       |
|x     |         |Hill      |Fir          |direct            |2021-01-02| 10.00|CLP     |       |
|x     |t1       |Hill      |Oak          |direct            |2021-01-01| 10.00|CLP     |B      |
|x     |t2       |Hill      |Oak          |direct            |2021-01-01| 10.00|CLP     |B      |
|x     |t3       |Hill      |Oak          |direct            |2021-01-01| 10.00|CLP     |B      |
|x     |         |Hill      |Yew          |direct            |2010-01-01| 10.00|CLP     |C      |
|x     |         |Hill      |Yew          |direct            |2012-01-01| 10.00|CLP     |C      |
|x     |         |Hill      |Yew          |direct            |2013-01-01| 10.00|CLP     |C      |
|x     |         |Hill      |Yew          |direct            |2014-06-01| 10.00|USD     |C      |
|x     |         |Hill      |Yew          |direct            |2019-06-01| 10.00|CLP     |       |
|x     |         |Hill      |Yew          |direct            |2023-01-01| 10.00|CLP     |D      |
|x     |         |Hill      |Yew          |direct            |2023-01-01| 10.00|CLP     |D      |
|x     |         |Hill      |Yew          |direct            |2023-02-01|      |        |D      |
|x     |         |Hill      |Yew          |direct            |2014-07-01| 10.00|CLP     |C      |
|x     |t4       |Hill      |Gum          |direct            |2021-01-01| 10.00|CLP     |       |
|x     |t4       |Hill      |Gum          |direct            |2021-01-01| 10.00|CLP     |       |
|x     |t4       |Hill      |Gum          |direct            |2021-01-02| 10.00|CLP     |       |
|x     |t5       |Hill      |Asp          |direct            |2021-01-01| 10.00|CLP     |E      |
|x     |t5       |Hill      |Asp          |direct            |2021-01-01| 10.00|CLP     |E      |
|x     |t6       |Hill      |Asp          |direct            |2022-06-01| 10.00|CLP     |E      |
|x     |t7       |Hill      |Asp          |direct            |2024-01-02| 10.00|CLP     |E      |
|x     |t7       |Hill      |Asp          |direct            |2024-01-03| 10.00|CLP     |       |
|x     |t8       |Hill      |Box          |direct            |2021-01-01| 10.00|CLP     |F      |
|y     |t8       |Hill      |Box          |direct            |2021-01-01| 10.00|CLP     |F      |
|x     |t9       |Hill      |Box          |direct            |2021-01-01| 10.00|CLP     |F      |

References
----------
- open-tender-watch, AGENTS.md, A1: repeat direct awards.
- Open Contracting Partnership, Red flags in public procurement (2024), R055.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._methods import direct
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._windows import rows_in, runs, windows

PAIR: Final = ("buyer_key", "supplier_key")


class RepeatDirectAwards(Params):
    """Settings of COM005."""

    days: int = Field(1096, ge=1, le=3660, description="most days between the first and the last of a window")
    min_contracts: int = Field(3, ge=2, le=1000, description="fewest procedures in a window")


def scope(_params: RepeatDirectAwards) -> pl.Expr:
    """Direct awards."""
    return direct()


def find(tables: Tables, params: RepeatDirectAwards) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    awards = tables["contracts"]
    full = windows(_procedures(awards), PAIR, params.days, {"n": pl.len()}).filter(
        pl.col("n") >= params.min_contracts
    )
    repeats = runs(full, {"most": pl.col("n").max()})
    return gathered(rows_in(repeats, awards, PAIR), ["run"], most=pl.col("most").first())


def tells(params: RepeatDirectAwards) -> dict[str, pl.Expr]:
    """Tell who awarded whom, how many procedures in a window, and how many contracts have no amount."""
    return {
        **who(),
        "most": pl.col("most").first(),
        "days": pl.lit(params.days),
        "without_amount": pl.col("amount").null_count(),
        "date_basis": date_basis(),
    }


def _procedures(awards: pl.LazyFrame) -> pl.LazyFrame:
    """Take the contracts of a procedure for one, of its first day; a row without number is one."""
    named = pl.col("tender_id").is_not_null()
    alone = awards.filter(~named).select(*PAIR, "decision_date")
    together = awards.filter(named).group_by(*PAIR, "source", "tender_id").agg(pl.col("decision_date").min())
    return pl.concat([alone, together.select(*PAIR, "decision_date")])


RULE: Final = Rule(
    id="COM005",
    name="repeat-direct-awards",
    ocp=("R055",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*PAIR, "procurement_method", "decision_date"})},
    uses={"contracts": frozenset({"amount", "currency", "source", "tender_id"})},
    scope=scope,
    shard_by=PAIR,
    params=RepeatDirectAwards,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {members} contracts directly to {supplier_name} {when}, in up to {most} "
    "procedures within {days:day(s)}",
    page=__doc__,
    since="0.1",
    ceiling=0.20,
)
