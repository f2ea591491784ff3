"""Names or titles were damaged when their encoding was mistaken.

Why it matters
--------------
`CompaÃ±ia` is not found by who looks for `Compañia`, and counts as another supplier. The damage was done
before publication: only the portal can mend it.

Formula
-------
Contracts of one source and buyer are one finding when the name of the buyer, of the supplier, or the title
holds

    U+FFFD, the mark that stands for an unreadable byte
    two characters that are one in UTF-8, read as Latin-1 (Ã± Â² â€“)
    ¿ between two letters, or ? between a letter and a small one

Threshold
---------
None. In Peru's direct awards of 2020 six titles are damaged, in which quotation marks became ¿; in CompraNet
there is none.

False positives
---------------
- A question mark inside a web address or a name that is written so on purpose.
- Words that were joined when the blank after a question mark was lost.

What would settle it
--------------------
The record in the publisher's own system, and its answer about how it writes the file.

Worked example
--------------
Hill's names and titles are damaged in five ways (A); letters that only look like damage, and question marks
at the end of a word, are not. A buyer with a damaged name is a finding (B), another source another (C).

contracts:

|source|buyer_name|supplier_name |title              |award_date|finding|
|------|----------|--------------|-------------------|----------|-------|
|portal|Hill      |Compañía Sur  |Café               |2024-01-03|       |
|portal|Hill      |CompaÃ±Ã­a Sur|Café               |2024-01-03|A      |
|portal|Hill      |Compa��a Sur  |Café               |2024-01-03|A      |
|portal|Hill      |Ash           |Construcci?n       |2024-01-03|A      |
|portal|Hill      |Ash           |Colegio del A¿O UNO|2024-01-03|A      |
|portal|Hill      |Ash           |WHY?BECAUSE        |2024-01-03|       |
|portal|Hill      |Ash           |Caf??              |2024-01-03|       |
|portal|Hill      |Ash           |¿Quién?            |2024-01-03|       |
|portal|Hill      |Ash           |por qué?           |2024-01-03|       |
|portal|Hill      |Ash           |10 mÂ² â€“ lot 1   |2024-01-03|A      |
|portal|Hill      |Ash           |São Paulo ÂNGELA   |2024-01-03|       |
|portal|MÃºnich   |Ash           |Beer               |2024-01-03|B      |
|portal|MÃºnich   |Ash           |Beer               |2024-01-03|B      |
|other |Hill      |Ash           |Construcci?n       |2024-01-03|C      |
|portal|Hill      |              |                   |2024-01-03|       |

References
----------
- Derived from files of this field; ftfy documents how such damage comes about.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage

TEXTS: Final = ("buyer_name", "supplier_name", "title")

_LETTER: Final = "[A-Za-z\u00c0-\u024f]"
#: A byte that nobody could read; UTF-8 read as Latin-1 or Windows-1252; a character that became a
#: question mark.
DAMAGE: Final = "|".join(
    (
        "\ufffd",
        "[\u00c2\u00c3][\u0080-\u00bf]",
        "\u00e2\u20ac",
        rf"{_LETTER}\?[a-z\u00e0-\u00ff]",
        f"{_LETTER}\u00bf{_LETTER}",
    )
)


class DamagedText(Params):
    """DQ011 has no settings."""


def find(tables: Tables, _params: DamagedText) -> pl.LazyFrame:
    """Return one row per source and buyer."""
    damaged = pl.any_horizontal(_damaged(name).fill_null(value=False) for name in TEXTS)
    return gathered(tables["contracts"].filter(damaged), ("source", "buyer_key"))


def _damaged(name: str) -> pl.Expr:
    return pl.col(name).str.contains(DAMAGE)


def tells(_params: DamagedText) -> dict[str, pl.Expr]:
    """Tell whose contracts they are, and the first damaged text."""
    samples = [pl.col(name).filter(_damaged(name)).min() for name in TEXTS]
    return {
        "buyer_name": party("buyer").min(),
        "sample": pl.coalesce(samples).str.slice(0, 80),
        "source": pl.col("source").first(),
    }


RULE: Final = Rule(
    id="DQ011",
    name="damaged-text",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"source"})},
    either=frozenset(TEXTS),
    uses={"contracts": READ | {"buyer_key"}},
    shard_by=("buyer_key",),
    params=DamagedText,
    find=find,
    tells=tells,
    message='{buyer_name}: characters were lost in {members:contract(s)}, as in "{sample}": can {source} '
    "mend them?",
    page=__doc__,
    since="0.1",
)
