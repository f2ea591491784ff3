"""A header that two sources explain equally well is of neither, until a person says of which."""

from dataclasses import replace
from pathlib import Path

import pytest

from spendaudit.errors import UsageError
from spendaudit.ingest.archive import published
from spendaudit.load.recognise import recognise
from spendaudit.sources import load_sources
from spendaudit.sources._source import Source

LEDGER = Path(__file__).parents[1] / "fixtures" / "sources" / "gb_spend" / "ledger.csv"


def _called(source: Source, name: str) -> Source:
    return replace(source, id=name, shapes=tuple(replace(shape, id=name) for shape in source.shapes))


def _twins() -> dict[str, Source]:
    """Two sources that read the same columns; the shapes of the first also stand twice among its own."""
    first = _called(load_sources()["gb_spend"], "zz_first")
    doubled = replace(first, shapes=(*first.shapes, *first.shapes, replace(first, shapes=())))
    return {"zz_first": doubled, "zz_second": _called(first, "zz_second")}


def test_a_file_that_may_be_of_two_portals_is_refused() -> None:
    with pytest.raises(UsageError, match=r"ledger\.csv could be of zz_first or zz_second") as refused:
        recognise(published(LEDGER)[0], _twins())

    assert refused.value.hint == "say which: --source zz_first"


def test_a_person_may_say_of_which_it_is() -> None:
    (part,) = published(LEDGER)

    assert recognise(part, _twins(), source_id="zz_second").source.id == "zz_second"
