"""What `--list` gives: files of reference lists, and the public holidays of the countries of the data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from spendaudit.errors import UsageError
from spendaudit.model.lists import LISTS, list_of, source_of
from spendaudit.wording import Words, meant

if TYPE_CHECKING:
    import polars as pl

    from spendaudit.cli.notes import Notes
    from spendaudit.cli.reading import Read
    from spendaudit.load.lists import ListFile
    from spendaudit.model.run import Input
    from spendaudit.model.tables import Tables

_HOLIDAYS: Final = "holidays"
_PLACE: Final = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Listed:
    """The reference lists of a command line."""

    files: "tuple[ListFile, ...]" = ()
    #: Whether public holidays are wanted, and of which countries; none: of those of the data.
    holidays: bool = False
    places: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        """Read `sanctions=FILE`, `registry=FILE,MAPPING`, `holidays`, `holidays=CL`. Raises UsageError."""
        if not words:
            return cls()
        from spendaudit.load.lists import ListFile

        files, places, holidays = [], [], False
        for word in words:
            name, equals, value = word.partition("=")
            name = _known(name.strip().lower().replace("-", "_"), word)
            if name == _HOLIDAYS and not value:
                holidays = True
            elif name == _HOLIDAYS and _PLACE.fullmatch(value) and not Path(value).exists():
                holidays = True
                places.append(value)
            elif not equals or not value:
                raise UsageError(
                    "--list {word} names no file", hint="write it as --list {name}=FILE", word=word, name=name
                )
            else:
                path, mapping = _files(value)
                files.append(ListFile(name, path, mapping))
        return cls(tuple(files), holidays, tuple(places))

    def load(self, found: "Read", notes: "Notes") -> "Read":
        """Bring the files into the store, as inputs beside the data."""
        if not self.files:
            return found
        from spendaudit.cli.progress import bar
        from spendaudit.load.lists import load_list

        countries = {one.jurisdiction for one in found.inputs}
        # Of several countries, a number without a scheme could be of any.
        country = countries.pop() if len(countries) == 1 else ""
        inputs: list[Input] = []
        for wanted in self.files:
            with bar(quiet=notes.quiet, of_bytes=True) as progress:
                inputs += load_list(
                    wanted,
                    found.store,
                    country=country if _COUNTRY.fullmatch(country) else "",
                    progress=progress,
                )
        once = {(one.file, one.source): one for one in (*found.inputs, *inputs)}
        return replace(found, inputs=tuple(once.values()))

    def with_holidays(self, found: "Read", tables: "Tables") -> "tuple[Read, Tables]":
        """Add the public holidays of the years of the data, as a table and as an input."""
        if not self.holidays:
            return found, tables
        from spendaudit.audit.lists import years
        from spendaudit.enrich.calendar import countries, public_holidays
        from spendaudit.model.tables import Tables

        places = self.places or countries(one.jurisdiction for one in found.inputs if not list_of(one.source))
        if not places:
            raise UsageError(
                "the data do not say of which country they are", hint="name it: --list holidays=CL"
            )
        dates, said_by = public_holidays(places, years(tables))
        entry = _entry(dates, said_by, places)
        frames = dict(tables.frames)
        if _HOLIDAYS in frames:
            raise UsageError(
                "--list holidays names the public holidays, and a file of them", hint="give one of the two"
            )
        frames[_HOLIDAYS] = _placed(dates, entry, everywhere=len(places) == 1 and bool(self.places)).lazy()
        return replace(found, inputs=(*found.inputs, entry)), Tables(frames)


def _known(name: str, word: str) -> str:
    if name in LISTS:
        return name
    raise UsageError(
        "--list {word}: there is no list {name!r}",
        hint=meant(name, LISTS, Words("lists are {known}", known=", ".join(LISTS))),
        word=word,
        name=name,
    )


def _files(value: str) -> tuple[Path, Path | None]:
    """Part a file from its mapping: the name of a file may hold commas, too."""
    path, comma, mapping = value.rpartition(",")
    if comma and not Path(value).exists() and mapping.endswith(".toml"):
        return Path(path), Path(mapping)
    return Path(value), None


def _entry(dates: "pl.DataFrame", said_by: str, places: Sequence[str]) -> "Input":
    from spendaudit.model.run import Counts, Input

    rows = dates.height
    return Input(
        path=f"{said_by}: {', '.join(places)}",
        sha256=sha256(dates.write_csv().encode()).hexdigest(),
        source=source_of(_HOLIDAYS),
        jurisdiction=places[0].partition("-")[0] if len(places) == 1 else "",
        encoding="utf-8",
        rows_read=rows,
        rows_loaded=rows,
        rows_merged=0,
        rows_quarantined=0,
        tables={LISTS[_HOLIDAYS]: Counts(rows, 0, 0)},
    )


def _placed(dates: "pl.DataFrame", entry: "Input", *, everywhere: bool) -> "pl.DataFrame":
    """Tell of each day where it was published; those of one country that was named hold for all data."""
    import polars as pl

    country = pl.lit(None, pl.String()) if everywhere else pl.col("country")
    return dates.with_columns(
        country.alias("country"),
        source=pl.lit(entry.source),
        file=pl.lit(entry.file),
        row=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32),
    )
