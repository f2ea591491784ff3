"""Of a JSON file no more is in memory than a tree, whatever stands beside the trees."""

import json
import tracemalloc
from pathlib import Path

import pytest

from spendaudit.errors import UnknownLayoutError
from spendaudit.ingest import json_trees
from spendaudit.ingest.archive import published
from spendaudit.ingest.json_trees import Damaged, trees
from spendaudit.load.recognise import recognise
from spendaudit.sources import load_sources
from spendaudit.sources._ocds_rows import fits

#: Parts with everything that a value can hold, brackets in texts among it.
_PARTS = [
    {"a": [], "b": {}, "c": [[], [{}]], "d": 'a "]}" in a text\\', "e": [1, -2.5e3, True, None]},
    ["x" * 500, {"f": {"g": "}" * 500}}],
]


def _long(megabytes: int, one: object) -> str:
    text = json.dumps(one)
    return ", ".join([text] * (megabytes * 1_000_000 // len(text)))


def _peak_of_recognising(path: Path) -> float:
    sources = load_sources()
    tracemalloc.start()
    try:
        recognise(published(path)[0], sources)
    finally:
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    return peak


def test_to_recognise_a_package_its_releases_are_not_read(tmp_path: Path) -> None:
    release = {"ocid": "ocds-zz9zz1-1", "tag": ["award"], "awards": [{"id": "1", "title": "x" * 999}] * 9}
    path = tmp_path / "package.json"
    path.write_text(f'{{"uri": "x", "releases": [{_long(60, release)}]}}', "utf-8")

    assert _peak_of_recognising(path) < 50


def test_long_json_of_an_unknown_kind_is_refused_without_holding_it(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(f'{{"meta": 1, "data": [{_long(90, ["x" * 999] * 9)}]}}', "utf-8")
    sources = load_sources()

    tracemalloc.start()
    with pytest.raises(UnknownLayoutError, match="JSON of no kind that spendaudit knows"):
        recognise(published(path)[0], sources)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()

    assert peak < 80


@pytest.fixture
def long_parties(monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a part of a tree that is longer than what is read of anything else."""
    monkeypatch.setattr(json_trees, "_LONGEST", 5 << 20)
    return f"[{_long(12, _PARTS)}]"


def test_a_tree_is_read_whole_however_long_its_parts_are(long_parties: str, tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.write_text(f'{{"ocid": "one", "parties": {long_parties}, "tag": ["award"]}}', "utf-8")

    with trees(published(path)[0], (), fits) as read:
        (tree,) = list(read)

    assert not isinstance(tree, Damaged)
    assert len(tree["parties"]) > 1000
    assert tree["tag"] == ["award"]


def test_a_tree_whose_long_parts_come_before_its_name_is_put_aside(long_parties: str, tmp_path: Path) -> None:
    path = tmp_path / "releases.jsonl"
    whole = f'{{"language": "es", "parties": {long_parties}, "tag": ["award"], "ocid": "one"}}'
    path.write_text(f'{whole}\n{{"ocid": "two"}}\n', "utf-8")

    with trees(published(path)[0], (), fits) as read:
        first, second = list(read)

    assert first == Damaged("parties: longer than 5 million characters", '{"language": "es", "ocid": "one"}')
    assert second == {"ocid": "two"}
