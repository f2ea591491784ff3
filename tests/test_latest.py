"""Records that are published anew with every change: the last version counts, in a file and over files."""

import zipfile
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Request, normalize
from spendaudit.load.superseded import noted
from spendaudit.load.tables import open_tables
from spendaudit.model.run import Input

_CASE = "https://contrataciondelestado.es/sindicacion/licitacionesPerfilContratante/"
_AWARD = (
    "<cac:TenderResult><cbc:ResultCode>9</cbc:ResultCode><cac:WinningParty><cac:PartyName>"
    "<cbc:Name>Papelera del Invento SL</cbc:Name></cac:PartyName></cac:WinningParty>"
    "<cac:AwardedTenderedProject>"
    '<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">{}</cbc:TaxExclusiveAmount>'
    "</cac:LegalMonetaryTotal></cac:AwardedTenderedProject></cac:TenderResult>"
)


def _entry(case: int, updated: str, *amounts: str) -> str:
    awards = "".join(_AWARD.format(amount) for amount in amounts)
    return (
        f"<entry><id>{_CASE}{case}</id><updated>{updated}</updated><p:ContractFolderStatus>"
        f"<cbc:ContractFolderID>{case}/2024</cbc:ContractFolderID>{awards}</p:ContractFolderStatus></entry>"
    )


def _deleted(case: int, when: str) -> str:
    return f'<at:deleted-entry ref="{_CASE}{case}" when="{when}"/>'


def _feed(*entries: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:cbc="urn:cbc" '
        f'xmlns:cac="urn:cac" xmlns:p="urn:p" xmlns:at="urn:at">{"".join(entries)}</feed>'
    )


