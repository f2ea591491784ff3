"""What is wrong with a mapping, and on which line? Reads the TOML that a person wrote."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from spendaudit.errors import UsageError
from spendaudit.load.mapping_file import ColumnMapping, Layout, MappingFile
from spendaudit.misfits import misfit
from spendaudit.wording import Words, joined


def parse(text: str, path: Path) -> MappingFile:
    """Read a mapping. Raises UsageError that names the line of what is wrong."""
    try:
        return MappingFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            joined((path, error), ": "), hint="a mapping is TOML: text stands between double quotes"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(str(part) for part in first["loc"])
        line = _line_of(text, place)
        where = Words("{path}, line {line}", path=path, line=line) if line else path
        if first["type"] == "extra_forbidden":
            named = UsageError("there is no setting {name}", hint=_hint(place, first), name=place[-1])
        else:
            named = UsageError(misfit(first), hint=_hint(place, first))
            named = named.at(".".join(place)) if place else named
        raise named.at(where) from error


def _hint(place: tuple[str, ...], error: Mapping[str, Any]) -> Words:
    if error["type"] != "extra_forbidden":
        return Words("`spendaudit map --help` tells what a mapping may say")
    model: type[BaseModel] = (
        ColumnMapping
        if place[0] == "columns"
        else Layout
        if place[0] == "layout" and len(place) > 1
        else MappingFile
    )
    return Words("settings here are {known}", known=", ".join(model.model_fields))


def _line_of(text: str, place: tuple[str, ...]) -> int:
    """Find the line of a setting: the last part of its place, below the table that it stands in."""
    lines = text.splitlines()
    start = 0
    for number, line in enumerate(lines, start=1):
        header = ".".join(place[:-1]) if len(place) > 1 else ""
        if header and re.match(rf"\s*\[{re.escape(header)}\]", line):
            start = number
        if re.match(rf"\s*\[{re.escape('.'.join(place))}\]", line):
            return number
    for number, line in enumerate(lines[start:], start=start + 1):
        if place and re.match(rf"\s*[\"']?{re.escape(place[-1])}[\"']?\s*=", line):
            return number
    return start
