"""A supplier sold things of very many kinds.

Why it matters
--------------
A firm without a trade of its own, which wins tenders for whatever is asked, may be a name that others use.

Formula
-------
Of suppliers in at least `min_processes` tenders of a data source, count how many different ways the codes of
what they sold begin, by the first `digits`. A supplier is a finding, by `measure`, with at least `kinds`, or
with as many as the `fence` of all these suppliers, of whom there must be three: Q3 + 1.5 (Q3 - Q1). Shared
contracts are left out.

Threshold
---------
- `kinds`: 10 and `digits`: 2, the example of Cardinal (R048). `min_processes`: 20, and the fence as `measure`
  (quartiles of type 8), are its defaults. Our `measure` is `kinds`: the fence flags somebody in most data.
- `own_code`: yes, judges contracts with one code, and adds those of their items, where items are loaded. With
  no, contracts of many codes or none are judged by their items. `left_out`: none, details of methods.
- `cardinal`: no; with yes, codes of items alone count, of any scheme, in `active` awards to one supplier's
  reference. Statistical: of contracts drawn by chance (`bench/chance.py`) at most 0.1 % are flagged; a test
  holds it.

False positives
---------------
- General traders, department stores, consultancies; codes chosen at random.

What would settle it
--------------------
The supplier's registered activities, its subcontracts, and the proof of capacity in its bids.

Worked example
--------------
With the default settings; a row stands for as many as `times` says, `#` for the number of each. Ash sold nine
kinds by the codes of its contracts, the tenth stands with the items of an award (A). Fir sold ten (B), as it
did in another source (D), and Gum there (C). Bay sold nine: the tenth is of another source, or shared. Cob
sold ten, but in nineteen tenders; Dew and Elm did in eleven tenders of a source.

contracts:

|times|source|tender_id|contract_id|award_id|supplier_name|item_code|finding|
|-----|------|---------|-----------|--------|-------------|---------|-------|
|9    |one   |         |c#         |        |Ash          |#7       |A      |
|10   |one   |         |a#         |        |Ash          |17       |A      |
|2    |one   |         |a11        |w1      |Ash          |17       |A      |
|10   |one   |         |f#         |        |Fir          |#7       |B      |
|10   |one   |         |e#         |        |Fir          |17       |B      |
|10   |two   |         |f#         |        |Fir          |#7       |D      |
|10   |two   |         |e#         |        |Fir          |17       |D      |
|10   |two   |         |c#         |        |Gum          |#7       |C      |
|8    |two   |         |h#         |        |Gum          |17       |C      |
|2    |two   |         |a11        |        |Gum          |17       |C      |
|1    |two   |         |s1         |        |Gum          |17       |C      |
|9    |one   |         |b#         |        |Bay          |#7       |       |
|11   |one   |         |d#         |        |Bay          |17#      |       |
|1    |one   |         |s1         |        |Bay          |107      |       |
|1    |one   |         |s1         |        |Elm          |107      |       |
|20   |two   |         |x#         |        |Bay          |107      |       |
|10   |one   |         |n#         |        |Cob          |#7       |       |
|8    |one   |         |o#         |        |Cob          |17       |       |
|2    |one   |t1       |p#         |        |Cob          |17       |       |
|20   |one   |         |k#         |        |Dew          |17       |       |
|10   |two   |         |k#         |        |Dew          |#7       |       |
|10   |two   |t2       |k0#        |        |Dew          |17       |       |
|10   |one   |         |l#         |        |Elm          |#7       |       |
|10   |one   |t2       |l0#        |        |Elm          |17       |       |
|10   |two   |         |m#         |        |Elm          |#7       |       |
|10   |two   |t2       |m0#        |        |Elm          |17       |       |
|20   |two   |         |q#         |        |Ash          |17       |       |

items:

|source|contract_id|line|item_code|
|------|-----------|----|---------|
|one   |c1         |1   |17       |
|one   |w1         |1   |107      |
|one   |x1         |1   |107      |
|two   |b1         |1   |107      |
|one   |b2         |1   |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R048; Cardinal, R048.
"""

from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._fences import fewest_of, upper_fence
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._markets import class_of, code
from spendaudit.rules._parties import date_basis, known_by, party
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import BEGUN, Beginning, Rule, Stage

CONTRACT: Final = ("source", "contract_id")
SUPPLIER: Final = ("source", "name")


class HeterogeneousSupplier(OfTenders):
    """Settings of CON008."""

    measure: Literal["kinds", "fence"] = Field(
        "kinds", description="what the number of kinds is held against"
    )
    kinds: int = Field(10, ge=2, le=1000, description="fewest kinds of things")
    digits: int = Field(2, ge=1, le=10, description="digits of an item code that name a kind")
    own_code: bool = Field(default=True, description="judge contracts that have one code")
    min_processes: int = Field(20, ge=1, le=100_000, description="fewest tenders of the supplier")

    def waived(self) -> frozenset[str]:
        """Items can tell what a contract without a code of its own is about."""
        if self.cardinal:
            return frozenset({"item_code", "supplier_key"})
        return frozenset(() if self.own_code else {"item_code"})