def _zip(path: Path, *feeds: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, feed in enumerate(feeds):
            archive.writestr(f"feed_{number}.atom", feed)
    return path


def _load(paths: Iterable[Path], store: Store) -> tuple[tuple[Input, ...], dict[str, Decimal]]:
    loaded = normalize(list(paths), store)
    assert loaded.refused == ()
    tables = open_tables(loaded.inputs, store)
    rows = tables["contracts"].collect() if "contracts" in tables else pl.DataFrame()
    assert rows.is_empty() or rows["contract_id"].is_unique().all()
    return loaded.inputs, dict(rows.select("contract_id", "amount").iter_rows()) if rows.height else {}


def _counts(entry: Input) -> tuple[int, int, int, int]:
    return entry.rows_read, entry.rows_loaded, entry.rows_merged, entry.rows_quarantined


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_the_last_version_counts_wherever_in_a_file_it_stands(tmp_path: Path, store: Store) -> None:
    new, old = _entry(1, "2024-05-09T09:00:00+02:00", "20"), _entry(1, "2024-05-08T09:00:00+02:00", "10", "5")

    for number, order in enumerate([(new, old), (old, new)]):
        one, two = (tmp_path / f"{number}{name}.zip" for name in ("together", "apart"))
        for path in (_zip(one, _feed(*order)), _zip(two, *map(_feed, order))):
            (entry,), rows = _load([path], store)
            assert _counts(entry) == (3, 1, 2, 0)
            assert rows == {"1": Decimal(20)}


def test_moments_are_compared_not_their_spellings(tmp_path: Path, store: Store) -> None:
    earlier, later = "2024-05-08T09:30:00.000+02:00", "2024-05-08T08:00:00.000Z"

    path = _zip(tmp_path / "a.zip", _feed(_entry(1, later, "20"), _entry(1, earlier, "10")))

    assert _load([path], store)[1] == {"1": Decimal(20)}


def test_of_two_versions_of_one_moment_the_later_in_the_file_counts(tmp_path: Path, store: Store) -> None:
    moment = "2024-05-08T09:00:00+02:00"

    path = _zip(tmp_path / "a.zip", _feed(_entry(1, moment, "20", "1")), _feed(_entry(1, moment, "10", "2")))

    assert _load([path], store)[1] == {"1": Decimal(10), "1a": Decimal(2)}


def test_a_version_of_an_unknown_moment_is_older_than_any_other(tmp_path: Path, store: Store) -> None:
    dated, undated = _entry(1, "2024-05-08T09:00:00Z", "20"), _entry(1, "last Friday", "10")
    apart = [tmp_path / "april.zip", tmp_path / "may.zip"]

    together = _zip(tmp_path / "together.zip", _feed(dated, undated))
    files = [_zip(path, _feed(entry)) for path, entry in zip(apart, (dated, undated), strict=True)]

    assert _load([together], store)[1] == {"1": Decimal(20)}
    assert _load(files, store)[1] == {"1": Decimal(20)}


@pytest.mark.parametrize(
    "undone",
    [_entry(1, "2024-05-09T09:00:00Z"), _deleted(1, "2024-05-09T09:00:00Z")],
    ids=["given up", "deleted"],
)
def test_an_award_that_was_undone_counts_no_more(undone: str, tmp_path: Path, store: Store) -> None:
    awarded = _entry(1, "2024-05-08T09:00:00Z", "10")
    together, apart = tmp_path / "together.zip", [tmp_path / "april.zip", tmp_path / "may.zip"]

    (entry,), rows = _load([_zip(together, _feed(undone, awarded))], store)
    _, over_files = _load([_zip(apart[0], _feed(awarded)), _zip(apart[1], _feed(undone))], store)

    assert _counts(entry) == (1, 0, 1, 0)
    assert rows == over_files == {}


def test_over_files_the_last_version_counts_in_any_order_and_the_others_say_so(
    tmp_path: Path, store: Store
) -> None:
    march = _zip(
        tmp_path / "march.zip",
        _feed(_entry(1, "2024-03-08T09:00:00Z", "10", "5"), _entry(2, "2024-03-09T09:00:00Z", "7")),
    )
    may = _zip(tmp_path / "may.zip", _feed(_entry(1, "2024-05-08T09:00:00Z", "20")))

    inputs, rows = _load([may, march], store)

    assert rows == _load([march, may], store)[1] == {"1": Decimal(20), "2": Decimal(7)}
    assert [_counts(entry) for entry in inputs] == [(1, 1, 0, 0), (3, 3, 0, 0)]
    told = [[note for note in entry.notes if "do not count" in note] for entry in noted(inputs, store)]
    assert told == [[], [f"2 of its rows in contracts do not count: {may}!feed_0.atom has a later version"]]
    assert _load([march], store)[1] == {"1": Decimal(10), "1a": Decimal(5), "2": Decimal(7)}


def test_one_version_in_two_files_counts_once(tmp_path: Path, store: Store) -> None:
    entry = _entry(1, "2024-03-31T09:00:00Z", "10")

    march = _zip(tmp_path / "march.zip", _feed(entry))
    april = _zip(tmp_path / "april.zip", _feed(_entry(2, "2024-04-01T09:00:00Z", "7"), entry))

    assert _load([march, april], store)[1] == {"1": Decimal(10), "2": Decimal(7)}


def test_a_later_version_that_cannot_be_read_does_not_bring_the_earlier_one_back(
    tmp_path: Path, store: Store
) -> None:
    feed = _feed(_entry(1, "2024-03-01T09:00:00Z", "10"), _entry(1, "2024-03-02T09:00:00Z", "ten"))

    (entry,), rows = _load([_zip(tmp_path / "a.zip", feed)], store)

    assert _counts(entry) == (2, 0, 1, 1)
    assert rows == {}


def test_what_is_forgotten_leaves_nothing_behind(tmp_path: Path, store: Store) -> None:
    path = _zip(tmp_path / "a.zip", _feed(_entry(1, "2024-03-01T09:00:00Z", "10", "ten")))
    (entry,) = normalize([path], store).inputs
    kept = {place.parts[len(store.root.parts)] for place in store.root.rglob("*.parquet")}

    assert store.forget([entry.sha256], "es_placsp") == 1
    assert kept == {"tables", "quarantine", "versions"}
    assert list(store.root.rglob("*.parquet")) == []


def test_reading_anew_leaves_no_versions_of_before(tmp_path: Path, store: Store) -> None:
    path = _zip(tmp_path / "a.zip", _feed(_entry(1, "2024-03-01T09:00:00Z", "10")))

    normalize([path], store)
    inputs = normalize([path], store, Request(period="2024")).inputs

    assert [entry.reused for entry in inputs] == [False]
    assert len(list(store.root.glob("versions/*/*/*.parquet"))) == 1
