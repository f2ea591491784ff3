"""Category codes that no classification has, or that say no more than a division.

Why it matters
--------------
The code is how suppliers find a tender and how prices are compared. A code that does not exist is found by
nobody; "construction" alone by everybody.

Formula
-------
Contracts of one source, buyer and classification are one finding when their codes have not the form of it,
and another when those that have it end in 000000, not counting a check digit:

    CPV: eight digits, with or without a hyphen and a check digit
    UNSPSC: eight digits

Other classifications are not asked about.

Threshold
---------
- `undetailed`: true. False leaves out codes that say no more than a division. Dozorro counts 13 % of tenders
  with such codes in Ukraine; the run warns above 20 %, a default of this project that leaves room above that.

The few contracts with CPV or UNSPSC codes at hand have none.

False positives
---------------
- Framework agreements for many things, which a division describes well.
- Codes of an older version of the classification, or a national one under the same name.

What would settle it
--------------------
The purchase request or the technical terms, which say what was bought, and the invoices.

Worked example
--------------
With the default settings. Hill has two CPV divisions (A), with and without check digit, and three codes that
are none (B); the same by UNSPSC (C, D). Dale's is its own (E), and so is that of another source (F). Another
classification, or none, is not judged.

contracts:

|source|buyer_name|item_scheme|item_code |finding|
|------|----------|-----------|----------|-------|
|portal|Hill      |CPV        |45000000  |A      |
|portal|Hill      |CPV        |45000000-7|A      |
|portal|Hill      |CPV        |45200000  |       |
|portal|Hill      |CPV        |4520000   |B      |
|portal|Hill      |CPV        |45200000- |B      |
|portal|Hill      |CPV        |452000001 |B      |
|portal|Hill      |UNSPSC     |43000000  |C      |
|portal|Hill      |UNSPSC     |43210000  |       |
|portal|Hill      |UNSPSC     |4321150   |D      |
|portal|Hill      |UNSPSC     |43211503-1|D      |
|portal|Dale      |UNSPSC     |43000000  |E      |
|portal|Hill      |OTHER      |4         |       |
|portal|Hill      |           |43000000  |       |
|portal|Hill      |CPV        |          |       |
|portal|Hill      |OTHER      |43000000  |       |
|portal|Hill      |CPV        |45210000-8|       |
|portal|Hill      |UNSPSC     |45210000-8|D      |
|other |Hill      |CPV        |45000000  |F      |

References
----------
- Dozorro (2017), undetailed CPV. Quality indicators for PLACSP (valid CPV).
- Regulation (EC) 213/2008, Common Procurement Vocabulary; UNSPSC, segments, families, classes, commodities.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage

#: What a code looks like in each classification.
FORMS: Final = {"CPV": r"^\d{8}(-\d)?$", "UNSPSC": r"^\d{8}$"}
DIVISION: Final = r"^\d\d000000"
CODE: Final = ("item_scheme", "item_code")


class UnusableCategoryCode(Params):
    """Settings of DQ007."""

    undetailed: bool = Field(default=True, description="codes that say no more than a division count, too")


def scope(_params: UnusableCategoryCode) -> pl.Expr:
    """Contracts with a code of a classification whose form is known."""
    return pl.col("item_scheme").cast(pl.String).is_in([*FORMS])


def find(tables: Tables, params: UnusableCategoryCode) -> pl.LazyFrame:
    """Return one row per source, buyer, classification and fault."""
    code = pl.col("item_code").cast(pl.String)
    formed = pl.coalesce(
        pl.when(pl.col("item_scheme") == scheme).then(code.str.contains(form))
        for scheme, form in FORMS.items()
    )
    vague = code.str.contains(DIVISION) if params.undetailed else pl.lit(value=False)
    fault = pl.when(~formed).then(pl.lit("do not exist")).when(vague).then(pl.lit("name a division alone"))
    contracts = tables["contracts"]
    # A code is read once, however often it stands.
    faulty = contracts.select(CODE).unique().with_columns(fault=fault).filter(pl.col("fault").is_not_null())
    rows = contracts.join(faulty, on=CODE, build_side="force_right")
    return gathered(rows, ("source", "buyer_key", "item_scheme", "fault"), why=pl.col("fault").first())


def tells(_params: UnusableCategoryCode) -> dict[str, pl.Expr]:
    """Tell whose codes they are, of which classification, how many, and the first of them."""
    return {
        "buyer_name": party("buyer").min(),
        "scheme": pl.col("item_scheme").first(),
        "codes": pl.col("item_code").n_unique(),
        "code": pl.col("item_code").min(),
        "why": pl.col("why").first(),
    }


RULE: Final = Rule(
    id="DQ007",
    name="unusable-category-code",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset(CODE)},
    uses={"contracts": READ | {"source", "buyer_key"}},
    scope=scope,
    shard_by=("buyer_key",),
    params=UnusableCategoryCode,
    find=find,
    tells=tells,
    # Dozorro: 13 % of tenders.
    ceiling=0.2,
    message="{buyer_name}: {scheme} codes such as {code} {why:words} (rows: {members}): what was bought?",
    words=("do not exist", "name a division alone"),
    page=__doc__,
    since="0.1",
)
