"""One number stands beside several suppliers' names, or one name beside several numbers.

Why it matters
--------------
A number or a name that is not one supplier's makes every sum by supplier wrong: money of two is added up as
one's, or one's is divided. Sometimes a firm was renamed or sold; sometimes a number was copied from the row
above.

Formula
-------
Names are compared by their letters and digits, without case, accents, blanks and signs. Contracts are one
finding when

    look = names: one number stands beside min_different or more names
    look = numbers: one name stands beside min_different or more numbers

People are left out, and suppliers who are known by a name alone.

Threshold
---------
- `look`: `names`, or `numbers`.
- `min_different`: 2, as groucho takes.

In 8,151 Peruvian direct awards of 2020 there is none: the portal takes names from the tax register.

False positives
---------------
- A firm that was renamed, sold or merged; branches; a name with and without its legal form, or shortened.
- Joint ventures that are published under their leader's number.
- `numbers`: namesakes; a portal's own codes beside tax numbers; a firm that was founded anew.

What would settle it
--------------------
The register's entry of the number and of each name, and the contracts that bear them.

Worked example
--------------
With the default settings. GB-1 stands beside Ash and Oak (A). GB-2 beside one name in two spellings, GB-3 and
GB-4 beside one name each. People, and what is known by a name, are not asked about.

contracts:

|supplier_name|supplier_key|supplier_kind|award_date|amount|currency|finding|
|-------------|------------|-------------|----------|------|--------|-------|
|Ash Ltd.     |GB-1        |company      |2024-01-03|50.00 |GBP     |A      |
|ASH LTD      |GB-1        |company      |2024-01-03|50.00 |GBP     |A      |
|Oak Ltd.     |GB-1        |company      |2024-01-04|50.00 |GBP     |A      |
|Ash Ltd.     |GB-1        |company      |2024-01-05| 50.00|GBP     |A      |
|Élan S.A.    |GB-2        |company      |2024-01-03|50.00 |GBP     |       |
|ELAN SA      |GB-2        |company      |2024-01-03|50.00 |GBP     |       |
|Fir & Co     |GB-3        |company      |2024-01-03|50.00 |GBP     |       |
|Fir Co.      |GB-4        |company      |2024-01-03|50.00 |GBP     |       |
|Ana Luz      |GB-5        |person       |2024-01-03|50.00 |GBP     |       |
|A. Luz       |GB-5        |person       |2024-01-03|50.00 |GBP     |       |
|Yew          |name:YEW    |unknown      |2024-01-03|50.00 |GBP     |       |
|Yew Yard     |name:YEW    |unknown      |2024-01-03|50.00 |GBP     |       |

References
----------
- ProjectPODER/groucho: several ids for one name. open-tender-watch, indicator C5.
- Pelican (Open Contracting Partnership) checks that a party's identifier and name stay together.
"""

from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.codelists import NAMED
from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._rule import Params, Rule, Stage


class SupplierNamesDiffer(Params):
    """Settings of SUP006."""

    look: Literal["names", "numbers"] = Field("names", description="what differs beside the other")
    min_different: int = Field(2, ge=2, le=1000, description="fewest different names, or numbers")


def scope(_params: SupplierNamesDiffer) -> pl.Expr:
    """Leave out people, whose names are written in many ways, and suppliers who have no number."""
    numbered = ~pl.col("supplier_key").cat.starts_with(NAMED)
    return numbered & (pl.col("supplier_kind") != "person")


def find(tables: Tables, params: SupplierNamesDiffer) -> pl.LazyFrame:
    """Return one row per number, or per name."""
    one, other = ("supplier_key", "letters") if params.look == "names" else ("letters", "supplier_key")
    named = ("supplier_key", "supplier_name")
    contracts = tables["contracts"]
    # A name is read once, however often it stands.
    names = contracts.select(named).unique().with_columns(letters=_letters()).cache()
    several = names.group_by(one).agg(different=pl.col(other).n_unique())
    suspects = names.join(several.filter(pl.col("different") >= params.min_different), on=one)
    rows = contracts.join(suspects, on=named, build_side="force_right")
    return gathered(rows, (one,), different=pl.col("different").first())


def _letters() -> pl.Expr:
    plain = pl.col("supplier_name").str.normalize("NFKD").str.to_uppercase()
    return plain.str.replace_all(r"[^\p{L}\p{N}]", "")


def tells(params: SupplierNamesDiffer) -> dict[str, pl.Expr]:
    """Tell what stands beside what, how many, and the first and the last of the names."""
    one = "supplier_key" if params.look == "names" else "supplier_name"
    return {
        "one": pl.lit("number" if params.look == "names" else "name"),
        "supplier": pl.col(one).cast(pl.String).min(),
        "other": pl.lit(params.look),
        "different": pl.col("different").first(),
        "first_name": pl.col("supplier_name").min(),
        "last_name": pl.col("supplier_name").max(),
        "buyers": pl.col("buyer_key").drop_nulls().n_unique(),
    }


RULE: Final = Rule(
    id="SUP006",
    name="supplier-names-differ",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"supplier_key", "supplier_name", "supplier_kind"})},
    uses={"contracts": READ},
    scope=scope,
    shard_by=None,
    params=SupplierNamesDiffer,
    find=find,
    tells=tells,
    message="the {one:words} {supplier} stands beside {different} {other:words}, among them {first_name} and "
    "{last_name}: is that one supplier?",
    words=("number", "name", "numbers", "names"),
    page=__doc__,
    since="0.1",
)
