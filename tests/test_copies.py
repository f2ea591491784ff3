"""A purchase counts once, however often its file is given: plain, packed, or packed once more."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from calling import Shell

DEMO = Path(__file__).parents[1] / "fixtures" / "demo" / "purchase_orders_2024.csv"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a release in it, and a store beside it."""
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "orders.csv").write_bytes(DEMO.read_bytes())
    return folder


def zipped(path: Path, *members: tuple[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)


def audited(run: Shell, path: Path) -> tuple[list[dict[str, str]], dict[str, list[str]], str]:
    """Return the findings, the names of the files that count with their notes, and what was said."""
    _, out, err = run("audit", path, "--output-format", "json")
    told = json.loads(out)
    return told["findings"], {Path(one["path"]).name: one["notes"] for one in told["run"]["inputs"]}, err


def test_what_lies_beside_its_own_archive_counts_once(folder: Path, run: Shell) -> None:
    alone, _, _ = audited(run, folder)
    content = DEMO.read_bytes()
    zipped(folder / "orders.zip", ("orders.csv", content), ("again.csv", content))
    (folder / "orders.csv.gz").write_bytes(gzip.compress(content))

    found, counted, said = audited(run, folder)

    assert found == alone
    copies = ", ".join(
        str(folder / name) for name in ("orders.csv.gz", "orders.zip!orders.csv", "orders.zip!again.csv")
    )
    assert [*counted] == ["orders.csv"]
    assert counted["orders.csv"][-1] == f"the same rows stand in {copies}, and count once"
    assert said.splitlines() == [
        f"passed over {folder / name}: it holds the same rows as {folder / 'orders.csv'}"
        for name in ("orders.csv.gz", "orders.zip!orders.csv", "orders.zip!again.csv")
    ]


def test_of_many_copies_the_first_are_named(folder: Path, run: Shell) -> None:
    for place in range(5):
        zipped(folder / f"{place}.zip", (f"{place}.csv", DEMO.read_bytes()))

    _, counted, said = audited(run, folder)

    [[*_, note]] = counted.values()
    assert [*counted] == ["0.zip!0.csv"]
    assert note.endswith("3.zip!3.csv, ..., and count once")
    assert said.count("it holds the same rows as") == 3
    assert f"passed over 2 more copies of other files: {folder / '4.zip!4.csv'}, " in said


def test_a_copy_under_another_name_is_told(folder: Path, run: Shell) -> None:
    (folder / "orders (1).csv").write_bytes(DEMO.read_bytes())

    _, counted, said = audited(run, folder)

    assert [*counted] == ["orders (1).csv"]
    assert said == f"passed over {folder / 'orders.csv'}: it is {folder / 'orders (1).csv'} once more\n"


def test_a_store_that_holds_a_release_twice_counts_it_once(folder: Path, run: Shell) -> None:
    zipped(folder / "orders.zip", ("orders.csv", DEMO.read_bytes()))
    twice, counted, _ = audited(run, folder)

    again, of_store, said = audited(run, folder.parent / "store")

    assert [one["fingerprint"] for one in again] == [one["fingerprint"] for one in twice]
    assert len(of_store) == len(counted) == 1
    assert "it holds the same rows as" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b";4641000;", b";4641001;"),
        (b"HOSPITAL", b"HOSTERIA"),
    ],
)
def test_a_release_that_differs_in_one_cell_is_no_copy(
    old: bytes, new: bytes, folder: Path, run: Shell
) -> None:
    content = DEMO.read_bytes()
    changed = content.replace(old, new, 1)
    zipped(folder / "orders.zip", ("orders.csv", changed))

    _, counted, said = audited(run, folder)

    assert changed != content
    assert [*counted] == ["orders.csv", "orders.zip!orders.csv"]
    assert said == ""


def test_a_release_that_differs_in_its_last_row_alone_is_no_copy(folder: Path, run: Shell) -> None:
    names = ("Body Name", "Service Area", "Expenses Type", "Invoice Payment Date", "Transaction Number")
    header = ",".join((*names, "Net Amount", "Supplier Name"))
    rows = [f"Wetherfold,Parks,Hire,2011-12-31,{number},1.25,Paper Moon Ltd" for number in range(300)]
    (folder / "orders.csv").unlink()
    for name, amount in (("a", "1.25"), ("b", "1.26"), ("c", "1.25")):
        last = f"Wetherfold,Parks,Hire,2011-12-31,300,{amount},Paper Moon Ltd"
        zipped(folder / f"{name}.zip", (f"{name}.csv", "\n".join([header, *rows, last, ""]).encode()))

    _, counted, said = audited(run, folder)

    assert [*counted] == ["a.zip!a.csv", "b.zip!b.csv"]
    assert said.count("it holds the same rows as") == 1
