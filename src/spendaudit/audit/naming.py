"""What names the party of a row, and may it be a natural person? For all that must not be told of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.enrich.keys import organisation_keys
from spendaudit.enrich.persons import may_be_person
from spendaudit.model.run import Input

#: What is told of bids to hide who made them (`with_bidders`).
OF_BIDDERS: Final = ("bidder_key", "bidder_kind")

#: Where a person can be found; a pseudonym would say nothing there.
CONTACT: Final = ("address", "phone", "email")


@dataclass(frozen=True, slots=True)
class Naming:
    """The columns that name a party, and tell whether it is a person."""

    kind: str
    #: The steadiest first.
    names: tuple[str, ...]
    #: Whether the first two are a key and a number. Without a key nobody can tell that a number is not valid.
    keyed: bool = True

    def party(self) -> pl.Expr:
        """Name the party by the steadiest name it has (String)."""
        return pl.coalesce(pl.col(name).cast(pl.String()) for name in self.names)

    def certain(self) -> pl.Expr:
        """Tell whether the party is a person."""
        return (pl.col(self.kind).cast(pl.String()) == "person").fill_null(value=False)

    def perhaps(self) -> pl.Expr:
        """Tell whether the party may be a person, by a number that is not valid."""
        if not self.keyed:
            return pl.lit(value=False)
        key, number, *_ = self.names
        return may_be_person(kind=self.kind, key=key, number=number)

    def hidden(self) -> pl.Expr:
        """Tell whether the party is or may be a person."""
        return self.certain() | self.perhaps()


#: Of each table whose rows have a party that may be a person.
NAMING: Final[Mapping[str, Naming]] = {
    "contracts": Naming("supplier_kind", ("supplier_key", "supplier_id", "supplier_name", "supplier_refs")),
    "payments": Naming("payee_kind", ("payee_key", "payee_id", "payee_name")),
    "bids": Naming("bidder_kind", ("bidder_key", "bidder_id", "bidder_name", "bidder_refs")),
    "parties": Naming("kind", ("party_id", "name"), keyed=False),
}


def with_bidders(bids: pl.DataFrame, inputs: Iterable[Input]) -> pl.DataFrame:
    """Add what tells who bids (`OF_BIDDERS`), to bids in their order: no rule needs it, so it is not kept."""
    countries = {file.source: file.jurisdiction for file in inputs}
    known = [
        organisation_keys(
            part,
            role="supplier",
            id="bidder_id",
            name="bidder_name",
            country=countries.get(str(source), ""),
            tax_id=True,
            source=str(source),
        )
        for (source,), part in bids.with_row_index("place").group_by("source")
    ]
    told = pl.concat(known).sort("place").drop("place", "supplier_id_valid")
    return told.rename(dict(zip(("supplier_key", "supplier_kind"), OF_BIDDERS, strict=True)))


def pseudonym(person: str, key: bytes, *, perhaps: bool = False) -> str:
    """Name a person, or who is one `perhaps`, without saying who it is."""
    word = "masked" if perhaps else "person"
    return f"{word}-{blake2b(person.encode(), key=key, digest_size=4).hexdigest()}"


def pseudonyms(rows: pl.LazyFrame, naming: Naming, key: bytes) -> dict[str, str]:
    """Give everybody in some rows who is or may be a person a pseudonym, by the steadiest name."""
    people = rows.filter(naming.hidden()).group_by(person=naming.party())
    found = collect(people.agg(certain=naming.certain().any()).drop_nulls())
    return {person: pseudonym(person, key, perhaps=not certain) for person, certain in found.iter_rows()}
