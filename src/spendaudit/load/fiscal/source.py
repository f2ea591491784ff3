"""Makes a source of what a Fiscal Data Package says, or says what it leaves open."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from spendaudit.errors import ReadError
from spendaudit.ingest.cells import Cell, code, constant, currency, date, integer, money, text, trimmed
from spendaudit.load.fiscal.layout import country_of, layout_of, licence_of
from spendaudit.load.fiscal.lines import Columns, lines, named, one_row_a_line
from spendaudit.load.fiscal.meaning import PHASES, PROPOSED, Amount, Meaning, name_of
from spendaudit.model.codelists import CURRENCY, DIRECTION
from spendaudit.model.remarks import NO_FACTOR, NO_PHASE, ONLY_PROPOSED, PROPOSED_LEFT
from spendaudit.sources import load_sources
from spendaudit.sources._json_parts import Tree, object_of, objects_of
from spendaudit.sources._periods import stated_year
from spendaudit.sources._source import Organisation, Output, Source
from spendaudit.wording import Words

FDP: Final = "fdp"

_DIRECTIONS: Final = {"expenditure": "expense", "revenue": "revenue"}
_CURRENCY: Final = re.compile("[A-Z]{3}")

#: What else a payment is told by, and the columns of it.
_PAYMENT_TEXTS: Final = {
    "transaction": "payment_id",
    "document": "document_id",
    "description": "description",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A source, and what a reader should know of how it was made."""

    source: Source
    notes: tuple[str, ...]


def to_source(package: Tree, resource: Tree, meaning: Meaning, label: str) -> Made:
    """Build the source of one resource. Raises ReadError for what the descriptor leaves open."""
    making = _Making(package, meaning, label)
    outputs, notes = making.outputs()
    known = load_sources()[FDP]
    source = Source(
        id=FDP,
        page=known.page,
        jurisdiction=country_of(package.get("countryCode")),
        homepage=str(package.get("homepage") or known.homepage),
        licence=licence_of(package) or "not stated",
        layout=layout_of(resource, label),
        outputs=outputs,
        rejected=making.rejected(),
        personal=frozenset({"payee_id", "payee_name"} & {name for one in outputs for name in one.columns}),
    )
    names = {name_of(one) for one in objects_of(object_of(resource.get("schema")).get("fields"))}
    return Made(replace(source, ignored=frozenset(names - source.used)), notes)


