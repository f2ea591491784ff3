"""The files of other forms than text are read as the portals' are, and are the same every time."""

import subprocess
import sys
from pathlib import Path

import pytest

from spendaudit.ingest.store import Store
from spendaudit.load.normalize import normalize

BENCH = Path(__file__).parents[1] / "bench"
AWARDS = 60


def _made(form: str, path: Path) -> Path:
    options = (form, f"--records={AWARDS}", f"--out={path}")
    subprocess.run((sys.executable, str(BENCH / "forms.py"), *options), check=True, timeout=60)  # noqa: S603
    return path


@pytest.mark.parametrize(
    ("form", "name", "source", "merged"),
    [
        ("workbook", "awards.xlsx", "pe_seace_direct_awards", 0),
        ("JSON lines", "awards.jsonl", "ocds", 0),
        # Every fifth process is told in three releases: of a tender, an award, a contract.
        ("JSON package", "awards.json", "ocds", 2 * AWARDS // 5),
        ("XML feeds", "awards.zip", "es_placsp", None),
    ],
)
def test_every_award_is_loaded(form: str, name: str, source: str, merged: int | None, tmp_path: Path) -> None:
    path = _made(form, tmp_path / name)

    (entry,) = normalize([path], Store(tmp_path / "store")).inputs

    assert entry.source == source
    assert entry.rows_quarantined == 0
    if merged is None:  # a row a lot, of one or two, and a third of the cases told twice
        assert AWARDS < entry.rows_loaded < 2 * AWARDS
        assert entry.rows_merged >= AWARDS // 3
    else:
        assert (entry.rows_loaded, entry.rows_merged) == (AWARDS, merged)
    assert _made(form, tmp_path / f"again_{name}").read_bytes() == path.read_bytes()
