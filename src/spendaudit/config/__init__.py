"""What did a user settle, and where? Reads the environment, `spendaudit.toml` and `pyproject.toml`.

Option, environment, `spendaudit.toml`, `[tool.spendaudit]` of `pyproject.toml`, default: the first that says
something holds, key by key. Paths in a file start from its folder. Which rules, series and formats there are
is not known here; who uses a value checks that, and names its origin.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from spendaudit.config.file import NAME, found_from, read
from spendaudit.config.keys import DEFAULT, KEYS, WEIGHTS, Assignment, Key, Kind, Setting
from spendaudit.config.variables import CONFIG_VARIABLE, PARAM_VARIABLE, assigned, variables

__all__ = [
    "DEFAULT",
    "KEYS",
    "NAME",
    "WEIGHTS",
    "Assignment",
    "Config",
    "Key",
    "Kind",
    "Setting",
    "load_config",
]


def _nothing() -> Mapping[str, Setting]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that was settled."""

    #: The files that were read, the strongest first.
    files: tuple[Path, ...] = ()
    #: Every key of KEYS, by name.
    options: Mapping[str, Setting] = field(
        default_factory=lambda: MappingProxyType({key.name: Setting(key.default) for key in KEYS})
    )
    #: The settings of rules, the weakest first: the last of two assignments to one setting holds.
    rules: tuple[Assignment, ...] = ()
    #: Ceilings in place of those that ship, or beside them: id -> list of tables, as written.
    limits: Mapping[str, Setting] = field(default_factory=_nothing)
    #: Buyer id -> the tier that the law puts it in, where no portal says it.
    buyer_tiers: Mapping[str, Setting] = field(default_factory=_nothing)
    #: Weights of a score: name -> Decimal within WEIGHTS.
    weights: Mapping[str, Setting] = field(default_factory=_nothing)

    def for_command(self, command: str) -> dict[str, Any]:
        """Give the parameters of a command what was settled for them; not their defaults."""
        return {
            key.parameter: self.options[key.name].value
            for key in KEYS
            if self.options[key.name].origin != DEFAULT and (not key.commands or command in key.commands)
        }


def load_config(
    file: Path | None = None, *, folder: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Config:
    """Read what holds for a run that starts in `folder` (the working directory).

    `file`, or else the variable SPENDAUDIT_CONFIG, is read in place of the files that would be found.
    Raises UsageError that names the file, the key, and what was probably meant.
    """
    named = file or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    found = [read(named)] if named else [*found_from((folder or Path.cwd()).absolute())]
    options: dict[str, Setting] = {key.name: Setting(key.default) for key in KEYS}
    rules: list[Assignment] = []
    limits: dict[str, Setting] = {}
    buyer_tiers: dict[str, Setting] = {}
    weights: dict[str, Setting] = {}
    for one in reversed(found):
        options |= one.options()
        rules += one.rules()
        limits |= one.limits()
        buyer_tiers |= one.buyer_tiers()
        weights |= one.weights()
    options |= variables(environment)
    rules += assigned(environment.get(PARAM_VARIABLE, ""))
    return Config(
        files=tuple(one.path for one in found),
        options=MappingProxyType(options),
        rules=tuple(rules),
        limits=MappingProxyType(limits),
        buyer_tiers=MappingProxyType(buyer_tiers),
        weights=MappingProxyType(weights),
    )
