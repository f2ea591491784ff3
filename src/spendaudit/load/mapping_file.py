"""What may a mapping say? The strict form of the TOML that describes a file of no known portal."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from spendaudit.ingest.cells import CURRENCIES
from spendaudit.ingest.encodings import readable
from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import PUBLISHED
from spendaudit.wording import Words

#: What a mapping leaves open, for a person to decide.
OPEN: Final = "?"

#: The settings that each way of reading takes, beside `read`; the first must be given.
READS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("column",),
    "join": ("columns", "between"),
    "money": ("column", "decimal", "scale", "zeros", "nulls"),
    "quantity": ("column", "decimal"),
    "integer": ("column",),
    "date": ("column", "patterns", "nulls"),
    "worded-date": ("column", "patterns"),
    "month": ("column", "patterns"),
    "currency": ("column", "meanings"),
    "code": ("column", "meanings"),
    "flag": ("column", "yes", "no"),
    "constant": ("value",),
    "period": (),
}
_NEEDED: Final = {
    "money": ("decimal",),
    "quantity": ("decimal",),
    "date": ("patterns",),
    "worded-date": ("patterns",),
    "month": ("patterns",),
    "code": ("meanings",),
    "flag": ("yes", "no"),
}

_STRICT: Final = ConfigDict(extra="forbid", frozen=True)
_Words = tuple[Annotated[str, Field(min_length=1)], ...]


class Layout(BaseModel):
    """How the file is written."""

    model_config = _STRICT

    form: Literal["csv", "workbook"] = "csv"
    encoding: str = "utf-8"
    separator: Annotated[str, Field(pattern=r"^[\x01-\x7f]$")] = ","
    quote: Annotated[str, Field(pattern=r"^[\x01-\x7f]?$")] = '"'
    nulls: _Words = ()
    header_rows: Annotated[int, Field(ge=1, le=4)] = 1

    @field_validator("encoding")
    @classmethod
    def _is_readable(cls, told: str) -> str:
        if name := readable(told):
            return name
        raise ValueError(
            Words(
                "{told} is no encoding that is read: utf-8 is, and those of a byte a letter, as cp1252",
                told=told,
            )
        )


class ColumnMapping(BaseModel):
    """How one canonical column is read."""

    model_config = _STRICT

    read: Literal[
        "text",
        "join",
        "money",
        "quantity",
        "integer",
        "date",
        "worded-date",
        "month",
        "currency",
        "code",
        "flag",
        "constant",
        "period",
    ]
    column: Annotated[str, Field(min_length=1)] = ""
    columns: _Words = ()
    between: str = "-"
    decimal: Literal[",", ".", "none", "?"] = "?"
    scale: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    zeros: _Words = ()
    nulls: _Words = ()
    patterns: _Words = ()
    meanings: dict[str, str] = Field(default_factory=dict)
    yes: _Words = ()
    no: _Words = ()
    value: str = ""
    #: Whether an identifier is a tax number of the mapping's country.
    tax_number: bool = False

    @model_validator(mode="after")
    def _fits_its_reading(self) -> Self:
        takes = READS[self.read]
        given = self.model_fields_set - {"read", "tax_number"}
        if strange := sorted(given - set(takes)):
            raise ValueError(
                Words(
                    'read = "{read}" takes {takes}, not {strange}'
                    if takes
                    else 'read = "{read}" takes nothing else, and not {strange}',
                    read=self.read,
                    takes=", ".join(takes),
                    strange=", ".join(strange),
                )
            )
        needed = [*takes[:1], *_NEEDED.get(self.read, ())]
        if missing := [name for name in needed if name not in given]:
            raise ValueError(
                Words('read = "{read}" needs {missing}', read=self.read, missing=", ".join(missing))
            )
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        return self.columns or ((self.column,) if self.column else ())

    @property
    def gives(self) -> tuple[str, ...]:
        """The values that it states itself."""
        return (*self.meanings.values(), *([self.value] if self.read == "constant" else []))

    @property
    def is_open(self) -> bool:
        """Tell whether something is left for a person to decide."""
        return (
            (self.read in {"money", "quantity"} and self.decimal == OPEN)
            or OPEN in self.patterns
            or OPEN in self.meanings.values()
        )


class MappingFile(BaseModel):
    """A mapping of files that look alike onto one canonical table."""

    model_config = _STRICT

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
    table: str
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    currency: str = ""
    homepage: str = ""
    licence: str = ""
    layout: Layout = Layout()
    columns: dict[str, ColumnMapping]
    ignored: _Words = ()
    personal: _Words = ()
    #: A column that names one contract, where the file gives it on several lines; canonical columns that each
    #: of these lines must repeat.
    one_per: str = ""
    repeated: _Words = ()
    #: Columns in which the word Total marks a row that is a sum of others.
    totals: _Words = ()
    #: A row in which none of these columns is filled is a remark or a sum.
    required: _Words = ()

    @model_validator(mode="after")
    def _fits_its_table(self) -> Self:
        if self.table not in PUBLISHED:
            raise ValueError(
                Words(
                    "there is no table {table}; tables are {known}",
                    table=self.table,
                    known=", ".join(PUBLISHED),
                )
            )
        schema = PUBLISHED[self.table]
        if strange := sorted({*self.columns, *self.personal} - set(schema.names())):
            raise ValueError(
                Words(
                    "{table} has no column {columns}; it has {known}",
                    table=self.table,
                    columns=", ".join(strange),
                    known=", ".join(schema.names()),
                )
            )
        if strange := sorted(set(self.repeated) - set(self.columns)):
            raise ValueError(Words("repeated: there is no [columns.{name}]", name=strange[0]))
        for name, column in self.columns.items():
            ways = _readings(name, schema[name])
            if column.read not in ways:
                raise ValueError(
                    Words(
                        "{name} cannot be read as {read}, only as {ways}",
                        name=name,
                        read=column.read,
                        ways=", ".join(ways),
                    )
                )
            values = _closed(schema[name])
            if strange := sorted(set(column.gives) - values - {OPEN}) if values else []:
                some = ", ".join(sorted(values)[:5])
                raise ValueError(
                    Words(
                        "{name} cannot be {value}: it is one of {number} values, as {some}",
                        name=name,
                        value=strange[0],
                        number=len(values),
                        some=some,
                    )
                )
        return self

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.one_per and self.table != "contracts":
            raise ValueError(Words("one_per brings lines of contracts together; no other table has any"))
        if self.currency and self.currency not in CURRENCIES:
            raise ValueError(
                Words(
                    "currency {currency} is none that is known (ISO 4217, such as CLP)",
                    currency=self.currency,
                )
            )
        if self.currency and "currency" in self.columns:
            raise ValueError(
                Words(
                    'currency = "{currency}" contradicts [columns.currency]: keep one of them',
                    currency=self.currency,
                )
            )
        both = {name for column in self.columns.values() for name in column.reads} & set(self.ignored)
        if both:
            raise ValueError(Words("both used and ignored: {columns}", columns=", ".join(sorted(both))))
        return self


def _closed(dtype: pl.DataType) -> frozenset[str]:
    """List the values that a canonical column may have; none where it may have any."""
    if isinstance(dtype, pl.Enum):
        return frozenset(dtype.categories)
    if isinstance(dtype, pl.Boolean):
        return frozenset({"true", "false"})
    return CURRENCIES if dtype == CURRENCY else frozenset()


def _readings(name: str, dtype: pl.DataType) -> tuple[str, ...]:
    """Ways in which a canonical column may be read."""
    by_name = {"period_end": ("date", "worded-date", "month", "period"), "fiscal_year": ("integer", "period")}
    by_type: Mapping[type[pl.DataType], tuple[str, ...]] = {
        pl.Date: ("date", "worded-date", "month"),
        pl.Decimal: ("quantity",) if name == "quantity" else ("money",),
        pl.Int32: ("integer",),
        pl.Int8: ("integer",),
        pl.Boolean: ("flag", "constant"),
        pl.Enum: ("code", "constant"),
        pl.Categorical: ("currency",),
        pl.String: ("text", "join", "constant"),
    }
    return by_name.get(name) or by_type[type(dtype)]
