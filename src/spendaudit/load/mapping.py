"""Makes a source of a mapping: what `audit --map` reads a file of no known portal with."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

import polars as pl

from spendaudit.errors import UsageError
from spendaudit.ingest import cells
from spendaudit.ingest.cells import CURRENCIES, Cell, trimmed
from spendaudit.ingest.month_words import worded_date
from spendaudit.load.mapping_file import ColumnMapping, MappingFile
from spendaudit.load.mapping_text import parse
from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import PUBLISHED
from spendaudit.sources import load_sources
from spendaudit.sources._periods import stated_end, stated_year
from spendaudit.sources._source import Csv, Organisation, Output, Source, Workbook

#: The two sides of each table that has any: the columns of their numbers and names.
_ROLES: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "contracts": (("buyer", "buyer_id", "buyer_name"), ("supplier", "supplier_id", "supplier_name")),
    "payments": (("payer", "payer_id", "payer_name"), ("payee", "payee_id", "payee_name")),
}
#: How a header calls a column that has no name.
_NAMELESS: Final = re.compile(r"column \d+")
#: What marks a row that is a sum of others; a firm may be called Total, with more words behind it.
OF_A_SUM: Final = (
    r"(?i)^\s*(?:(?:sub-?|gran |grand )?total(?:es)?(?: general| geral)?"
    r"|(?:suma|sum|soma)(?: total)?)\s*:?\s*$"
)


@dataclass(frozen=True, slots=True)
class Given:
    """A source made from a mapping, and all that its result depends on."""

    source: Source
    text: str
    country: str
    currency: str

    @property
    def digested(self) -> str:
        """What tells one way of reading from another."""
        return f"{self.text}|{self.country}|{self.currency}"


def read_mapping(path: Path, *, country: str = "", currency: str = "") -> Given:
    """Read a mapping, and fill with `country` and `currency` what it leaves open.

    Raises UsageError for a mapping that is wrong, that leaves a question open, or that says otherwise.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "{path} cannot be read: {error}",
            hint="`spendaudit map FILE` drafts a mapping",
            path=path,
            error=error,
        ) from error
    return from_text(text, path, country=country, currency=currency)


def from_text(text: str, path: Path, *, country: str, currency: str) -> Given:
    """Make a source of a mapping's text; `path` says where it stands."""
    mapping = _filled(parse(text, path), path, country, currency)
    if mapping.id in load_sources():
        raise UsageError(
            "{path}: {id} is the id of a known portal", hint="choose another id", path=path, id=mapping.id
        )
    if questions := [name for name, column in mapping.columns.items() if column.is_open]:
        raise UsageError(
            '{path} leaves open how to read {questions} (it says "?")',
            hint="decide it in the file: the comments beside it give the evidence",
            path=path,
            questions=", ".join(questions),
        )
    return Given(to_source(mapping), text, country, currency)


def _filled(mapping: MappingFile, path: Path, country: str, currency: str) -> MappingFile:
    if country and mapping.country not in {"", country}:
        raise UsageError(
            "--country {country} contradicts {path}, which states {stated}",
            hint="leave the option out, or change the file",
            country=country,
            path=path,
            stated=mapping.country,
        )
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise UsageError(
            "--country {country} is no country code",
            hint="two capitals of ISO 3166, such as CL",
            country=country,
        )
    if currency and "currency" in mapping.columns:
        raise UsageError(
            "--currency {currency} contradicts {path}, which reads the currency of each row",
            currency=currency,
            path=path,
        )
    if currency and mapping.currency not in {"", currency}:
        raise UsageError(
            "--currency {currency} contradicts {path}, which states {stated}",
            hint="leave the option out, or change the file",
            currency=currency,
            path=path,
            stated=mapping.currency,
        )
    if currency and currency not in CURRENCIES:
        raise UsageError(
            "--currency {currency} is none that is known",
            hint="three capitals of ISO 4217, such as CLP",
            currency=currency,
        )
    return mapping.model_copy(
        update={"country": country or mapping.country, "currency": currency or mapping.currency}
    )


def to_source(mapping: MappingFile) -> Source:
    """Build the source that a mapping describes."""
    schema = PUBLISHED[mapping.table]
    columns = {name: _cell(column, schema[name]) for name, column in mapping.columns.items()}
    if mapping.currency and "currency" in schema:
        columns["currency"] = cells.constant(mapping.currency, CURRENCY)
    read = {name for column in mapping.columns.values() for name in column.reads} | {
        *mapping.totals,
        *mapping.required,
        *([mapping.one_per] if mapping.one_per else []),
    }
    return Source(
        id=mapping.id,
        page=_page(mapping),
        jurisdiction=mapping.country,
        homepage=mapping.homepage or "not stated",
        licence=mapping.licence or "not stated",
        layout=_layout(mapping),
        outputs=(
            Output(
                table=mapping.table,
                columns=columns,
                one_per=_name(mapping.one_per) if mapping.one_per else None,
                repeated=mapping.repeated,
                organisations=_organisations(mapping),
            ),
        ),
        # A column without a name may be used, or left out on purpose, like any other.
        names=MappingProxyType(
            {
                _name(name): re.escape(name)
                for name in sorted(read | set(mapping.ignored))
                if _NAMELESS.fullmatch(name)
            }
        ),
        ignored=frozenset(_name(name) for name in mapping.ignored if name not in read),
        rejected=MappingProxyType(_rejected(mapping)),
        personal=frozenset(mapping.personal),
    )


