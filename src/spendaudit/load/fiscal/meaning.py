"""What the columns of a fiscal file mean: amounts, classifications, dates and parties.

The versions of the Fiscal Data Package say it in two ways (`model`, `types`); here it is said
in one.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from spendaudit.errors import ReadError
from spendaudit.sources._json_parts import Tree, object_of

#: Phases that have a column of their own, and the one that has none.
PHASES: Final = ("approved", "adjusted", "committed", "executed", "paid")
PROPOSED: Final = "proposed"

#: Classifications that have columns of their own, by what the two versions call them.
KINDS: Final = {
    **{
        f"{kind}{end}": kind
        for kind in ("administrative", "functional", "economic")
        for end in ("", "-classification")
    },
    **dict.fromkeys(("fund", "fin-source"), "fund"),
}
ROLES: Final = {
    **dict.fromkeys(("administrator", "payer", "buyer", "procurer"), "payer"),
    **dict.fromkeys(("supplier", "recipient", "beneficiary", "payee"), "payee"),
    **dict.fromkeys(("invoice", "invoice-id", "document", "document-id"), "document"),
    "description": "description",
    "transaction-id": "transaction",
}
#: Names of the date of a payment, the surest first.
_PAYMENT_DATES: Final = ("payment-date", "date-paid", "date-executed", "transaction-date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A column of money; what is empty, the descriptor does not say."""

    column: str
    name: str
    phase: str = ""
    currency: str = ""
    direction: str = ""
    year: str = ""
    #: What it is to be multiplied by, 1 unless that is stated.
    factor: int = 1
    factor_stated: bool = False
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a dimension: the columns of its code and its label, either of which may be missing."""

    code: str = ""
    label: str = ""
    #: The code says the levels above too.
    full: bool = False

    @property
    def key(self) -> str:
        """The column that tells its values apart."""
        return self.code or self.label


@dataclass(frozen=True, slots=True)
class Day:
    """A column of dates, and how they are written."""

    name: str
    column: str
    pattern: str


@dataclass(slots=True)
class Meaning:
    """What the columns of one file mean."""

    amounts: list[Amount] = field(default_factory=list)
    #: Levels of every dimension, from the top; a kind that has no columns is called by the dimension's name.
    dimensions: dict[str, list[Level]] = field(default_factory=dict)
    #: Those of them that classify what money is for.
    classifying: list[str] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    #: Columns of the year, the phase, the direction, the currency and the line's name, where there are any.
    columns: dict[str, str] = field(default_factory=dict)
    #: What all rows have: the same words.
    constants: dict[str, str] = field(default_factory=dict)
    #: Who pays, who is paid, and what a payment is called: the columns of number and name.
    parties: dict[str, Level] = field(default_factory=dict)

    @property
    def payment_day(self) -> Day | None:
        """The date of a payment; None if there is none or nothing tells which it is."""
        if len(self.days) == 1:
            return self.days[0]
        known = {day.name: day for day in self.days}
        return next((known[name] for name in _PAYMENT_DATES if name in known), None)


def read_amount(name: str, column: str, told: Tree, fields: Tree, label: str) -> Amount:
    """Read what is said of one column of money. Raises ReadError for a factor or a mark that is not read."""
    factor = told.get("factor", 1)
    if isinstance(factor, float) and factor.is_integer():
        factor = int(factor)
    if not isinstance(factor, int) or isinstance(factor, bool) or not 1 <= factor <= 10**9:
        raise ReadError(
            "{file}: {name} is to be multiplied by {factor}",
            hint="whole factors from 1 to 10^9 are read",
            file=label,
            name=name,
            factor=factor,
        )
    decimal = str(object_of(fields.get(column)).get("decimalChar", "."))
    if decimal not in (".", ","):
        raise ReadError(
            "{file}: {name} has decimals behind '{decimal}'",
            hint="'.' and ',' are read",
            file=label,
            name=name,
            decimal=decimal,
        )
    return Amount(
        column=column,
        name=name,
        phase=str(told.get("phase") or "").lower(),
        currency=str(told.get("currency") or ""),
        direction=str(told.get("direction") or "").lower(),
        factor=factor,
        factor_stated="factor" in told,
        decimal=decimal,
    )


def pattern_of(field_: Tree) -> str:
    """How the dates of a field are written: ISO 8601 unless it says otherwise."""
    usual = "%Y-%m-%dT%H:%M:%SZ" if field_.get("type") == "datetime" else "%Y-%m-%d"
    told = str(field_.get("format") or "default").removeprefix("fmt:")
    return usual if told in ("default", "any") or "%" not in told else told


def name_of(parts: Tree) -> str:
    """Give the name of a field or resource, with single blanks."""
    return " ".join(str(parts.get("name", "")).split())


def slug(name: str) -> str:
    """Write a name in small letters with dashes."""
    return re.sub(r"[\s_/]+", "-", name.strip().lower())
