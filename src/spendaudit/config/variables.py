"""What does the environment settle? Reads the variables SPENDAUDIT_*."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from spendaudit.config.keys import KEYS, PREFIX, Assignment, Key, Kind, Setting, chosen
from spendaudit.errors import UsageError
from spendaudit.wording import Words

CONFIG_VARIABLE: Final = "SPENDAUDIT_CONFIG"
PARAM_VARIABLE: Final = "SPENDAUDIT_PARAM"
#: Variables that are read elsewhere.
_OTHERS: Final = (CONFIG_VARIABLE, PARAM_VARIABLE, "SPENDAUDIT_DEBUG", "SPENDAUDIT_MASK_KEY")
_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"0", "false", "no", "off"})
#: Whoever writes SPENDAUDIT_FAILON mistyped; SPENDAUDIT_TOKEN may be a variable of another program.
_MISTYPED: Final = 0.8


def variables(environment: Mapping[str, str]) -> dict[str, Setting]:
    """Read the variables of KEYS. An empty one is as good as none; one that was mistyped is refused."""
    keys = {key.variable: key for key in KEYS}
    for name in environment:
        if name.startswith(PREFIX) and name not in keys and name not in _OTHERS:
            near = get_close_matches(name.removeprefix(PREFIX), _bare(keys), n=1, cutoff=_MISTYPED)
            if near:
                raise UsageError(
                    "there is no setting {name} of the environment",
                    hint="did you mean {near}?",
                    name=name,
                    near=PREFIX + near[0],
                )
    return {
        key.name: Setting(_of_variable(key, environment[variable]), variable)
        for variable, key in keys.items()
        if environment.get(variable)
    }


def _bare(keys: Mapping[str, Key]) -> list[str]:
    return [name.removeprefix(PREFIX) for name in (*keys, *_OTHERS)]


def _of_variable(key: Key, text: str) -> Any:
    match key.kind:
        case Kind.WORDS:
            return text.replace(",", " ").split()
        case Kind.NAMED:
            return text.split()
        case Kind.PATHS:
            return [str(Path(one).expanduser()) for one in text.split(os.pathsep) if one]
        case Kind.PATH:
            return str(Path(text).expanduser())
        case Kind.FLAG:
            if text.lower() not in _YES | _NO:
                raise UsageError(
                    "{name} must be {kind} (got {value})",
                    name=key.variable,
                    kind=Words(key.kind.value),
                    value=text,
                )
            return text.lower() in _YES
        case _:
            return chosen(key, text, key.variable)


def assigned(text: str) -> Iterator[Assignment]:
    """Read `SPL001.days=60 PAY001.match=any-date`."""
    for word in text.split():
        target, equals, value = word.partition("=")
        rule, dot, name = target.partition(".")
        if not (rule and dot and name and equals):
            raise UsageError(
                "{variable}: not a setting: {word}",
                hint="write it as SPL001.days=60",
                variable=PARAM_VARIABLE,
                word=word,
            )
        yield Assignment(rule, name, value, PARAM_VARIABLE)
