"""The number of bids does not fit the method, or the award.

Why it matters
--------------
If several bid for a direct award, it was a competition under another name; if nobody bid and somebody won,
either the count or the award is wrong. Rules on competition say nothing true about such contracts.

Formula
-------
A contract with a supplier is a finding when

    method = direct          and   number_of_tenderers > 1
    method is competitive    and   number_of_tenderers < 1

Competitive are open, selective and limited.

Threshold
---------
None: the two columns say the same thing or they do not. Of 27 US contracts and OCDS releases with both
columns at hand none is a finding.

False positives
---------------
- Orders under a framework, which are published with its bids. Direct awards after a tender that failed.
- Portals that count invitations, or quotations that were asked for, as bids; zero for "not counted".

What would settle it
--------------------
The record of opening the bids, and the decision that names the method of buying.

Worked example
--------------
A direct award with two bids is a finding (A), with one or none it is not. An open, limited or selective
tender that somebody won without a bid is one (B, C, D), as is one with a bid less than none (E); without a
supplier, or a known method, there is no contradiction.

contracts:

|contract_id|buyer_name|supplier_name|procurement_method|number_of_tenderers|award_date|finding|
|-----------|----------|-------------|------------------|-------------------|----------|-------|
|c1         |Hill      |Ash          |direct            |1                  |2024-01-03|       |
|c2         |Hill      |Ash          |direct            |2                  |2024-01-03|A      |
|c3         |Hill      |Ash          |direct            |0                  |2024-01-03|       |
|c4         |Hill      |Ash          |open              |0                  |2024-01-03|B      |
|c5         |Hill      |Ash          |open              |1                  |2024-01-03|       |
|c6         |Hill      |             |open              |0                  |2024-01-03|       |
|c7         |Hill      |Ash          |limited           |0                  |2024-01-03|C      |
|c8         |Hill      |Ash          |selective         |0                  |2024-01-03|D      |
|c9         |Hill      |Ash          |unknown           |5                  |2024-01-03|       |
|c10        |Hill      |Ash          |open              |-1                 |2024-01-03|E      |
|c11        |Hill      |Ash          |                  |0                  |2024-01-03|       |

References
----------
- Pelican (Open Contracting Partnership): direct awards have one tenderer at most.
- Quality indicators for PLACSP, CONS-01: awarded with no offers.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, one_each
from spendaudit.rules._methods import competitive, direct
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage


class MethodAgainstBids(Params):
    """DQ008 has no settings."""


def find(tables: Tables, _params: MethodAgainstBids) -> pl.LazyFrame:
    """Return one row per contract."""
    bids = pl.col("number_of_tenderers")
    too_many = direct() & (bids > 1)
    too_few = competitive() & (bids < 1)
    return one_each(tables["contracts"].filter(too_many | too_few), pl.col("amount"))


def tells(_params: MethodAgainstBids) -> dict[str, pl.Expr]:
    """Tell who bought from whom, by which method, and with how many bids."""
    return {
        **who(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "method_details": pl.col("procurement_method_details").first(),
        "bids": pl.col("number_of_tenderers").first(),
        "title": pl.coalesce("title", "contract_id").first(),
    }


RULE: Final = Rule(
    id="DQ008",
    name="method-against-bids",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"procurement_method", "number_of_tenderers", "supplier_key"})},
    uses={"contracts": READ},
    shard_by=("buyer_key",),
    params=MethodAgainstBids,
    find=find,
    tells=tells,
    message="{title:quoted}, {buyer_name} and {supplier_name}: the method is {method}, the number of "
    "bids {bids}: which is right?",
    page=__doc__,
    since="0.1",
)
