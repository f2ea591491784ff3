"""Whatever a portal published is loaded with every row accounted for, or refused in plain words."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from spendaudit.errors import BUG, SpendauditError
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Loaded, normalize

#: The least share of rows that say when, how much, who bought and who sold, where a file is of the source.
#: Where none is stated, the portal does not publish it, or not in every file.
SAYS: Mapping[str, Mapping[str, float]] = {
    "br_transparencia_despesas": {"date": 1.0, "amount": 1.0, "buyer": 1.0, "supplier": 0.5},
    "cl_dipres_execution": {"amount": 1.0, "buyer": 1.0},
    "cl_dipres_law": {"amount": 1.0, "buyer": 1.0},
    "cl_municipal_budget": {"amount": 0.99},
    "cl_municipal_payments": {"amount": 1.0, "supplier": 0.99},
    "co_secop2_contracts": {"date": 0.75, "amount": 1.0, "buyer": 1.0, "supplier": 1.0},
    "gb_spend": {"date": 0.99, "amount": 0.99, "supplier": 0.8},
    "mx_compranet_contracts": {"date": 1.0, "amount": 1.0, "buyer": 1.0, "supplier": 0.99},
    "mx_federalised_spending": {"date": 1.0, "amount": 0.99, "buyer": 1.0},
    "mx_pef": {"date": 1.0, "amount": 1.0, "buyer": 1.0},
    "mx_shcp_transfers": {"date": 1.0, "amount": 1.0, "buyer": 1.0},
    "pe_seace_direct_awards": {"date": 1.0, "amount": 1.0, "buyer": 1.0, "supplier": 0.99},
    "us_usaspending_contracts": {"date": 1.0, "amount": 1.0, "buyer": 1.0, "supplier": 1.0},
}

FOLDERS = (
    *("albania", "argentina", "australia", "brazil", "chile", "colombia", "eu", "india", "mexico", "ocds"),
    *("paraguay", "peru", "spain", "uk", "us"),
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_file_is_loaded_with_closed_arithmetic_or_refused_with_a_hint(
    folder: str, real_data: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path)

    for path in sorted(path for path in (real_data / folder).rglob("*") if path.is_file()):
        loaded = normalize([path], store)
        assert loaded.inputs or loaded.refused or loaded.passed_over, path
        _check_refused(loaded, path)
        _check_loaded(loaded, path)


def test_every_folder_of_real_files_is_walked(real_data: Path) -> None:
    assert {path.name for path in real_data.iterdir() if path.is_dir()} == set(FOLDERS)


def _check_refused(loaded: Loaded, path: Path) -> None:
    for refused in loaded.refused:
        assert isinstance(refused.error, SpendauditError), path
        assert refused.error.exit_code != BUG, path
        # What describes a file may be at fault instead of the file.
        assert path.name in refused.error.message or "datapackage.json" in refused.error.message
        assert refused.error.hint, path


def _check_loaded(loaded: Loaded, path: Path) -> None:
    for entry in loaded.inputs:
        first = next(iter(entry.tables.values()))
        assert first.read == entry.rows_read, path
        assert sum(entry.quarantine.values()) >= entry.rows_quarantined, path
        said = next(iter(entry.filled.values()), {})
        if said:
            least = SAYS.get(entry.source, {})
            lacking = {what for what, share in least.items() if said.get(what, share) < share}
            assert lacking == set(), (path, said)