def _name(published: str) -> str:
    return f"({published})" if _NAMELESS.fullmatch(published) else published


def _layout(mapping: MappingFile) -> Csv | Workbook:
    layout = mapping.layout
    if layout.form == "workbook":
        return Workbook(nulls=layout.nulls, header_rows=layout.header_rows)
    return Csv(
        encodings=(layout.encoding,), separator=layout.separator, quote=layout.quote, nulls=layout.nulls
    )


def _organisations(mapping: MappingFile) -> tuple[Organisation, ...]:
    return tuple(
        Organisation(
            role=role,
            id=number,
            name=name,
            tax_id=number in mapping.columns and mapping.columns[number].tax_number,
        )
        for role, number, name in _ROLES.get(mapping.table, ())
        if {number, name} & set(mapping.columns)
    )


def _rejected(mapping: MappingFile) -> dict[str, pl.Expr]:
    rejected = {}
    if mapping.totals:
        rejected["a sum of other rows"] = pl.any_horizontal(
            trimmed(_name(name)).str.contains(OF_A_SUM).fill_null(value=False) for name in mapping.totals
        )
    if mapping.required:
        rejected[f"none of {', '.join(mapping.required)} is filled"] = pl.all_horizontal(
            trimmed(_name(name)).is_null() for name in mapping.required
        )
    return rejected


def _cell(column: ColumnMapping, dtype: pl.DataType) -> Cell | pl.Expr:
    return _READERS[column.read](column, _name(column.column), dtype)


def _join(column: ColumnMapping) -> pl.Expr:
    parts = [cells.text(_name(part)) for part in column.columns]
    return pl.concat_str(parts, separator=column.between, ignore_nulls=True).replace("", None)


def _integer(name: str, dtype: pl.DataType) -> Cell:
    cell = cells.integer(name)
    return Cell(cell.value.cast(dtype, strict=False), cell.text, cell.quick.cast(dtype, strict=False))


def _code(column: ColumnMapping, name: str, dtype: pl.DataType) -> pl.Expr:
    return cells.code(name, column.meanings, cast("pl.Enum", dtype))


def _constant(value: str, dtype: pl.DataType) -> pl.Expr:
    return pl.lit(value == "true") if dtype == pl.Boolean() else pl.lit(value, pl.String).cast(dtype)


def _number(column: ColumnMapping, name: str) -> Cell:
    decimal = "." if column.decimal == "none" else column.decimal
    cell = cells.money(name, decimal=decimal, scale=column.scale, zeros=column.zeros)
    words = cell.text
    if column.nulls:
        words = pl.when(~words.is_in(column.nulls)).then(words)
    if column.decimal != "none" and not column.nulls:
        return cell
    value = pl.when(words.is_not_null()).then(cell.value)
    if column.decimal == "none":
        # Nothing in the sample told what a sign would mean.
        value = pl.when(~words.str.contains("[.,]")).then(value)
    return Cell(value, words, value)


def _last_day(month: Cell) -> Cell:
    return Cell(month.value.dt.month_end(), month.text, month.quick.dt.month_end())


#: How each way of reading is done.
_READERS: Final[Mapping[str, Callable[[ColumnMapping, str, pl.DataType], Cell | pl.Expr]]] = {
    "text": lambda _, name, __: cells.text(name),
    "join": lambda column, _, __: _join(column),
    "money": lambda column, name, _: _number(column, name),
    "quantity": lambda column, name, _: _number(column, name),
    "integer": lambda _, name, dtype: _integer(name, dtype),
    "date": lambda column, name, _: cells.date(name, *column.patterns, nulls=column.nulls),
    "worded-date": lambda column, name, _: worded_date(name, *column.patterns),
    "month": lambda column, name, _: _last_day(cells.date(name, *column.patterns)),
    "currency": lambda column, name, _: cells.currency(name, meanings=column.meanings),
    "code": _code,
    "flag": lambda column, name, _: cells.flag(name, yes=column.yes, no=column.no),
    "constant": lambda column, _, dtype: _constant(column.value, dtype),
    "period": lambda _, __, dtype: stated_end() if dtype == pl.Date() else stated_year(),
}


def _page(mapping: MappingFile) -> str:
    licence = mapping.licence or "Not stated by the mapping."
    return (
        f"{mapping.id}: a file of no known portal, read by a mapping.\n\n"
        f"What it holds\n-------------\nRows of {mapping.table}, as the mapping states.\n\n"
        "How often\n---------\nNot known.\n\n"
        f"Licence\n-------\n{licence}\n\n"
        "Caveats\n-------\n- Nobody has checked this mapping but the one who wrote it.\n"
    )