def scope(params: HeterogeneousSupplier) -> pl.Expr:
    """Contracts of tenders that are not left out."""
    return params.asked()


def find(tables: Tables, params: HeterogeneousSupplier) -> pl.LazyFrame:
    """Return one row per data source and supplier."""
    if params.cardinal:
        supplier = _cardinal.winner(cardinal=True)
        contracts = tables["contracts"].filter(_cardinal.active(), ~_cardinal.joint(supplier))
        contracts = contracts.with_columns(name=supplier)
    else:
        contracts = _of_one_supplier(tables["contracts"].with_columns(name="supplier_key"), tables[BEGUN])
    process = pl.coalesce("tender_id", "contract_id").n_unique()
    coded = _codes(contracts, tables, params)
    counted = coded if params.cardinal else contracts
    busy = (
        counted.group_by(SUPPLIER).agg(processes=process).filter(pl.col("processes") >= params.min_processes)
    )
    kind = code(params.digits) if params.cardinal else class_of(params.digits)
    kinds = (
        coded.join(busy, on=SUPPLIER)
        .group_by(SUPPLIER)
        .agg(kinds=kind.n_unique(), processes=pl.col("processes").first())
        .filter(_many(params))
    )
    return gathered(
        contracts.join(kinds, on=SUPPLIER, build_side="force_right"),
        SUPPLIER,
        kinds=pl.col("kinds").first(),
        processes=pl.col("processes").first(),
    )


def tells(_params: HeterogeneousSupplier) -> dict[str, pl.Expr]:
    """Tell who sold how many kinds of things, in how many tenders of how many buyers."""
    return {
        "supplier_name": party("supplier").min(),
        "supplier_known_by": known_by("supplier").first(),
        "kinds": pl.col("kinds").first(),
        "processes": pl.col("processes").first(),
        "buyers": pl.col("buyer_key").drop_nulls().n_unique(),
        "date_basis": date_basis(),
    }


def with_many_contracts(tables: Tables, params: HeterogeneousSupplier) -> pl.LazyFrame:
    """List the suppliers of so many contracts as tenders are asked for: they are few."""
    suppliers = tables["contracts"].group_by("source", name="supplier_key").agg(count=pl.len())
    return suppliers.filter(pl.col("count") >= params.min_processes)


def _of_one_supplier(contracts: pl.LazyFrame, busy: pl.LazyFrame) -> pl.LazyFrame:
    """Keep contracts of busy suppliers, but for those of which several suppliers have a part."""
    theirs = contracts.join(busy, on=SUPPLIER, how="semi").cache()
    beside = contracts.select(*CONTRACT, "name").join(theirs.select(CONTRACT), on=CONTRACT, how="semi")
    shared = (
        perhaps_repeated(beside, CONTRACT)
        .group_by(CONTRACT)
        .agg(suppliers=pl.col("name").n_unique())
        .filter(pl.col("suppliers") > 1)
    )
    return theirs.join(shared, on=CONTRACT, how="anti")


def _codes(contracts: pl.LazyFrame, tables: Tables, params: HeterogeneousSupplier) -> pl.LazyFrame:
    """List what each supplier sold: the code of each contract, and those of its items."""
    of = ("source", "contract_id", "name", "tender_id")
    told = (*of, "item_scheme", "item_code")
    own = contracts.filter(pl.col("item_code").is_not_null()).select(told)
    if "items" not in tables:
        return own.clear() if params.cardinal else own
    # Items of an award that has several contracts stand under its name.
    under_award = contracts.filter(pl.col("award_id") != pl.col("contract_id"))
    owners = pl.concat(
        [contracts.select(of), under_award.with_columns(contract_id="award_id").select(of).unique()]
    )
    items = tables["items"].filter(pl.col("item_code").is_not_null())
    of_items = items.select(*CONTRACT, *told[-2:]).join(owners, on=CONTRACT).select(told)
    return of_items if params.cardinal else pl.concat([own, of_items])


def _many(params: HeterogeneousSupplier) -> pl.Expr:
    kinds = pl.col("kinds")
    if params.measure == "kinds":
        return kinds >= params.kinds
    fence = upper_fence("kinds", fewest=fewest_of(cardinal=params.cardinal)).over("source")
    # Where most suppliers sell one kind, that is the fence, too; one kind is never many.
    return (kinds >= fence) & ((kinds > 1) | params.cardinal)


RULE: Final = Rule(
    id="CON008",
    name="heterogeneous-supplier",
    ocp=("R048",),
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"supplier_key", "contract_id", "item_code"})},
    uses={
        "contracts": READ | {"source", "tender_id", "item_scheme", "award_id"},
        "items": frozenset({"source", "contract_id", "item_code", "item_scheme"}),
    },
    scope=scope,
    shard_by=None,
    params=HeterogeneousSupplier,
    begins=Beginning(with_many_contracts, HeterogeneousSupplier),
    find=find,
    tells=tells,
    message="{supplier_name} sold things of {kinds} kinds in {processes} tenders: what is its trade?",
    page=__doc__,
    since="0.1",
)
