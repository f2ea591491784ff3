"""A buyer's contracts have titles too short to say what was bought.

Why it matters
--------------
Who looks for school meals does not find "Services". A title of a word hides a contract from suppliers and
readers as well as a missing one does.

Formula
-------
Contracts of one source and buyer are one finding when `min_contracts` or more of them have a title of fewer
than `min_length` characters, blanks at its ends apart.

Threshold
---------
- `min_length`: 10, and `min_contracts`: 3, defaults of this project; groucho judges titles by length and by a
  list of words.

Of 1,366 titles in CompraNet's samples 1 % are so short, of 9,516 in Peru (2020) 0.1 %.

False positives
---------------
- Medicines, books and spare parts, which have short names.
- Portals that say what was bought in the description.

What would settle it
--------------------
The purchase request or the technical terms of each contract, which say what was bought.

Worked example
--------------
With the default settings. Three of Hill's titles have nine characters or fewer (A), one has ten and one
contract has none. Dale has two in one source and one in another.

contracts:

|source|buyer_name|title       |award_date|finding|
|------|----------|------------|----------|-------|
|portal|Hill      |Services.   |2024-01-03|A      |
|portal|Hill      |Various     |2024-01-03|A      |
|portal|Hill      |  Goods 12  |2024-01-03|A      |
|portal|Hill      |Services..  |2024-01-03|       |
|portal|Hill      |            |2024-01-03|       |
|portal|Dale      |Services.   |2024-01-03|       |
|portal|Dale      |Various     |2024-01-03|       |
|other |Dale      |Various     |2024-01-03|       |

References
----------
- ProjectPODER/groucho, comprehensibility of titles.
- Open Contracting Partnership, Red flags in public procurement (2024), R005, is about missing documents.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class VagueTitles(Params):
    """Settings of DQ013."""

    min_length: int = Field(10, ge=2, le=100, description="characters from which on a title says something")
    min_contracts: int = Field(3, ge=1, le=100_000, description="fewest contracts with a shorter title")


def find(tables: Tables, params: VagueTitles) -> pl.LazyFrame:
    """Return one row per source and buyer."""
    short = pl.col("title").str.strip_chars().str.len_chars() < params.min_length
    found = gathered(tables["contracts"].filter(short), ("source", "buyer_key"))
    return found.filter(pl.col("members").list.len() >= params.min_contracts)


def tells(_params: VagueTitles) -> dict[str, pl.Expr]:
    """Tell whose contracts they are, how many different titles, and the first of them."""
    return {
        "buyer_name": party("buyer").min(),
        "titles": pl.col("title").n_unique(),
        "title": pl.col("title").min(),
    }


RULE: Final = Rule(
    id="DQ013",
    name="vague-titles",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"title"})},
    uses={"contracts": READ | {"source", "buyer_key"}},
    shard_by=("buyer_key",),
    params=VagueTitles,
    find=find,
    tells=tells,
    message="{buyer_name}: titles such as {title:quoted} on {members:contract(s)}: what was bought?",
    page=__doc__,
    since="0.1",
)
