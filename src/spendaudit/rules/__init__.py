"""The rules. Adding one is adding one module here; nothing else lists them."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from spendaudit.errors import DefinitionError
from spendaudit.rules._rule import Rule


@cache
def load_rules() -> Mapping[str, Rule[Any]]:
    """Import every rule of this package and of installed plug-ins, by id, in order."""
    found = [*own_rules(), *(point.load() for point in entry_points(group="spendaudit.rules"))]
    rules: dict[str, Rule[Any]] = {}
    for rule in sorted(found, key=lambda rule: str(rule.id)):
        if rule.id in rules:
            raise DefinitionError(f"two rules are called {rule.id}")
        rules[rule.id] = rule
    return MappingProxyType(rules)


@cache
def own_rules() -> tuple[Rule[Any], ...]:
    """Import every rule of this package."""
    return tuple(
        import_module(f"{__name__}.{module.name}").RULE
        for module in iter_modules(__path__)
        if not module.name.startswith("_")
    )
