"""How is a canonical column read from the column found for it? Settings, evidence, and what is open."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from spendaudit.ingest.cells import CURRENCIES
from spendaudit.load.drafting.assign import CODED, Match
from spendaudit.load.drafting.profile import Column
from spendaudit.load.drafting.words import closed_code, dictionary, folded
from spendaudit.load.mapping_file import OPEN
from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import MONEY, PUBLISHED
from spendaudit.wording import Words, joined

#: Where fewer published words are known, most rows would be `unknown`.
_KNOWN: Final = 0.5
#: Without a decided decimal mark or order of day and month, nothing about a column is sure.
_UNDECIDED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """What the file does not decide: a setting of a canonical column, the evidence, and the choices."""

    canonical: str
    column: str
    setting: str
    text: Words
    #: Choices in words, and what each would set.
    choices: tuple[tuple[Words, Any], ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A canonical column, its settings as they stand in a mapping, how sure they are, and why."""

    canonical: str
    settings: Mapping[str, Any]
    sure: float
    evidence: tuple[Words, ...]
    source: Column | None = None
    question: Question | None = None

    def answered(self, value: Any) -> "Drafted":
        """Settle the open question by what a person answered."""
        if self.question is None:
            return self
        settings = {**self.settings, self.question.setting: value}
        return replace(
            self, settings=settings, question=None, evidence=(*self.evidence, Words("decided by a person"))
        )


def settle(table: str, match: Match) -> list[Drafted]:
    """Draft a canonical column, and the closed list that its words may be of."""
    dtype = PUBLISHED[table][match.canonical]
    named = [Words("its name says so ({ideas})", ideas=_ideas(match.column))]
    evidence = (*(named if match.column.header.parts else []), match.why)
    drafted = Drafted(match.canonical, {}, match.sure, evidence, match.column)
    if isinstance(dtype, pl.Date):
        return [_date(drafted, match.column)]
    if dtype == MONEY:
        return [_number(drafted, match.column, "quantity" if match.canonical == "quantity" else "money")]
    if dtype == pl.Int32():
        return [replace(drafted, settings={"read": "integer", "column": match.column.name})]
    if dtype == CURRENCY:
        return [_currency(drafted, match.column)]
    coded = CODED.get(match.canonical)
    text = replace(drafted, settings={"read": "text", "column": match.column.name})
    return [text, *_coded(text, coded, match.column)] if coded else [text]


def _ideas(column: Column) -> Words:
    known = [word for word, ideas in column.header.parts if ideas]
    return joined(known, ", ") if known else Words("nothing in it is known")


def _number(drafted: Drafted, column: Column, read: str) -> Drafted:
    numbers = column.numbers
    settings: dict[str, Any] = {"read": read, "column": column.name, "decimal": numbers.decimal}
    evidence = [*drafted.evidence]
    if column.filled:
        evidence.append(numbers.why)
    if column.dashes and read == "money":
        padded = column.dashes == column.zero_dashes
        settings["zeros" if padded else "nulls"] = ["-"]
        evidence.append(
            Words(
                "a dash in {cells:,} cells is taken for zero, as spreadsheets write it"
                if padded
                else "a dash in {cells:,} cells is taken for nothing; put it into zeros if it means zero",
                cells=column.dashes,
            )
        )
    if numbers.decimal != OPEN:
        return replace(drafted, settings=settings, evidence=tuple(evidence))
    choices = (
        (Words("the comma stands before decimals, the point groups thousands"), ","),
        (Words("the point stands before decimals, the comma groups thousands"), "."),
    )
    question = Question(drafted.canonical, column.name, "decimal", numbers.why, choices)
    sure = min(drafted.sure, _UNDECIDED)
    return replace(drafted, settings=settings, sure=sure, evidence=tuple(evidence), question=question)


def _date(drafted: Drafted, column: Column) -> Drafted:
    dates = column.dates
    read = "month" if dates.month_only else "worded-date" if dates.words else "date"
    evidence = (*drafted.evidence, *([dates.why] if column.filled else []))
    if not column.filled:
        return replace(
            drafted,
            settings={"read": "date", "column": column.name, "patterns": ["%Y-%m-%d"]},
            evidence=evidence,
        )
    settings: dict[str, Any] = {
        "read": read,
        "column": column.name,
        "patterns": list(dates.patterns) or [OPEN],
    }
    if not dates.open:
        return replace(drafted, settings=settings, evidence=evidence)
    choices = tuple((_spelled(patterns), list(patterns)) for patterns in dates.open)
    question = Question(drafted.canonical, column.name, "patterns", dates.why, choices)
    return replace(
        drafted, settings=settings, sure=min(drafted.sure, _UNDECIDED), evidence=evidence, question=question
    )


def _spelled(patterns: tuple[str, ...]) -> Words:
    day, month, year = Words("day"), Words("month"), Words("year")
    parts = {"%d": day, "%m": month, "m%m": month, "%y": year, "%Y": year}
    order = re.findall(r"m%m|%[dmyY]", patterns[0])
    return joined((joined([parts[part] for part in order], ", "), f" ({patterns[0]})"), "")


def _currency(drafted: Drafted, column: Column) -> Drafted:
    words = {
        folded(word): code for code, spelled in dictionary().meanings["currency"].items() for word in spelled
    }
    meanings = {value: words.get(folded(value), OPEN) for value in column.values if value not in CURRENCIES}
    settings: dict[str, Any] = {"read": "currency", "column": column.name}
    if not meanings:
        return replace(drafted, settings=settings)
    settings["meanings"] = meanings
    evidence = (
        *drafted.evidence,
        Words("{number:,} of its values are words, not codes", number=len(meanings)),
    )
    unknown = [value for value, code in meanings.items() if code == OPEN]
    if not unknown:
        return replace(drafted, settings=settings, evidence=evidence)
    listed = ", ".join(f"`{value}`" for value in unknown[:5])
    text = Words("which currency is {values}? Give ISO 4217 codes in meanings", values=listed)
    question = Question(drafted.canonical, column.name, "meanings", text, ())
    return replace(
        drafted, settings=settings, sure=min(drafted.sure, _UNDECIDED), evidence=evidence, question=question
    )


def _coded(drafted: Drafted, canonical: str, column: Column) -> list[Drafted]:
    """Translate published words into a closed list, where some of them are known."""
    codes = {value: closed_code(canonical, value) for value in column.values}
    meanings = {value: code for value, code in codes.items() if code}
    if len(meanings) < _KNOWN * len(column.values) or not meanings:
        return []
    left = [value for value in column.values if value not in meanings]
    evidence = [
        Words(
            "{known:,} of {all:,} published words are known; the others become unknown"
            if left
            else "{known:,} of {all:,} published words are known",
            known=len(meanings),
            all=len(column.values),
        )
    ]
    if left:
        evidence.append(Words("not known: {values}", values=", ".join(f"`{value}`" for value in left[:5])))
    settings = {"read": "code", "column": column.name, "meanings": meanings}
    return [
        Drafted(
            canonical, settings, drafted.sure * len(meanings) / len(column.values), tuple(evidence), column
        )
    ]
