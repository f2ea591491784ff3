"""Several suppliers of one buyer share an address, a telephone or an e-mail.

Why it matters
--------------
Suppliers that compete with each other, or among whom purchases are divided, should not be one house. A shared
telephone is how many rings of made-up bidders were found.

Formula
-------
The register is given with `--list registry=FILE`, with `address`, `phone` or `email`. Two suppliers share a
value that is equal in its letters and figures, whatever the case, blanks and signs. With at most `most`
parties of the register behind it,

    suppliers of the buyer that share the value >= 2

is a finding: their contracts with that buyer. With `among` set to `tender`, suppliers of one tender are
compared.

Threshold
---------
- `by`: `any` of the three; `address`, `phone` or `email` compares that one alone.
- `among`: `buyer`. `tender` is stricter, and wants the tender's number (`tender_id`).
- `most`: 5, a default of this project. Accountants, lawyers and business centres stand behind many firms.

Values of fewer than 6 letters and figures say too little. Only suppliers with a valid number are compared.

False positives
---------------
- Firms of one group that say so, and couples with two trades; branches of one firm with two numbers.
- An accountant's or agent's address that serves few firms, a house with many floors.
- Places without street numbers.

What would settle it
--------------------
The register entries of these suppliers with owners and directors, and who handed in their bids.

Worked example
--------------
With the default settings. Ash and Bay share an address, written in two ways, and two telephones (A); Cob and
Dew a telephone of six figures (B). Dale buys from one of either; Elm's and Hay's telephone is too short to
say anything. Six parties share the address of Fir and Gum, five the mail of Ivy and Jay (C). What is Kay's
address is Lux's mail. Moor buys from Ash and Bay, too (D).

registry:

| party_key | address        | phone      | email    |
|-----------|----------------|------------|----------|
| Ash       | Oak Road 12    | 22 555 111 |          |
| Bay       | OAK ROAD, 12   | 22-555-111 | a@elm.io |
| Cob       | Oak Road 13    | 225 001    | c@elm.io |
| Dew       |                | 225001     |          |
| Elm       | 1 A            | 12345      |          |
| Hay       | Fir Road 1     | 12345      | h@elm.io |
| Fir       | Large House 1  |            |          |
| Gum       | Large House 1  |            |          |
| L1        | Large House 1  |            |          |
| L2        | Large House 1  |            |          |
| L3        | Large House 1  |            |          |
| L4        | Large House 1  |            |          |
| Ivy       |                |            | x@fir.io |
| Jay       |                |            | X@fir.io |
| M1        |                |            | x@fir.io |
| M2        |                |            | x@fir.io |
| M3        |                |            | x@fir.io |
| Kay       | y@fir.io       |            |          |
| Lux       |                |            | y@fir.io |
| Ash       | Oak Road 12    |            |          |
| Ash       |                | 22 555 222 |          |
| Bay       |                | 22 555 222 |          |

contracts:

| source | buyer_name | supplier_name | tender_id | award_date | amount | currency | finding |
|--------|------------|---------------|-----------|------------|--------|----------|---------|
| one    | Hill       | Ash           | t1        | 2024-01-10 |  10.00 | CLP      | A       |
| one    | Hill       | Ash           |           | 2024-02-10 |  10.00 | CLP      | A       |
| one    | Hill       | Bay           | t2        | 2024-03-10 |  10.00 | USD      | A       |
| one    | Hill       | Cob           | t1        | 2024-01-10 |  10.00 | CLP      | B       |
| one    | Hill       | Dew           | t2        | 2024-01-10 |  10.00 | CLP      | B       |
| one    | Hill       | Elm           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Hill       | Hay           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Hill       | Fir           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Hill       | Gum           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Hill       | Ivy           | t1        | 2024-01-10 |  10.00 | CLP      | C       |
| one    | Hill       | Jay           | t1        | 2024-01-10 |  10.00 | CLP      | C       |
| one    | Hill       | Kay           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Hill       | Lux           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Moor       | Ash           | t1        | 2024-01-10 |  10.00 | CLP      | D       |
| one    | Moor       | Bay           | t1        | 2024-01-10 |  10.00 | CLP      | D       |
| one    | Dale       | Ash           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Dale       | Ash           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| two    | Dale       | Bay           | t1        | 2024-01-10 |  10.00 | CLP      |         |
| one    | Dale       | Cob           | t1        | 2024-01-10 |  10.00 | CLP      |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R042 and R044.
- DASU's risk indicators, spulido99/anticorruption-ai (shared contacts).
"""

