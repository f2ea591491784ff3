"""Files of no portal, in every encoding x separator x date form x amount form: does `map` read them right?"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from spendaudit.ingest.archive import Published
from spendaudit.load.drafting.assign import SURE
from spendaudit.load.drafting.check import checked
from spendaudit.load.drafting.draft import Draft, draft
from spendaudit.load.drafting.sample import take_sample
from spendaudit.load.drafting.settings import Drafted
from spendaudit.load.drafting.write import to_toml
from spendaudit.load.mapping import to_source
from spendaudit.load.mapping_file import ColumnMapping, MappingFile
from spendaudit.load.mapping_text import parse

if TYPE_CHECKING:
    from tests.mapping.purpose_made import Made

#: Of all combinations one in so many is tried; prime to the number of each form, so that every pair of forms
#: is met. With SPENDAUDIT_EVERY_FORM all are, in some minutes.
STRIDE = 1 if os.environ.get("SPENDAUDIT_EVERY_FORM") else 19
PARTS = 6
LEAST = 0.95

#: What is made of another canonical column, and no column of the file of its own.
DERIVED = {"procurement_method", "main_procurement_category", "line_id"}
ENCODINGS = {"utf-8-sig": "utf-8", "latin-1": "cp1252", "latin_1": "cp1252"}


@dataclass
class Score:
    """How `map` did, canonical column by canonical column."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    #: Where, for the first few.
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Of all columns that there are or that were said to be, those that are right."""
        return self.right.total() / (self.right.total() + self.wrong.total() + self.missed.total())

    def judge(self, made: "Made", columns: dict[str, Drafted]) -> None:
        for name in made.truth.keys() | columns.keys():
            column = f"{made.table}.{name}"
            drafted = columns[name].settings.get("column") if name in columns else None
            verdict = (
                self.right
                if drafted == made.truth.get(name)
                else self.missed
                if drafted is None
                else self.wrong
            )
            verdict[column] += 1
            if verdict is not self.right:
                self.examples.setdefault(column, f"{made.name}: {drafted}, truly {made.truth.get(name)}")

    def __str__(self) -> str:
        lines = [f"{self.share:.2%} right", f"{'column':40} right wrong missed  where"]
        for name in sorted({*self.right, *self.wrong, *self.missed}):
            counts = f"{self.right[name]:5} {self.wrong[name]:5} {self.missed[name]:6}"
            lines.append(f"{name:40} {counts}  {self.examples.get(name, '')}")
        return "\n".join(lines)


def drafted(made: "Made", folder: Path) -> Draft:
    file = folder / "mailed.csv"
    file.write_bytes(made.data)
    found = draft(take_sample(Published(file)))
    assert found is not None, made.name
    return checked(found)


def of_the_file(found: Draft) -> dict[str, Drafted]:
    return {
        one.canonical: one
        for one in found.columns
        if one.canonical not in DERIVED and one.settings["read"] != "period"
    }


def read_back(found: Draft) -> dict[str, list[Any]]:
    """Read the sample by the TOML that was written, as the loader would."""
    settled = {one.canonical: one.settings for one in found.columns if not one.question}
    written = parse(to_toml(found), Path("mailed.toml"))
    columns = {name: written.columns[name] for name in settled}
    mapping = MappingFile(id="mailed", table=found.table, layout=written.layout, columns=columns)
    assert all(isinstance(column, ColumnMapping) for column in columns.values())
    cells = to_source(mapping).outputs[0].columns
    return {
        name: found.sample.frame.select(cell=cell.value)["cell"].to_list()
        for name, cell in cells.items()
        if not isinstance(cell, pl.Expr)
    }


def errors(made: "Made", found: Draft) -> Iterator[str]:
    """Whatever is wrong about an encoding, a separator, an amount or a date."""
    encoding = found.sample.encoding.encoding
    if encoding != "ascii" and ENCODINGS.get(encoding, encoding) != ENCODINGS.get(
        made.encoding, made.encoding
    ):
        yield f"{made.name}: read as {encoding}"
    if found.sample.dialect is None or found.sample.dialect.separator != made.separator:
        yield f"{made.name}: another separator"
    columns, read = of_the_file(found), read_back(found)
    for name in made.values.keys() & columns.keys():
        if wrong := error(made, columns[name], read.get(name, [])):
            yield f"{made.name}: {name} {wrong}"


def error(made: "Made", one: Drafted, read: list[Any]) -> str:
    """What is wrong about an amount or a date; empty where nothing is."""
    truth = made.values[one.canonical]
    if one.settings["column"] != made.truth[one.canonical]:
        return f"is surely {one.settings['column']}, which is wrong" if one.sure >= SURE else ""
    if truth is None:
        return "" if one.question and one.sure < SURE else f"is guessed: {one.settings}"
    if one.question:
        return f"is asked about: {one.question.text}"
    pairs = zip(read, truth[: len(read)], strict=True)
    return next((f"reads {cell} where {true} is meant" for cell, true in pairs if cell != true), "")


@pytest.mark.parametrize("part", range(PARTS))
def test_map_gets_nearly_all_columns_right_and_no_amount_or_date_surely_wrong(
    part: int, purpose_made: ModuleType, tmp_path: Path
) -> None:
    score, wrong, tables = Score(), list[str](), Counter[str]()

    for made in purpose_made.every_form(part * STRIDE, STRIDE * PARTS):
        found = drafted(made, tmp_path)
        tables[f"{made.table} as {found.table}"] += 1
        score.judge(made, of_the_file(found))
        wrong += errors(made, found)

    assert score.share >= LEAST, f"\n{score}"
    assert not wrong, "\n".join(wrong[:20])
    assert all(len(set(pair.split(" as "))) == 1 for pair in tables), tables


def test_files_that_are_tried_meet_every_pair_of_forms(purpose_made: ModuleType) -> None:
    forms = product(purpose_made.ENCODINGS, purpose_made.SEPARATORS, purpose_made.DATES, purpose_made.AMOUNTS)
    tried = list(islice(forms, 0, None, STRIDE))

    for first, second in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)):
        kinds = [purpose_made.ENCODINGS, purpose_made.SEPARATORS, purpose_made.DATES, purpose_made.AMOUNTS]
        assert len({(form[first], form[second]) for form in tried}) == len(kinds[first]) * len(kinds[second])


def test_every_header_is_read_right_by_itself(purpose_made: ModuleType, tmp_path: Path) -> None:
    score = Score()

    for seed, header in enumerate(purpose_made.HEADERS):
        made = purpose_made.make(header, "utf-8", ";", "D/M/Y", "1.234,56", seed=seed)
        score.judge(made, of_the_file(drafted(made, tmp_path)))

    assert score.share >= LEAST, f"\n{score}"
    assert not [name for name in score.wrong if name.endswith((".amount", ".date", "_date"))], f"\n{score}"
