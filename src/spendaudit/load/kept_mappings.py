"""Remembers by which mapping a file was read, so that `explain` can quote its lines."""

import json
from pathlib import Path

from spendaudit.ingest.durable import write_json
from spendaudit.load.mapping import Given, from_text
from spendaudit.sources._source import Source


def keep(store: Path, given: Given) -> None:
    """Note a mapping in a store, by its id; a later one of the same id takes its place."""
    write_json(_path(store, given.source.id), [given.text, given.country, given.currency])


def kept(store: Path, source: str) -> Source | None:
    """Return the source that a mapping of this id made; None where there was none."""
    path = _path(store, source)
    if not path.is_file():
        return None
    text, country, currency = json.loads(path.read_text("utf-8"))
    return from_text(text, path, country=country, currency=currency).source


def _path(store: Path, source: str) -> Path:
    return store / "mappings" / f"{source}.json"