class _Making:
    """The outputs of one file in the making."""

    def __init__(self, package: Tree, meaning: Meaning, label: str) -> None:
        self._package = package
        self._meaning = meaning
        self._label = label
        self._phase = meaning.columns.get("phase", "")

    def outputs(self) -> tuple[tuple[Output, ...], tuple[str, ...]]:
        """Map the columns to payments or to budget lines."""
        if not self._meaning.amounts:
            raise ReadError(
                "{file} names no column of amounts for this file",
                hint="tables of names for another table are not joined",
                file=self._label,
            )
        amounts = [one for one in self._meaning.amounts if self._phase_of(one) != PROPOSED]
        proposed = [one.name for one in self._meaning.amounts if one not in amounts]
        notes = [PROPOSED_LEFT.format(amounts=", ".join(proposed))] if proposed else []
        if not all(one.factor_stated for one in amounts):
            notes.append(NO_FACTOR)
        if str(self._package.get("granularity", "")).lower().startswith("transaction"):
            return (self._payments(amounts),), tuple(notes)
        return tuple(self._budget(amounts)), tuple(notes)

    def rejected(self) -> Mapping[str, pl.Expr]:
        """Rows whose phase has no column."""
        if not self._phase:
            return {}
        phase = trimmed(self._phase).str.to_lowercase()
        return {
            ONLY_PROPOSED: phase == PROPOSED,
            NO_PHASE.format(phases=", ".join(PHASES)): ~phase.is_in(PHASES).fill_null(value=False),
        }

    def _phase_of(self, amount: Amount) -> str:
        return amount.phase or self._meaning.constants.get("phase", "").lower()

    def _open(self, question: Words, hint: Words) -> ReadError:
        return ReadError("{file} does not say {question}", hint=hint, file=self._label, question=question)

    def _budget(self, amounts: Sequence[Amount]) -> Iterable[Output]:
        """Give one output a year that has columns of its own, or one for all."""
        if not amounts:
            raise ReadError(
                "{file}: all amounts are only proposed",
                hint="a budget holds what was approved",
                file=self._label,
            )
        for amount in amounts:
            self._check_phase(amount)
        years = sorted({amount.year for amount in amounts})
        for year in years:
            of_year = [amount for amount in amounts if amount.year == year]
            phases: dict[str, Cell] = {}
            for amount in of_year:
                for phase, cell in self._by_phase(amount):
                    if phase in phases:
                        raise self._open(
                            Words(
                                "what tells {amounts} apart, which are all {phase}",
                                amounts=_listed(of_year),
                                phase=phase,
                            ),
                            Words(
                                'if they are of several years, add "fiscalYear": 2015 beside each "source" '
                                "(version 1: `normalize`)"
                            ),
                        )
                    phases[phase] = cell
            filled = pl.any_horizontal(trimmed(amount.column).is_not_null() for amount in of_year)
            yield Output(
                table="budget",
                of=filled if len(years) > 1 else None,
                columns=lines(self._meaning) | self._of_amounts(of_year, year) | phases,
                finish=one_row_a_line if self._phase else None,
            )

    def _check_phase(self, amount: Amount) -> None:
        phase = self._phase_of(amount)
        if not phase and not self._phase:
            raise self._open(
                Words(
                    "the phase of {amount}: were these amounts approved, adjusted, executed or paid?",
                    amount=amount.name,
                ),
                Words(
                    'find out, and add "phase": "approved" (or the other) beside "source": "{column}"',
                    column=amount.column,
                ),
            )
        if phase and phase not in PHASES:
            raise ReadError(
                "{file}: {phase}, the phase of {amount}, has no place in a budget",
                hint="its phases are {phases}",
                file=self._label,
                phase=phase,
                amount=amount.name,
                phases=", ".join(PHASES),
            )

    def _by_phase(self, amount: Amount) -> Iterable[tuple[str, Cell]]:
        cell = money(amount.column, decimal=amount.decimal, scale=amount.factor)
        if phase := self._phase_of(amount):
            return [(phase, cell)]
        of_row = trimmed(self._phase).str.to_lowercase()
        return [
            (
                phase,
                Cell(
                    pl.when(of_row == phase).then(cell.value),
                    pl.when(of_row == phase).then(cell.text),
                    pl.when(of_row == phase).then(cell.quick),
                ),
            )
            for phase in PHASES
        ]

    def _of_amounts(self, amounts: Sequence[Amount], year: str) -> Columns:
        columns: Columns = {"currency": self._currency(amounts), "fiscal_year": self._year(year)}
        if direction := self._direction(amounts):
            columns["direction"] = constant(direction, DIRECTION)
        elif "direction" in self._meaning.columns:
            columns["direction"] = code(self._meaning.columns["direction"], _DIRECTIONS, DIRECTION)
        return columns

    def _currency(self, amounts: Sequence[Amount]) -> Cell | pl.Expr:
        told = {amount.currency or self._meaning.constants.get("currency", "") for amount in amounts}
        if told == {""} and "currency" in self._meaning.columns:
            return currency(self._meaning.columns["currency"])
        if len(told) > 1 or not _CURRENCY.fullmatch(one := told.pop()):
            raise self._open(
                Words("the currency of {amounts}, one for all of them", amounts=_listed(amounts)),
                Words('add "currency": "EUR" (or another code of ISO 4217) beside "source"'),
            )
        return constant(one, CURRENCY)

    def _direction(self, amounts: Sequence[Amount]) -> str:
        told = {
            amount.direction or self._meaning.constants.get("direction", "").lower() for amount in amounts
        }
        if len(told) > 1 or not told <= {"", *_DIRECTIONS}:
            raise ReadError(
                "{file}: the directions of {amounts} are {told}",
                hint="a row is either expenditure or revenue",
                file=self._label,
                amounts=_listed(amounts),
                told=", ".join(sorted(told)),
            )
        return _DIRECTIONS.get(told.pop(), "")

    def _year(self, year: str) -> Cell | pl.Expr:
        period = object_of(self._package.get("fiscalPeriod"))
        span = {str(period.get(end, ""))[:4] for end in ("start", "end")}
        year = year or self._meaning.constants.get("year", "")
        if not year and "year" in self._meaning.columns:
            return integer(self._meaning.columns["year"])
        if not year and len(span) == 1:
            year = span.pop()
        if year and not re.fullmatch(r"[12]\d{3}", year):
            raise ReadError(
                "{file}: {year} is no fiscal year",
                hint="four digits, such as 2015",
                file=self._label,
                year=year,
            )
        return pl.lit(int(year), pl.Int32) if year else stated_year()

    def _payments(self, amounts: Sequence[Amount]) -> Output:
        if len(amounts) != 1 or self._phase or self._phase_of(amounts[0]) not in ("", "executed", "paid"):
            raise self._open(
                Words("which of {amounts} is what was paid", amounts=_listed(self._meaning.amounts)),
                Words("single transactions are read with one amount, which is executed or paid"),
            )
        (amount,) = amounts
        if self._direction(amounts) == "revenue":
            raise ReadError(
                "{file}: single receipts of revenue have no table", hint="payments have", file=self._label
            )
        if self._meaning.days and not self._meaning.payment_day:
            raise self._open(
                Words(
                    "which of {columns} is the date of the payment",
                    columns=", ".join(day.column for day in self._meaning.days),
                ),
                Words("call its dimension payment-date"),
            )
        parties = self._meaning.parties
        roles = [role for role in ("payer", "payee") if role in parties]
        columns: Columns = {
            "amount": money(amount.column, decimal=amount.decimal, scale=amount.factor),
            "currency": self._currency(amounts),
        }
        if day := self._meaning.payment_day:
            columns["date"] = date(day.column, day.pattern)
        for role in roles:
            columns |= named(role, parties[role])
        for told, name in _PAYMENT_TEXTS.items():
            if told in parties:
                columns[name] = text(parties[told].key)
        kinds = self._meaning.classifying
        if kinds and (levels := self._meaning.dimensions[kinds[0]]):
            columns["category"] = text(levels[-1].label or levels[-1].code)
        return Output(
            table="payments",
            columns=columns,
            organisations=tuple(
                Organisation(role=role, id=f"{role}_id", name=f"{role}_name", tax_id=False) for role in roles
            ),
        )


def _listed(amounts: Iterable[Amount]) -> str:
    return ", ".join(amount.name for amount in amounts)
