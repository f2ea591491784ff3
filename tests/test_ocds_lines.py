"""Releases that are laid out many at once become the same rows as releases that are laid out one by one."""

import json
import random
from collections.abc import Collection, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spendaudit.ingest.archive import published
from spendaudit.ingest.json_trees import tree_of
from spendaudit.ingest.store import Store
from spendaudit.load.batches import Reading
from spendaudit.load.lines import AnotherWayError
from spendaudit.load.normalize import normalize
from spendaudit.load.recognise import recognise
from spendaudit.sources import load_sources
from spendaudit.sources._layouts import LINE
from spendaudit.sources._ocds_lines import lines
from spendaudit.sources._ocds_rows import GRAINS, rows

_REGISTER = {"scheme": "CL-RUT", "id": "76000001-6", "legalName": "ACME S.A."}

RELEASE: dict[str, Any] = {
    "ocid": "ocds-zz9zz1-1",
    "id": "1",
    "date": "2024-02-01T10:00:00Z",
    "tag": ["compiled"],
    "parties": [
        {"id": "1", "name": "Municipalidad Inventada", "address": {"region": "Maule"}, "roles": ["buyer"]},
        {"id": "2", "name": "Acme", "identifier": _REGISTER, "roles": ["supplier"]},
        {"id": "3", "name": "Umbrela", "identifier": {"scheme": "x", "id": "0"}, "roles": ["tenderer"]},
    ],
    "buyer": {"id": "1", "name": "Municipalidad Inventada"},
    "tender": {
        "id": "t",
        "title": "Sillas",
        "description": "Sillas y mesas",
        "status": "complete",
        "procuringEntity": {"id": "1", "name": "Oficina"},
        "value": {"amount": 1200, "currency": "CLP"},
        "procurementMethod": "open",
        "mainProcurementCategory": "goods",
        "additionalProcurementCategories": ["services"],
        "tenderPeriod": {"startDate": "2024-01-01T09:00:00-03:00", "endDate": "2024-01-20T09:00:00-03:00"},
        "contractPeriod": {"startDate": "2024-03-01", "endDate": "2024-12-31"},
        "datePublished": "2024-01-01",
        "numberOfTenderers": 2,
        "tenderers": [{"id": "2", "name": "Acme"}, {"id": "3", "name": "Umbrela"}],
        "items": [{"id": "1", "classification": {"scheme": "UNSPSC", "id": "111"}}],
        "classification": {"scheme": "UNSPSC", "id": "100"},
    },
    "bids": {
        "details": [
            {
                "id": "a",
                "date": "2024-01-10T10:00:00-03:00",
                "status": "valid",
                "tenderers": [{"id": "2", "name": "Acme"}],
                "value": {"amount": 1000.5, "currency": "CLP"},
            },
            {
                "id": "b",
                "date": "2024-01-11 10:00:00",
                "status": "withdrawn",
                "tenderers": [{"id": "2", "name": "Acme"}, {"id": "3", "name": "Umbrela"}],
                "value": {"amount": 1234567890123456, "currency": "USD"},
            },
        ]
    },
    "awards": [
        {
            "id": "1",
            "title": "Sillas",
            "status": "active",
            "date": "2024-01-30T10:00:00Z",
            "value": {"amount": 1000, "currency": "CLP"},
            "suppliers": [{"id": "2", "name": "Acme"}],
            "items": [
                {
                    "id": "1",
                    "description": "Sillas",
                    "classification": {"scheme": "UNSPSC", "id": "111", "description": "Asientos"},
                    "quantity": 2.50,
                    "unit": {"name": "u", "value": {"amount": 400, "currency": "CLP"}},
                },
                {"id": "2", "classification": {"scheme": "UNSPSC", "id": "112"}, "quantity": 1},
            ],
            "amendments": [{"id": "x", "date": "2024-02-02", "description": "más"}],
        },
        {"id": "2", "status": "cancelled", "suppliers": [{"id": "2"}, {"id": "3", "name": "Umbrela"}]},
    ],
    "contracts": [
        {
            "id": "1",
            "awardID": "1",
            "status": "active",
            "dateSigned": "1900-01-01T00:00:00Z",
            "value": {"amount": 990, "currency": "CLP"},
            "period": {"startDate": "2024-02-01T00:00:00Z", "endDate": "2024-06-01T00:00:00Z"},
            "amendments": [{"date": "2024-02-03", "rationale": "menos"}, {"id": "y"}],
            "uri": "https://compras.ejemplo.example/1",
        }
    ],
    "relatedProcesses": [{"relationship": ["framework"], "identifier": "ocds-zz9zz1-0"}],
}

