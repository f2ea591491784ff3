"""Which options can be settled once for all runs, and of what kind their values are."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from spendaudit.errors import UsageError
from spendaudit.wording import meant

PREFIX: Final = "SPENDAUDIT_"
DEFAULT: Final = "default"
#: The weight of one rule in a score. Bounds of this project: none may drown all others.
WEIGHTS: Final = (Decimal(0), Decimal(100))


class Kind(StrEnum):
    """What a value may be."""

    WORDS = "a list of words"
    PATHS = "a list of paths"
    PATH = "a path"
    NAMED = "a table of files by name"
    TEXT = "text"
    FLAG = "true or false"


@dataclass(frozen=True, slots=True)
class Key:
    """One option that can be settled once for all runs."""

    name: str
    kind: Kind
    default: Any
    about: str
    choices: tuple[str, ...] = ()
    #: The commands whose option it is, such as `baseline write`; none: every command that has it.
    commands: tuple[str, ...] = ()
    #: A value to begin with, where the default is none.
    example: str = ""

    @property
    def variable(self) -> str:
        """Its variable of the environment."""
        return PREFIX + self.name.replace("-", "_").upper()

    @property
    def parameter(self) -> str:
        """What the functions of the commands call it."""
        return self.name.replace("-", "_")


#: `select` of other commands chooses something else than rules.
_ASKING: Final = ("audit", "coverage", "diff")

KEYS: Final = (
    Key(
        "select",
        Kind.WORDS,
        (),
        "Rules to ask, by id, prefix, name or OCP number; none: all.",
        commands=_ASKING,
    ),
    Key("ignore", Kind.WORDS, (), "Rules to leave out, named in the same ways.", commands=_ASKING),
    Key(
        "persona",
        Kind.TEXT,
        "auditor",
        "Who asks: a reader is spared the rules that say little by themselves.",
        ("reader", "auditor"),
        commands=("audit",),
    ),
    Key(
        "fail-on",
        Kind.TEXT,
        "high",
        "Exit with 1 if there are findings of this severity or above.",
        ("low", "medium", "high", "never"),
    ),
    Key(
        "strict",
        Kind.FLAG,
        default=False,
        about="Exit with 4 if a selected rule could not run or rows were quarantined.",
    ),
    Key("baseline", Kind.PATH, None, "Findings that are known and answered for.", example="known.toml"),
    Key(
        "stale",
        Kind.TEXT,
        "warn",
        "When an audit did not find again what the baseline knows: exit with 2, tell, or say nothing.",
        ("error", "warn", "ignore"),
    ),
    Key(
        "lists",
        Kind.NAMED,
        (),
        "Reference lists by name; [FILE, MAPPING] where a mapping says how one is read.",
    ),
    Key(
        "lang",
        Kind.TEXT,
        "",
        "The language of what people read: en, es or pt, also as in es-CL; none: the locale's.",
        example="es",
    ),
    Key(
        "store",
        Kind.PATH,
        None,
        "Where normalised and fetched files are kept; none: per user.",
        example=".spendaudit",
    ),
    Key("output", Kind.PATHS, (), "Files that `audit` writes its findings to.", commands=("audit",)),
    Key(
        "output-format",
        Kind.TEXT,
        "table",
        "What `audit` writes on standard output.",
        commands=("audit",),
    ),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it comes from: a file, a variable, or `default`."""

    value: Any
    origin: str = DEFAULT


@dataclass(frozen=True, slots=True)
class Assignment:
    """A setting of a rule, as somebody wrote it: the rule by any of its names, the value as text or texts."""

    rule: str
    name: str
    value: str | list[str]
    origin: str


def chosen(key: Key, value: str, origin: str) -> str:
    """Return the value; raise UsageError, which names the origin, where the key has no such choice."""
    if key.choices and value not in key.choices:
        raise UsageError(
            "{origin}: {name} must be one of {known} (got {value})",
            hint=meant(value, key.choices),
            origin=origin,
            name=key.name,
            known=", ".join(key.choices),
            value=value,
        )
    return value


def as_text(value: Any) -> str:
    """Write a value of TOML as it would be written on a command line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
