"""What a Fiscal Data Package says of a file: its columns as amounts, classifications, dates and parties.

Versions 0.3 (measures and dimensions) and 1 (column types) say the same in two ways; here it is said in one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from spendaudit.errors import ReadError

Parts = Mapping[str, Any]

#: Phases that have a column of their own, and the one that has none.
PHASES: Final = ("approved", "adjusted", "committed", "executed", "paid")
PROPOSED: Final = "proposed"

#: Classifications that have columns of their own, by what the two versions call them.
_KINDS: Final = {
    **{
        f"{kind}{end}": kind
        for kind in ("administrative", "functional", "economic")
        for end in ("", "-classification")
    },
    **dict.fromkeys(("fund", "fin-source"), "fund"),
}
_ROLES: Final = {
    **dict.fromkeys(("administrator", "payer", "buyer", "procurer"), "payer"),
    **dict.fromkeys(("supplier", "recipient", "beneficiary", "payee"), "payee"),
    **dict.fromkeys(("invoice", "invoice-id", "document", "document-id"), "document"),
    "description": "description",
    "transaction-id": "transaction",
}
#: Names of the date of a payment, the surest first.
_PAYMENT_DATES: Final = ("payment-date", "date-paid", "date-executed", "transaction-date")
_YEARS: Final = frozenset({"year", "fiscal-year", "fiscalyear", "fiscal_year"})


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


def read_meaning(package: Parts, resource: Parts, label: str) -> Meaning:
    """Read what a descriptor says of one of its resources. Raises ReadError for what cannot be understood."""
    fields = {_name(one): one for one in _objects(_object(resource.get("schema")).get("fields"))}
    model = (
        package.get("model") or package.get("mapping") or _object(package.get("openspending")).get("mapping")
    )
    if isinstance(model, dict):
        return _of_model(model, package, resource, fields, label)
    if any("columnType" in one for one in fields.values()):
        return _of_types(_object(resource.get("schema")), fields, label)
    raise ReadError(
        f"{label} does not say what the columns mean: it has neither a model nor column types",
        hint="`spendaudit sources fdp` says what it must hold; `spendaudit map FILE` drafts a mapping",
    )


def _of_model(model: Parts, package: Parts, resource: Parts, fields: Parts, label: str) -> Meaning:
    """Read version 0.3. What stands in another resource is of no use here."""
    names = [one.get("name") for one in _objects(package.get("resources"))]

    def is_here(one: Parts) -> bool:
        return one.get("resource", names[0] if names else None) in (resource.get("name"), None)

    meaning = Meaning()
    for name, measure in _named(model.get("measures"), label):
        column = _column(measure)
        if not is_here(measure):
            continue
        if not column:
            raise ReadError(f"{label}: the measure {name} names no source")
        year = measure.get("fiscalYear", measure.get("year", ""))
        meaning.amounts.append(
            replace(_amount(name, column, measure, fields, label), year=str(year) if year else "")
        )
    for name, dimension in _named(model.get("dimensions"), label):
        _add_dimension(meaning, name, dimension, is_here, fields)
    return meaning


def _add_dimension(
    meaning: Meaning, name: str, dimension: Parts, is_here: Callable[[Parts], bool], fields: Parts
) -> None:
    here = [(key, one) for key, one in _attributes(dimension) if is_here(one)]
    for key, one in here:
        if "constant" in one and key.lower() in _YEARS:
            meaning.constants["year"] = str(one["constant"])
    attributes = [(key, one) for key, one in here if _column(one)]
    kind, called = dimension.get("dimensionType"), _slug(name)
    if kind == "datetime" or called == "date" or called.startswith("date-"):
        _add_days(meaning, called, attributes, fields)
        return
    levels = list(_levels(dimension, attributes))
    if called in ("phase", "direction", "currency") and kind is None and levels:
        meaning.columns[called] = levels[-1].key
        return
    if called in _ROLES and levels:
        meaning.parties.setdefault(_ROLES[called], levels[-1])
    group = name
    if kind == "classification":
        group = _KINDS.get(str(dimension.get("classificationType", called)).lower(), name)
        meaning.classifying.append(group)
    elif kind is None:
        group = _KINDS.get(called, name)
    meaning.dimensions.setdefault(group, []).extend(levels)


def _add_days(meaning: Meaning, called: str, attributes: list[tuple[str, Parts]], fields: Parts) -> None:
    for key, one in attributes:
        column = _column(one)
        written = _object(fields.get(column))
        if key.lower() in _YEARS or written.get("type") == "year":
            meaning.columns["year"] = column
        elif written.get("type") in ("date", "datetime"):
            meaning.days.append(Day(called, column, _pattern(written)))


def _attributes(dimension: Parts) -> Iterator[tuple[str, Parts]]:
    """Give the attributes by name; drafts wrote a list of levels, each with `id` and `title`."""
    attributes = dimension.get("attributes", dimension.get("fields"))
    if isinstance(attributes, list):
        for number, level in enumerate(_objects(attributes)):
            if _column(level):
                yield str(level.get("name", number)), level
                continue
            code, title = _object(level.get("id")), _object(level.get("title"))
            if _column(code):
                yield f"{number}", code
            if _column(title):
                yield f"{number} title", {**title, "labelfor": f"{number}"} if _column(code) else title
        return
    found = attributes if isinstance(attributes, dict) else dimension
    for name, one in found.items():
        if isinstance(one, dict):
            yield name, one


def _levels(dimension: Parts, attributes: list[tuple[str, Parts]]) -> Iterator[Level]:
    """Give the levels from the top: what has no parent first, and labels with what they are for."""
    names = [name for name, _ in attributes]
    labels = {
        target: _column(one)
        for _, one in attributes
        if (target := one.get("labelfor", one.get("labelFor"))) in names
    }
    parents = {
        name: one.get("parent")
        for name, one in attributes
        if one.get("labelfor", one.get("labelFor")) not in names
    }
    key = dimension.get("primaryKey")
    keys = [key] if isinstance(key, str) else key if isinstance(key, list) else []
    ranked = sorted(
        (name for name in parents if not keys or name in keys or name in labels or parents[name]),
        key=lambda name: _depth(name, parents),
    )
    columns = {name: _column(one) for name, one in attributes}
    for name in ranked:
        yield Level(columns[name], labels.get(name, ""))


def _depth(name: str, parents: Mapping[str, Any]) -> int:
    depth = 0
    while (above := parents.get(name)) in parents and depth < len(parents):
        name, depth = str(above), depth + 1
    return depth


def _of_types(schema: Parts, fields: Parts, label: str) -> Meaning:
    """Read version 1: column types, constants, and what every amount says of itself."""
    meaning = Meaning()
    extra = {_name(one): one for one in _objects(schema.get("extraFields"))}
    for one in extra.values():
        if "constant" in one and (concept := _concept(str(one.get("columnType", "")))):
            meaning.constants[concept] = str(one["constant"])
    dimensions: dict[str, dict[int, Level]] = {}
    for name, one in fields.items():
        told = str(one.get("columnType", ""))
        root, *rest = told.split(":")
        if root == "value":
            meaning.amounts.append(_typed_amount(name, one, extra, fields, label))
        elif concept := _concept(told):
            meaning.columns.setdefault(concept, name)
        elif root == "date" and one.get("type") in ("date", "datetime"):
            meaning.days.append(Day(_slug("-".join(rest)) or "date", name, _pattern(one)))
        elif root:
            kind = _ROLES.get(root) or _KINDS.get(root) or root
            _add_level(dimensions.setdefault(kind, {}), rest, name)
    for kind, levels in dimensions.items():
        meaning.dimensions[kind] = [levels[depth] for depth in sorted(levels)]
    meaning.parties = {role: meaning.dimensions[role][-1] for role in _ROLES.values() if role in dimensions}
    meaning.classifying = [kind for kind in _KINDS.values() if kind in dimensions]
    return meaning


def _typed_amount(name: str, told: Parts, extra: Parts, fields: Parts, label: str) -> Amount:
    """Read an amount of version 1, and what `normalize` says of it."""
    says = {
        _concept(str(_object(extra.get(key)).get("columnType", ""))): str(value)
        for key, value in _object(told.get("normalize")).items()
    }
    amount = _amount(name, name, told, fields, label)
    return replace(
        amount,
        phase=says.get("phase", amount.phase).lower(),
        direction=says.get("direction", amount.direction).lower(),
        currency=says.get("currency", amount.currency),
        year=says.get("year", ""),
    )


def _add_level(levels: dict[int, Level], rest: list[str], column: str) -> None:
    depth = next((int(part[5:]) for part in rest if re.fullmatch(r"level\d+", part)), 0)
    depth += len([part for part in rest if part.startswith("sub")])
    level = levels.get(depth, Level())
    if {"label", "name", "title", "description"} & set(rest):
        if not level.label or {"label", "name"} & set(rest):
            levels[depth] = replace(level, label=column)
    else:
        levels[depth] = replace(level, code=column, full="full" in rest)


def _concept(column_type: str) -> str:
    """Name what is said of an amount rather than being a dimension of it."""
    root, *rest = column_type.split(":")
    if root == "date" and rest[:1] == ["fiscal-year"]:
        return "year"
    if root == "value-currency":
        return "currency"
    return {"phase": "phase", "direction": "direction", "budget-line-id": "line"}.get(root, "")


def _amount(name: str, column: str, told: Parts, fields: Parts, label: str) -> Amount:
    factor = told.get("factor", 1)
    if isinstance(factor, float) and factor.is_integer():
        factor = int(factor)
    if not isinstance(factor, int) or isinstance(factor, bool) or not 1 <= factor <= 10**9:
        raise ReadError(
            f"{label}: {name} is to be multiplied by {factor}", hint="whole factors from 1 to 10^9 are read"
        )
    decimal = str(_object(fields.get(column)).get("decimalChar", "."))
    if decimal not in (".", ","):
        raise ReadError(f"{label}: {name} has decimals behind '{decimal}'", hint="'.' and ',' are read")
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


def _pattern(field_: Parts) -> str:
    """How the dates of a field are written: ISO 8601 unless it says otherwise."""
    usual = "%Y-%m-%dT%H:%M:%SZ" if field_.get("type") == "datetime" else "%Y-%m-%d"
    told = str(field_.get("format") or "default").removeprefix("fmt:")
    return usual if told in ("default", "any") or "%" not in told else told


def _named(parts: Any, label: str) -> Iterable[tuple[str, Parts]]:
    """Give objects by name, which drafts wrote as a list."""
    if isinstance(parts, dict):
        return [(name, one) for name, one in parts.items() if isinstance(one, dict)]
    if isinstance(parts, list):
        return [(_name(one), one) for one in _objects(parts)]
    raise ReadError(f"{label}: its model has no measures, or no dimensions")


def _column(attribute: Parts) -> str:
    """Name the column that an attribute is read from; drafts wrote `resource/column`."""
    source = attribute.get("source", attribute.get("field"))
    return " ".join(source.split()) if isinstance(source, str) else ""


def _name(parts: Parts) -> str:
    return " ".join(str(parts.get("name", "")).split())


def _slug(name: str) -> str:
    return re.sub(r"[\s_/]+", "-", name.strip().lower())


def _object(value: Any) -> Parts:
    return value if isinstance(value, dict) else {}


def _objects(values: Any) -> list[Parts]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
