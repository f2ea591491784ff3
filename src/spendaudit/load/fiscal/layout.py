"""How the file of a data package is written, and whose it is."""

import re
from typing import Any, Final

from spendaudit.errors import ReadError
from spendaudit.ingest.encodings import readable
from spendaudit.sources._json_parts import Tree, object_of
from spendaudit.sources._source import Csv

_COUNTRY: Final = re.compile("[A-Za-z]{2}")


def layout_of(resource: Tree, label: str) -> Csv:
    """Follow the CSV dialect; what the specification supposes where it is silent is stated here."""
    dialect = object_of(resource.get("dialect"))
    if dialect.get("header", True) is False:
        raise ReadError(
            "{file}: the file has no header", hint="write the names of the fields above it", file=label
        )
    if dialect.get("escapeChar") or dialect.get("doubleQuote", True) is False:
        raise ReadError(
            "{file}: quotes within cells are escaped", hint="only doubled quotes are read", file=label
        )
    missing = object_of(resource.get("schema")).get("missingValues")
    return Csv(
        encodings=(_encoding(str(resource.get("encoding") or "utf-8"), label),),
        separator=_sign(dialect, "delimiter", ",", label),
        quote=_sign(dialect, "quoteChar", '"', label) if dialect.get("quoteChar", '"') else "",
        nulls=tuple(str(word) for word in missing if word) if isinstance(missing, list) else (),
    )


def _sign(dialect: Tree, name: str, supposed: str, label: str) -> str:
    told = dialect.get(name, supposed)
    if isinstance(told, str) and len(told) == 1 and told.isascii():
        return told
    raise ReadError(
        "{file}: the {name} is said to be {told!r}, which is not one sign",
        hint="state the one sign that the file has there",
        file=label,
        name=name,
        told=told,
    )


def _encoding(told: str, label: str) -> str:
    if name := readable(told):
        return name
    raise ReadError(
        "{file}: the file is said to be in {told}, which is not read",
        hint="save it in UTF-8, and say so in the descriptor",
        file=label,
        told=told,
    )


def country_of(told: Any) -> str:
    """Read a code of ISO 3166-1; of a package that speaks of several countries none."""
    codes = told if isinstance(told, list) else [told]
    one = codes[0] if len(codes) == 1 else None
    return one.upper() if isinstance(one, str) and _COUNTRY.fullmatch(one) else ""


def licence_of(package: Tree) -> str:
    """Give the licence as it is stated; nothing where it is not."""
    told = package.get("license") or package.get("licenses") or package.get("licence") or ""
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, dict):
            one = one.get("title") or one.get("name") or one.get("type") or one.get("path")  # noqa: PLW2901
        if isinstance(one, str) and one:
            return one
    return ""