NUMBERS = frozenset({"amount", "tender_amount", "quantity", "unit_price"})

#: What portals write in the place of anything.
ODD: tuple[Any, ...] = (
    *(
        None,
        "",
        " ",
        " 1 ",
        "1",
        "2",
        "otra",
        "2024-05-05",
        "\t1",
        0,
        1,
        -7,
        2.0,
        1.10,
        1e5,
        10**22,
        0.00015,
        True,
        False,
    ),
    *({}, [], [None], [{}], {"id": "2"}, [{"id": "2"}], {"amount": 5}, {"durationInDays": 3}, ["framework"]),
    *(
        {"currency": "USD"},
        {"startDate": "2024-01-01"},
        {"identifier": {"id": "9"}},
        {"id": " 2 ", "name": "B"},
    ),
)


def _places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in pairs:
        yield (*path, name)
        yield from _places(value, (*path, name))


def _changed(rng: random.Random, number: int) -> dict[str, Any]:
    """Make a release of which some parts are gone, doubled or something else."""
    release: dict[str, Any] = json.loads(json.dumps(RELEASE))
    for _ in range(rng.randrange(1, 4)):
        places = list(_places(release))
        *path, last = rng.choice(places)
        owner: Any = release
        for name in path:
            owner = owner[name]
        match rng.randrange(4):
            case 0:
                del owner[last]
            case 1 if isinstance(owner[last], list):
                owner[last] += json.loads(json.dumps(owner[last]))
            case _:
                owner[last] = json.loads(json.dumps(rng.choice(ODD)))
    if "ocid" in release and release["ocid"] == RELEASE["ocid"]:
        release["ocid"] = f"ocds-zz9zz1-{number}"
    return release


def _shown(cell: Any) -> Any:
    """Write numbers without the zeros that a table of numbers fills them up with."""
    try:
        return cell if cell is None else Decimal(cell)
    except (InvalidOperation, TypeError):
        return cell


