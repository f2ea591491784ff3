"""Whatever a release holds, laying it out with others gives the rows of laying it out alone, or leaves it."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spendaudit.ingest.json_trees import tree_of
from spendaudit.sources._layouts import LINE
from spendaudit.sources._ocds_acting import registers
from spendaudit.sources._ocds_lines import lines
from spendaudit.sources._ocds_parties import registered
from spendaudit.sources._ocds_rows import GRAINS, rows
from spendaudit.sources._ocds_schema import read

_NUMBERS = frozenset({"amount", "tender_amount", "quantity", "unit_price"})

_WORDS = st.sampled_from(
    [
        *("1", "1", "2", "2", "3", "", " ", " 1", "otra", "Acme", "Ñandú\u00a0", "\u001c1", "a;b"),
        *("CL-RUT-76000001-6", "CL-RUT", "76000001-6", "0", "N/A", "framework", "withdrawn", "CLP", "USD"),
        *("2024-01-05T10:00:00-03:00", "2024-01-05 10:00", "2024-01-05", "1900-01-01T00:00:00Z"),
    ]
)
_AMOUNTS = st.integers(-(10**6), 10**6) | st.sampled_from([0, 2.50, 0.00015, 1e15, "5", "1e3"])

#: What may stand where it should not.
_STRANGE: tuple[Any, ...] = (
    *(None, 0, 1.5, True, "1", [], {}, [None], [{}], ["1"], {"id": "2"}, [[{"id": "1"}]]),
    *(10**17, 10**22, 1e300, 0.1 + 0.2, "1,5", ""),
)


def _object(*words: str, **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    # An object that says nothing is a strange one.
    fields = {**dict.fromkeys(words[1:], _WORDS), **others}
    return st.fixed_dictionaries(dict.fromkeys(words[:1], _WORDS), optional=fields)


def _list(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=3)


_IDENTIFIER = _object("scheme", "id", "legalName")
_PARTY = _object("id", "name", identifier=_IDENTIFIER, address=_object("region"))
_VALUE = _object("currency", amount=_AMOUNTS)
_PERIOD = _object("startDate", "endDate", durationInDays=st.integers(0, 90))
_CODE = _object("scheme", "id", "description")
_ITEM = _object(
    "id", "description", classification=_CODE, quantity=_AMOUNTS, unit=_object("name", value=_VALUE)
)
_AMENDMENT = _object("id", "date", "rationale", "description")
_AWARD = _object(
    *("id", "title", "status", "date", "datePublished", "url"),
    value=_VALUE,
    suppliers=_list(_PARTY),
    items=_list(_ITEM),
    contractPeriod=_PERIOD,
    amendments=_list(_AMENDMENT),
)
_CONTRACT = _object(
    *("id", "awardID", "awardID", "description", "status", "dateSigned", "uri"),
    value=_VALUE,
    items=_list(_ITEM),
    suppliers=_list(_PARTY),
    period=_PERIOD,
    amendments=_list(_AMENDMENT),
)
_TENDER = _object(
    *("title", "status", "procurementMethod", "mainProcurementCategory", "datePublished"),
    additionalProcurementCategories=_list(_WORDS),
    procuringEntity=_PARTY,
    value=_VALUE,
    tenderPeriod=_object("startDate", "endDate"),
    contractPeriod=_PERIOD,
    numberOfTenderers=st.integers(0, 9),
    tenderers=_list(_PARTY),
    items=_list(_ITEM),
    classification=_CODE,
)
_BID = _object("date", "status", tenderers=_list(_PARTY), value=_VALUE)
_RELEASE = st.fixed_dictionaries(
    {
        "ocid": st.integers(0, 10**9).map("ocds-zz9zz1-{}".format),
        "tag": st.just(["compiled"]),
        "tender": _TENDER,
    },
    optional={
        "parties": _list(_PARTY),
        "buyer": _PARTY,
        "bids": _object("unread", details=_list(_BID)),
        "awards": _list(_AWARD),
        "contracts": _list(_CONTRACT),
        "relatedProcesses": _list(_object("identifier", relationship=_list(_WORDS))),
    },
)


def _shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write numbers alike, with or without the zeros behind them."""
    return [
        {name: Decimal(cell) if name in _NUMBERS and cell is not None else cell for name, cell in row.items()}
        for row in rows
    ]


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    names = list(part) if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else []
    for name in names:
        yield part, name
        yield from _places(part[name])


