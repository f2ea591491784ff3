"""What `spendaudit suppliers` shows of those who were paid; people's names and numbers are hidden."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import polars as pl
from rich.console import RenderableType
from rich.text import Text

from spendaudit.audit.naming import Naming, pseudonyms
from spendaudit.cli.laid_out import kept_elsewhere, table_of
from spendaudit.cli.notes import Notes
from spendaudit.enrich import suppliers
from spendaudit.enrich.evidence import HIDDEN, PARTIES, SENTENCES
from spendaudit.i18n import anew, number, t
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.words import count, money, words

#: Rows that a table for people shows; files and other formats hold all.
_SHOWN: Final = 50
#: What names a supplier among spellings, where it always has a key.
_NAMING: Final = Naming("kind", ("supplier", "id"))


@dataclass(frozen=True, slots=True)
class Payees:
    """Everybody who was paid, by spelling (`suppliers.SPELLING`), and the pseudonyms of people."""

    found: pl.DataFrame
    #: Key of a supplier who is or may be a person -> pseudonym; empty when people are shown.
    people: Mapping[str, str]

    @classmethod
    def of(cls, found: pl.DataFrame, key: bytes | None) -> Self:
        """Take spellings, and the key of pseudonyms; None shows people as they were published."""
        if key is None:
            return cls(found, {})
        told = suppliers.with_persons(found)
        return cls(told, pseudonyms(told.lazy(), _NAMING, key))

    def totals(self) -> Listing:
        """List every supplier with its rows, amount and number of spellings, per table and currency."""
        hidden = pl.col("supplier").is_in(list(self.people))
        rows = suppliers.totals(self.found).with_columns(
            pl.col("supplier").replace(self.people),
            pl.when(hidden).then(pl.col("supplier").replace(self.people)).otherwise("name").alias("name"),
            pl.when(~hidden).then("id").alias("id"),
        )
        return Listing("suppliers", rows, rows.iter_rows(named=True), lambda screen: _totals(rows, screen))

    def suggestions(self, at_least: int, notes: Notes) -> Listing:
        """List pairs of suppliers that may be one, the likeliest first."""
        # Searching names loads a library that nothing else needs.
        from spendaudit.enrich.merges import suggest

        suggested = suggest(suppliers.spelt(self.found), at_least=at_least)
        if suggested.told_apart:
            pairs_apart = count(suggested.told_apart, "pair")
            notes.say(t("{pairs} of like names left out: their numbers tell them apart", pairs=pairs_apart))
        known = {one["supplier"]: one for one in suppliers.described(self.found).iter_rows(named=True)}
        pairs = [self._pair(row, known) for row in suggested.pairs.iter_rows(named=True)]
        flat = pl.DataFrame([_flat(pair) for pair in pairs], schema=_FLAT, orient="row")
        return Listing("suggestions", flat, pairs, lambda screen: _pairs(pairs, screen))

    def _pair(self, row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Describe a pair; where one is a person, the other's name would tell who."""
        keys = (row["one"], row["other"])
        personal = any(key in self.people for key in keys)
        return {
            "score": row["score"],
            "suppliers": [self._shown(known[key], hidden=personal) for key in keys],
            "differ": [HIDDEN] if personal else row["differ"],
            "speaks_for": row["speaks_for"],
            "speaks_against": row["speaks_against"],
        }

    def _shown(self, one: Mapping[str, Any], *, hidden: bool) -> dict[str, Any]:
        key = one["supplier"]
        if not hidden:
            return {name: one[name] for name in ("supplier", "name", "id", "kind", "rows", "spellings")}
        stands = self.people.get(key, "a masked namesake")
        return {
            "supplier": stands,
            "name": stands,
            "id": None,
            "kind": one["kind"],
            "rows": one["rows"],
            "spellings": [],
        }


_FLAT: Final = pl.Schema(
    {"score": pl.Int64()}
    | {
        f"{which}_{name}": pl.Int64() if name == "rows" else pl.String()
        for which in ("one", "other")
        for name in ("supplier", "name", "id", "kind", "rows", "spellings")
    }
    | dict.fromkeys(("differ", "speaks_for", "speaks_against"), pl.String())
)


def _flat(pair: Mapping[str, Any]) -> list[Any]:
    values = [pair["score"], *(value for one in pair["suppliers"] for value in one.values())]
    values += [pair["differ"], pair["speaks_for"], pair["speaks_against"]]
    return ["; ".join(value) if isinstance(value, list) else value for value in values]


def _totals(rows: pl.DataFrame, screen: Screen) -> Iterator[RenderableType]:
    table = table_of(
        t("supplier"), t("number"), t("rows"), t("amount"), t("spellings"), t("table"), numbers=(2, 3, 4)
    )
    for row in rows.head(_SHOWN).iter_rows(named=True):
        table.add_row(
            words(row["name"] or row["supplier"]),
            words(row["id"] or ""),
            number(row["rows"]),
            words(money(row["amount"], row["currency"])),
            number(row["spellings"]),
            row["table"],
        )
    yield table
    if rows.height > _SHOWN:
        yield kept_elsewhere(rows.height - _SHOWN)


def _pairs(pairs: Sequence[Mapping[str, Any]], screen: Screen) -> Iterator[RenderableType]:
    if not pairs:
        yield Text(t("No two names are so alike."))
        return
    table = table_of(
        t("score"),
        t("one name"),
        t("and another"),
        t("what differs"),
        t("speaks for"),
        t("speaks against"),
        numbers=(0,),
    )
    for pair in pairs[:_SHOWN]:
        table.add_row(
            str(pair["score"]),
            *(words(_named(one)) for one in pair["suppliers"]),
            *(
                words("; ".join(map(_said, pair[name])))
                for name in ("differ", "speaks_for", "speaks_against")
            ),
        )
    yield table
    if len(pairs) > _SHOWN:
        yield kept_elsewhere(len(pairs) - _SHOWN)
    yield Text(t("A suggestion is a question to ask: nothing was merged."), style="italic")


def _said(evidence: str) -> str:
    """Say what was kept in English, as a program reads it."""

    def filled(name: str, value: str) -> str:
        return _said(value) if name == "how" else t(value) if value in PARTIES else value

    return anew(evidence, SENTENCES, (), filled)


def _named(one: Mapping[str, Any]) -> str:
    id_ = f" [{one['id']}]" if one["id"] else ""
    return f"{one['name'] or one['supplier']}{id_}"