from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage

#: The columns of a register that say where a party is found.
CONTACTS: Final = ("address", "phone", "email")
#: Shorter values are placeholders, or of many.
SHORTEST: Final = 6


class SharedContact(Params):
    """Settings of SUP007."""

    by: Literal["any", "address", "phone", "email"] = Field("any", description="what is compared")
    among: Literal["buyer", "tender"] = Field("buyer", description="whose suppliers are compared")
    most: int = Field(5, ge=2, le=1000, description="parties behind a value that is still their own")

    def waived(self) -> frozenset[str]:
        """Only suppliers of one tender need its number."""
        return frozenset() if self.among == "tender" else frozenset({"tender_id"})


def find(tables: Tables, params: SharedContact) -> pl.LazyFrame:
    """Return one row per buyer (or tender) and suppliers that share something."""
    group = ["source", "buyer_key", *(["tender_id"] if params.among == "tender" else [])]
    contracts = tables["contracts"]
    named = CONTACTS if params.by == "any" else (params.by,)
    contacts = pl.concat([_values(tables["registry"], name) for name in named])
    few = contacts.group_by("value").len().filter(pl.col("len") <= params.most)
    suppliers = pl.col("suppliers")
    shared = (
        contracts.select(*group, party_key="supplier_key")
        .unique()
        .join(contacts.join(few, on="value", how="semi"), on="party_key")
        .group_by(*group, "value")
        .agg(pl.col("contact").first(), suppliers=pl.col("party_key").sort())
        .filter(suppliers.list.len() > 1)
        # What an address and a telephone say of the same suppliers is one finding.
        .with_columns(house=suppliers.list.eval(pl.element().cast(pl.String)).list.join("|"))
        .group_by(*group, "house")
        .agg(pl.col("suppliers").first(), shared=pl.col("contact").unique().sort().str.join(", "))
        .explode("suppliers")
    )
    of_house = contracts.join(shared, left_on=[*group, "supplier_key"], right_on=[*group, "suppliers"])
    found = gathered(of_house, [*group, "house"], shared=pl.col("shared").first())
    # A supplier may be of two houses, which then begin with the same contract.
    members = pl.col("members")
    rows = members.list.eval(pl.element().struct.field("row").cast(pl.String)).list.join(" ")
    return found.sort(members.list.first(), rows)


def _values(registry: pl.LazyFrame, contact: str) -> pl.LazyFrame:
    """List what each party gives as this contact, bare of case and signs, behind the contact's name."""
    value = pl.col(contact).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return (
        registry.filter(value.str.len_chars() >= SHORTEST)
        .select("party_key", value=pl.concat_str(pl.lit(f"{contact} "), value), contact=pl.lit(contact))
        .unique()
    )


def tells(_params: SharedContact) -> dict[str, pl.Expr]:
    """Tell whose suppliers they are, how many, two of them, and what they share."""
    supplier = party("supplier")
    return {
        "buyer_name": party("buyer").min(),
        "suppliers": pl.col("supplier_key").n_unique(),
        "supplier_name": supplier.min(),
        "other_name": supplier.max(),
        "shared": pl.col("shared").min(),
    }


RULE: Final = Rule(
    id="SUP007",
    name="shared-contact",
    severity=Severity.MEDIUM,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset({"buyer_key", "supplier_key", "tender_id"}),
        "registry": frozenset({"party_key"}),
    },
    uses={"contracts": frozenset({"source"}) | READ, "registry": frozenset(CONTACTS)},
    shard_by=("buyer_key",),
    params=SharedContact,
    find=find,
    tells=tells,
    message="{suppliers} suppliers of {buyer_name}, {supplier_name} and {other_name} among them, give the "
    "same {shared:words} ({members:contract(s)}, {amount}): do they decide apart?",
    words=CONTACTS,
    page=__doc__,
    since="0.1",
    ocp=("R042", "R044"),
)
