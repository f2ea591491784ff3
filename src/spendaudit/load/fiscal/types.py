"""Reads version 1 of the Fiscal Data Package: a type for every column, and what amounts say of themselves."""

import re
from dataclasses import replace

from spendaudit.load.fiscal.meaning import (
    KINDS,
    ROLES,
    Amount,
    Day,
    Level,
    Meaning,
    name_of,
    pattern_of,
    read_amount,
    slug,
)
from spendaudit.sources._json_parts import Tree, object_of, objects_of


def of_types(schema: Tree, fields: Tree, label: str) -> Meaning:
    """Read version 1: column types, constants, and what every amount says of itself."""
    meaning = Meaning()
    extra = {name_of(one): one for one in objects_of(schema.get("extraFields"))}
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
            meaning.days.append(Day(slug("-".join(rest)) or "date", name, pattern_of(one)))
        elif root:
            kind = ROLES.get(root) or KINDS.get(root) or root
            _add_level(dimensions.setdefault(kind, {}), rest, name)
    for kind, levels in dimensions.items():
        meaning.dimensions[kind] = [levels[depth] for depth in sorted(levels)]
    meaning.parties = {role: meaning.dimensions[role][-1] for role in ROLES.values() if role in dimensions}
    meaning.classifying = [kind for kind in KINDS.values() if kind in dimensions]
    return meaning


def _typed_amount(name: str, told: Tree, extra: Tree, fields: Tree, label: str) -> Amount:
    """Read an amount of version 1, and what `normalize` says of it."""
    says = {
        _concept(str(object_of(extra.get(key)).get("columnType", ""))): str(value)
        for key, value in object_of(told.get("normalize")).items()
    }
    amount = read_amount(name, name, told, fields, label)
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