def _comparable(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {
        grain: [
            {name: _shown(cell) if name in NUMBERS else cell for name, cell in row.items()} for row in found
        ]
        for grain, found in rows.items()
        if found
    }


def _one_by_one(texts: list[bytes], left: Collection[int]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {grain: [] for grain in GRAINS}
    for place, text in enumerate(texts):
        if place not in left:
            tree = tree_of(text)
            assert tree is not None
            for grain, cells in rows(tree):
                found[grain].append({**dict.fromkeys(GRAINS[grain]), **cells, LINE: place})
    return _comparable(found)


def _at_once(texts: list[bytes]) -> tuple[dict[str, list[dict[str, Any]]], set[int]]:
    laid = lines(b"\n".join(texts))
    assert [name is None for name in laid.names] == [place in laid.left for place in range(len(texts))]
    assert all(texts[place] == text for place, text in laid.left.items())
    return _comparable({grain: frame.to_dicts() for grain, frame in laid.rows.items()}), set(laid.left)


@pytest.mark.parametrize("seed", range(8))
def test_releases_laid_out_at_once_are_those_laid_out_one_by_one(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 no secret
    made = [json.dumps(_changed(rng, number)).encode() for number in range(400)]
    ordinary = [text for text in made if not lines(text).left]
    assert len(ordinary) > len(made) // 4

    found, left = _at_once(ordinary)

    assert left == set()
    assert found == _one_by_one(ordinary, left)


def test_pieces_that_hold_something_strange_are_left() -> None:
    made = [json.dumps({**RELEASE, "ocid": f"ocds-zz9zz1-{number}"}).encode() for number in range(400)]
    made[7] = b'{"ocid": "ocds-zz9zz1-x", "tag": ["compiled"], "tender": {"title": 12}}'

    found, left = _at_once(made)

    assert 7 in left
    assert len(left) < 40
    assert found == _one_by_one(made, left)


def test_an_ordinary_release_is_not_left() -> None:
    found, left = _at_once([json.dumps(RELEASE).encode()])

    assert left == set()
    assert {grain: len(rows) for grain, rows in found.items()} == {
        "contract": 2,
        "item": 2,
        "bid": 2,
        "amendment": 2,
    }


def _normalized(folder: Path, name: str, text: bytes) -> dict[str, pl.DataFrame]:
    (folder / name).mkdir()
    path = folder / name / "releases.jsonl"
    path.write_bytes(text)
    store = Store(folder / name / "store")
    (entry,) = normalize([path], store).inputs
    return {
        table: pl.read_parquet(store.root / "tables" / table / "**/*.parquet", hive_partitioning=False)
        for table, counts in entry.tables.items()
        if counts.loaded
    }


def test_a_file_in_lines_becomes_what_the_same_trees_become_in_a_list(tmp_path: Path) -> None:
    rng = random.Random(99)  # noqa: S311 no secret
    made = (_changed(rng, number) for number in range(600))
    releases = [
        release for release in made if isinstance(release.get("ocid"), str) and release["ocid"].strip()
    ]
    listed = b"[" + b",".join(json.dumps(one).encode() for one in releases) + b"]"

    in_lines = _normalized(tmp_path, "lines", b"\n".join(json.dumps(one).encode() for one in releases))

    expected = _normalized(tmp_path, "listed", listed)
    assert in_lines.keys() == expected.keys()
    for table, frame in expected.items():
        assert in_lines[table].equals(frame), table


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{first}\n{second}\n{damaged}\n", id="damaged"),
        pytest.param("{first}\n{second}\n{first}\n", id="two-of-one-process"),
        pytest.param("{first}\n{first}{second}\n", id="two-in-a-line"),
        pytest.param('{first}\n{second}\n{{"uri": "x"}}\n', id="no-release"),
        pytest.param("{first}\n{second}\n12\n", id="a-number"),
        pytest.param("{first}\n\ufeff{second}\n", id="a-mark-of-byte-order"),
    ],
)
def test_a_file_with_anything_else_in_a_line_is_left_to_the_patient_way(tmp_path: Path, text: str) -> None:
    first, second = (json.dumps({**RELEASE, "ocid": f"ocds-zz9zz1-{number}"}) for number in (1, 2))
    path = tmp_path / "releases.jsonl"
    path.write_text(text.format(first=first, second=second, damaged=second[:-3]), "utf-8")
    (whole,) = published(path)
    recognised = recognise(whole, load_sources())

    with pytest.raises(AnotherWayError), Reading(recognised, by_line=True).batches() as batches:
        list(batches)


def test_a_file_that_is_not_utf_8_is_left_to_the_patient_way(tmp_path: Path) -> None:
    path = tmp_path / "releases.jsonl"
    path.write_bytes(json.dumps({**RELEASE, "unread": "ñ"}, ensure_ascii=False).encode("cp1252") + b"\n")
    (whole,) = published(path)
    recognised = recognise(whole, load_sources())

    with pytest.raises(AnotherWayError), Reading(recognised, by_line=True).batches() as batches:
        list(batches)
