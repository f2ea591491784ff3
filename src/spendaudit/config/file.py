"""What does one file settle? Reads `spendaudit.toml`, or the table of `pyproject.toml` that is ours."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from spendaudit.config.keys import KEYS, WEIGHTS, Assignment, Key, Kind, Setting, as_text, chosen
from spendaudit.errors import UsageError, of_system
from spendaudit.wording import Words, joined, meant

NAME: Final = "spendaudit.toml"
_PROJECT: Final = "pyproject.toml"
_PLACE: Final = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_TABLES: Final = ("rules", "limits", "buyer-tiers", "score")


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, whose every complaint names it."""

    path: Path
    content: Mapping[str, Any]

    def options(self) -> dict[str, Setting]:
        """Read the keys of KEYS; a key that is neither one of them nor a table is refused."""
        keys = {key.name: key for key in KEYS}
        for name in self.content:
            if name not in keys and name not in _TABLES:
                raise self._unknown(name, (*keys, *_TABLES))
        return {
            name: Setting(self._value(keys[name], value), str(self.path))
            for name, value in self.content.items()
            if name in keys
        }

    def rules(self) -> list[Assignment]:
        """Read `[rules.SPL001]`: each value as it would be written on a command line."""
        return [
            Assignment(rule, name, self._written(f"rules.{rule}.{name}", value), str(self.path))
            for rule, settings in self._table("rules", self.content).items()
            for name, value in self._table(rule, {rule: settings}, "rules.").items()
        ]

    def weights(self) -> dict[str, Setting]:
        """Read `[score.weights]`."""
        score = self._table("score", self.content)
        for name in score:
            if name != "weights":
                raise self._unknown(f"score.{name}", ("score.weights",))
        return self._settings("weights", _weight, score, "score.")

    def limits(self) -> dict[str, Setting]:
        """Read `[limits.ID]`, or `[[limits.ID]]`: a list of tables, whichever was written."""
        return self._settings("limits", _limit, self.content)

    def buyer_tiers(self) -> dict[str, Setting]:
        """Read `[buyer-tiers]`."""
        return self._settings("buyer-tiers", _text, self.content)

    def _settings(
        self, name: str, accept: Callable[[Any], Any], content: Mapping[str, Any], parent: str = ""
    ) -> dict[str, Setting]:
        settings = {}
        for key, value in self._table(name, content, parent).items():
            try:
                settings[key] = Setting(accept(value), str(self.path))
            except ValueError as error:
                place = f"{self.path}: {parent}{name}.{key}"
                raise UsageError(joined((place, *error.args), " ")) from None
        return settings

    def _unknown(self, name: str, known: tuple[str, ...]) -> UsageError:
        hint = meant(name.replace("_", "-"), known, Words("there are {known}", known=", ".join(known)))
        return UsageError("{file}: there is no setting {name}", hint=hint, file=self.path, name=name)

    def _table(self, name: str, content: Mapping[str, Any], parent: str = "") -> dict[str, Any]:
        value = content.get(name, {})
        if not isinstance(value, dict):
            raise UsageError(
                "{file}: {parent}{name} must be a table, [{parent}{name}]",
                file=self.path,
                parent=parent,
                name=name,
            )
        return value

    def _written(self, name: str, value: Any) -> str | list[str]:
        if isinstance(value, list):
            return [str(self._written(name, one)) for one in value]
        if isinstance(value, dict):
            raise UsageError("{file}: {name} must be a value, not a table", file=self.path, name=name)
        return as_text(value)

    def _value(self, key: Key, value: Any) -> Any:
        complaint = UsageError(
            "{file}: {name} must be {kind} (got {value})",
            file=self.path,
            name=key.name,
            kind=Words(key.kind.value),
            value=as_text(value),
        )
        match key.kind:
            case Kind.FLAG:
                if not isinstance(value, bool):
                    raise complaint
                return value
            case Kind.WORDS | Kind.PATHS:
                listed = [value] if isinstance(value, str) else value
                if not isinstance(listed, list) or not all(isinstance(one, str) and one for one in listed):
                    raise complaint
                return listed if key.kind is Kind.WORDS else [self._placed(one) for one in listed]
            case Kind.NAMED:
                if not isinstance(value, dict):
                    raise complaint
                return [self._named(key, name, one) for name, one in value.items()]
            case _:
                if not isinstance(value, str) or not value:
                    raise complaint
                return self._placed(value) if key.kind is Kind.PATH else chosen(key, value, str(self.path))

    def _named(self, key: Key, name: str, value: Any) -> str:
        """Write it as on a command line: `registry=FILE,MAPPING`, `holidays`, `holidays=CL`."""
        if value is True:
            return name
        files = [value] if isinstance(value, str) else value
        if not isinstance(files, list) or not files or not all(isinstance(one, str) and one for one in files):
            raise UsageError(
                "{file}: {key}.{name} must be a file, or a file and its mapping",
                file=self.path,
                key=key.name,
                name=name,
            )
        # A code of a country or region is no path, unless a file is called so.
        codes = [bool(_PLACE.fullmatch(one)) and not Path(self._placed(one)).exists() for one in files]
        placed = [one if code else self._placed(one) for one, code in zip(files, codes, strict=True)]
        return f"{name}={','.join(placed)}"

    def _placed(self, path: str) -> str:
        return str(self.path.parent / Path(path).expanduser())


def found_from(folder: Path) -> Iterator[Reading]:
    """Give the nearest `spendaudit.toml`, then the nearest `pyproject.toml` that has a table for us."""
    above = [folder, *folder.parents]
    nearest = next((place / NAME for place in above if (place / NAME).is_file()), None)
    if nearest:
        yield read(nearest)
    for project in (place / _PROJECT for place in above):
        if project.is_file() and b"spendaudit" in project.read_bytes():
            reading = read(project)
            if reading.content:
                yield reading
                return


def read(path: Path) -> Reading:
    """Read a file. Raises UsageError where it is none, or no TOML."""
    try:
        # Editors on Windows put a mark before the first byte, which TOML does not know.
        content = tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise UsageError(
            "{path} cannot be read: {error}", hint="check --config", path=path, error=of_system(error)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("{path} is not TOML: {error}", path=path, error=error) from error
    if path.name == _PROJECT:
        tools = content.get("tool")
        content = tools.get("spendaudit", {}) if isinstance(tools, dict) else {}
        if not isinstance(content, dict):
            raise UsageError("{path}: tool.spendaudit must be a table", path=path)
    return Reading(path.absolute(), content)


def _limit(value: Any) -> list[dict[str, Any]]:
    tables = value if isinstance(value, list) else [value]
    if not tables or not all(isinstance(one, dict) for one in tables):
        raise ValueError(Words("must be a table, or a list of tables: one for each span of days"))
    return tables


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(Words("must be text (got {value})", value=as_text(value)))
    return value


def _weight(value: Any) -> Decimal:
    number = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    low, high = WEIGHTS
    if number is None or not number.is_finite() or not low <= number <= high:
        raise ValueError(
            Words(
                "must be a number from {low} to {high} (got {value})",
                low=low,
                high=high,
                value=as_text(value),
            )
        )
    return number
