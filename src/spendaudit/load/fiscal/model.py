"""Reads version 0.3 of the Fiscal Data Package: measures and dimensions, and the ways of its drafts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from spendaudit.errors import ReadError
from spendaudit.load.fiscal.meaning import (
    KINDS,
    ROLES,
    Day,
    Level,
    Meaning,
    name_of,
    pattern_of,
    read_amount,
    slug,
)
from spendaudit.sources._json_parts import Tree, object_of, objects_of

_YEARS: Final = frozenset({"year", "fiscal-year", "fiscalyear", "fiscal_year"})


def of_model(model: Tree, package: Tree, resource: Tree, fields: Tree, label: str) -> Meaning:
    """Read version 0.3. What stands in another resource is of no use here."""
    names = [one.get("name") for one in objects_of(package.get("resources"))]

    def is_here(one: Tree) -> bool:
        return one.get("resource", names[0] if names else None) in (resource.get("name"), None)

    meaning = Meaning()
    for name, measure in _named(model.get("measures"), label):
        column = _column(measure)
        if not is_here(measure):
            continue
        if not column:
            raise ReadError(
                "{file}: the measure {name} names no source",
                hint="name the column that holds it",
                file=label,
                name=name,
            )
        year = measure.get("fiscalYear", measure.get("year", ""))
        meaning.amounts.append(
            replace(read_amount(name, column, measure, fields, label), year=str(year) if year else "")
        )
    for name, dimension in _named(model.get("dimensions"), label):
        _add_dimension(meaning, name, dimension, is_here, fields)
    return meaning


def _add_dimension(
    meaning: Meaning, name: str, dimension: Tree, is_here: Callable[[Tree], bool], fields: Tree
) -> None:
    here = [(key, one) for key, one in _attributes(dimension) if is_here(one)]
    for key, one in here:
        if "constant" in one and key.lower() in _YEARS:
            meaning.constants["year"] = str(one["constant"])
    attributes = [(key, one) for key, one in here if _column(one)]
    kind, called = dimension.get("dimensionType"), slug(name)
    if kind == "datetime" or called == "date" or called.startswith("date-"):
        _add_days(meaning, called, attributes, fields)
        return
    levels = list(_levels(dimension, attributes))
    if called in ("phase", "direction", "currency") and kind is None and levels:
        meaning.columns[called] = levels[-1].key
        return
    if called in ROLES and levels:
        meaning.parties.setdefault(ROLES[called], levels[-1])
    group = name
    if kind == "classification":
        group = KINDS.get(str(dimension.get("classificationType", called)).lower(), name)
        meaning.classifying.append(group)
    elif kind is None:
        group = KINDS.get(called, name)
    meaning.dimensions.setdefault(group, []).extend(levels)


def _add_days(meaning: Meaning, called: str, attributes: list[tuple[str, Tree]], fields: Tree) -> None:
    for key, one in attributes:
        column = _column(one)
        written = object_of(fields.get(column))
        if key.lower() in _YEARS or written.get("type") == "year":
            meaning.columns["year"] = column
        elif written.get("type") in ("date", "datetime"):
            meaning.days.append(Day(called, column, pattern_of(written)))


def _attributes(dimension: Tree) -> Iterator[tuple[str, Tree]]:
    """Give the attributes by name; drafts wrote a list of levels, each with `id` and `title`."""
    attributes = dimension.get("attributes", dimension.get("fields"))
    if isinstance(attributes, list):
        for number, level in enumerate(objects_of(attributes)):
            if _column(level):
                yield str(level.get("name", number)), level
                continue
            code, title = object_of(level.get("id")), object_of(level.get("title"))
            if _column(code):
                yield f"{number}", code
            if _column(title):
                yield f"{number} title", {**title, "labelfor": f"{number}"} if _column(code) else title
        return
    found = attributes if isinstance(attributes, dict) else dimension
    for name, one in found.items():
        if isinstance(one, dict):
            yield name, one


def _levels(dimension: Tree, attributes: list[tuple[str, Tree]]) -> Iterator[Level]:
    """Give the levels from the top: what has no parent first, and labels with what they are for."""
    names = [name for name, _ in attributes]
    labels = {
        target: _column(one)
        for _, one in attributes
        if (target := one.get("labelfor", one.get("labelFor"))) in names
    }
    parents = {
        name: str(one.get("parent") or "")
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


def _depth(name: str, parents: Mapping[str, str]) -> int:
    depth = 0
    while parents[name] in parents and depth < len(parents):
        name, depth = parents[name], depth + 1
    return depth


def _named(parts: Any, label: str) -> Iterable[tuple[str, Tree]]:
    """Give objects by name, which drafts wrote as a list."""
    if isinstance(parts, dict):
        return [(name, one) for name, one in parts.items() if isinstance(one, dict)]
    if isinstance(parts, list):
        return [(name_of(one), one) for one in objects_of(parts)]
    raise ReadError(
        "{file}: its model has no measures, or no dimensions",
        hint="ask the publisher for a descriptor that says what each column means",
        file=label,
    )


def _column(attribute: Tree) -> str:
    """Name the column that an attribute is read from; drafts wrote `resource/column`."""
    source = attribute.get("source", attribute.get("field"))
    return " ".join(source.split()) if isinstance(source, str) else ""