@st.composite
def _releases(draw: st.DrawFn) -> list[bytes]:
    """Make releases, every other one of which has something strange somewhere."""
    releases = json.loads(json.dumps(draw(st.lists(_RELEASE, min_size=1, max_size=5))))
    for release in releases[1::2]:
        places = list(_places(release))
        owner, name = places[draw(st.integers(0, len(places) - 1))]
        owner[name] = draw(st.sampled_from(_STRANGE))
    return [json.dumps(release).encode() for release in releases]


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(_releases())
def test_any_releases_are_laid_out_as_each_alone_or_left(releases: list[bytes]) -> None:
    texts = [text for text in releases if not lines(text).left]

    laid = lines(b"\n".join(texts))

    expected: dict[str, list[dict[str, Any]]] = {grain: [] for grain in GRAINS}
    for place, text in enumerate(texts):
        for grain, cells in rows(tree_of(text) or {}):
            expected[grain].append({**dict.fromkeys(GRAINS[grain]), **cells, LINE: place})
    found = {grain: laid.rows[grain].to_dicts() if grain in laid.rows else [] for grain in GRAINS}
    assert {grain: _shown(found[grain]) for grain in GRAINS} == {
        grain: _shown(expected[grain]) for grain in GRAINS
    }
    assert laid.left == {}


_NUMBER = st.none() | st.text("0 _/-NnAaulloes1ñſ²", max_size=8) | _WORDS.map(str.strip)
_SCHEME = st.sampled_from([None, "CL-RUT", "cl-rut", "CL-RUT\n", "PY-RUC", "otra", "CL-"])


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(st.lists(st.tuples(_SCHEME, _NUMBER.map(lambda text: text or None)), max_size=5))
def test_numbers_of_registers_by_columns_are_those_of_one(pairs: list[tuple[str | None, str | None]]) -> None:
    frame = pl.DataFrame(pairs, {"scheme": pl.String, "number": pl.String}, orient="row")

    found = registers(frame["scheme"], frame["number"])

    assert found.to_list() == [registered(*pair) for pair in pairs]


def _bid(amount: str) -> bytes:
    return (
        b'{"ocid": "ocds-zz9zz1-1", "tag": ["compiled"], "bids": {"details": [{"value": {"amount": '
        + amount.encode()
        + b"}}]}}"
    )


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("1.10", "1.1"),
        ("-0.1234", "-0.1234"),
        ("1E+5", "100000"),
        ("1.5e-3", "0.0015"),
        ("0.30000000001", "0.30000000001"),
        ("1234567890123456.7891", "1234567890123456.7891"),
        ('"12.50"', "12.5"),
        ("null", None),
    ],
)
def test_an_amount_is_the_one_that_was_published(published: str, expected: str | None) -> None:
    laid = lines(_bid(published))

    amounts = laid.rows["bid"]["amount"].to_list()

    assert laid.left == {}
    assert amounts == [expected and Decimal(expected)]


@pytest.mark.parametrize(
    "published",
    [
        # Beyond what tables hold; of some of them the parser makes other numbers, and does not say so.
        *("10000000000000000", "10000000000000000000000", "1e25", "-1e22", "1e400", "NaN"),
        # More decimals than the parser keeps.
        *("0.1234567890123", "1e-13"),
        *('"1,5"', '" 5"', '""', "true", "[]", '{"amount": 1}'),
    ],
)
def test_an_amount_that_the_parser_may_lose_is_left(published: str) -> None:
    laid = lines(_bid(published))

    assert laid.rows == {}
    assert list(laid.left) == [0]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"ocid": "a", "ocid": "b"}', id="a-name-twice"),
        pytest.param('{"ocid": 5}', id="a-number-for-text"),
        pytest.param('{"ocid": "a", "tender": {"title": {"es": "a"}}}', id="an-object-for-text"),
        pytest.param('{"ocid": "a", "awards": {"id": "1"}}', id="an-object-for-a-list"),
        pytest.param('{"ocid": "a", "compiledRelease": {}}', id="a-record"),
        pytest.param('{"ocid": "a", "contracts": [{"amendment": {}}]}', id="a-part-of-ocds-1.0"),
        pytest.param('{"ocid": "\\ud800"}', id="half-a-sign"),
        pytest.param('\ufeff{"ocid": "a"}', id="a-mark-of-byte-order"),
        pytest.param('{"ocid": "a"', id="damaged"),
        pytest.param('[{"ocid": "a"}]', id="a-list"),
    ],
)
def test_lines_that_hold_anything_else_are_not_read(line: str) -> None:
    assert read(line.encode()) is None


def test_a_null_is_as_good_as_nothing_even_where_something_else_would_be_strange() -> None:
    line = b'{"ocid": "a", "date": "2024-01-01", "versionedRelease": null, "tender": {"title": "Sillas"}}'

    laid = lines(line)

    assert laid.left == {}
    assert laid.rows["contract"]["title"].to_list() == ["Sillas"]
    assert [cells["title"] for _, cells in rows(tree_of(line) or {})] == ["Sillas"]
