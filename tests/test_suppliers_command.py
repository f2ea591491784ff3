"""`spendaudit suppliers` as scripts and people meet it: totals, suggestions, formats, persons, exit codes."""

import csv
import json
import subprocess
import sys
from decimal import Decimal
from inspect import signature
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from calling import Ended, Shell

from spendaudit import i18n
from spendaudit.cli.notes import Notes
from spendaudit.cli.payees import Payees
from spendaudit.cli.suppliers import suppliers
from spendaudit.enrich.merges import AT_LEAST
from spendaudit.enrich.suppliers import SPELLING

FIXTURES = Path(__file__).parents[1] / "fixtures"
ORDERS = FIXTURES / "sources" / "cl_mercado_publico_orders" / "orders_2024_12.csv"
HEADER = (
    "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount,Supplier Name"
)
PAID = {
    "Wishful Copiers Ltd": "100.50",
    "WISHFUL COPIERS LIMITED": "50.25",
    "Wishfull Copiers": "10.00",
    "Constructora Norte 1": "20.00",
    "Constructora Norte 2": "30.00",
    "=Paper Moon Ltd": "5.00",
}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a folder and a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    lines = [
        f"Wetherfold City Council,Roads,Works,2011-12-31,{number},{amount},{name}"
        for number, (name, amount) in enumerate(PAID.items())
    ]
    Path("spend.csv").write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")


class Suppliers(Shell):
    """Calls `spendaudit suppliers`."""

    def __call__(self, *arguments: str | Path) -> Ended:
        return super().__call__("suppliers", *arguments)

    def json(self, *arguments: str | Path) -> Any:
        code, out, _ = self(*arguments, "--output-format", "json")
        assert code == 0
        return json.loads(out)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Suppliers:
    return Suppliers(monkeypatch, capsys)


def test_suppliers_are_listed_with_rows_amounts_and_spellings(run: Suppliers) -> None:
    told = run.json("spend.csv")

    assert told["schema_version"] == 1
    assert told["suppliers"][0] == {
        "table": "payments",
        "supplier": "name:WISHFUL COPIERS",
        "name": "WISHFUL COPIERS LIMITED",
        "id": None,
        "kind": "company",
        "currency": "GBP",
        "rows": 2,
        "amount": "150.75",
        "spellings": 2,
    }
    assert sum(Decimal(one["amount"]) for one in told["suppliers"]) == sum(map(Decimal, PAID.values()))


def test_currencies_are_never_added_up(run: Suppliers) -> None:
    amounts = {(one["supplier"], one["currency"]) for one in run.json(ORDERS, "--show-personal")["suppliers"]}

    assert len(amounts) == len(run.json(ORDERS, "--show-personal")["suppliers"])
    assert len({currency for _, currency in amounts}) > 1


def test_a_likely_spelling_is_suggested_with_the_words_that_differ(run: Suppliers) -> None:
    (pair,) = run.json("spend.csv", "--suggest-merges", "--at-least", "80")["suggestions"]

    assert [one["supplier"] for one in pair["suppliers"]] == ["name:WISHFUL COPIERS", "name:WISHFULL COPIERS"]
    assert pair["suppliers"][0]["spellings"] == ["WISHFUL COPIERS LIMITED", "Wishful Copiers Ltd"]
    assert pair["differ"] == ["WISHFUL / WISHFULL (1 letter)"]
    assert pair["speaks_against"] == ["no number to compare"]


def test_the_table_says_that_nothing_was_merged(run: Suppliers) -> None:
    code, out, _ = run("spend.csv", "--suggest-merges", "--at-least", "80")

    assert code == 0
    assert "Wishfull Copiers" in out
    assert "Norte" not in out
    assert "nothing was merged" in out


def test_what_differs_is_told_in_spanish_and_kept_in_english(run: Suppliers) -> None:
    try:
        _, out, _ = run("spend.csv", "--suggest-merges", "--at-least", "80", "--lang", "es")
        (pair,) = run.json("spend.csv", "--suggest-merges", "--at-least", "80", "--lang", "es")["suggestions"]
    finally:
        i18n.use(i18n.ENGLISH)

    assert "WISHFUL / WISHFULL (1 letra)" in " ".join(out.split())
    assert "ningún número que comparar" in " ".join(out.split())
    assert pair["differ"] == ["WISHFUL / WISHFULL (1 letter)"]


def test_no_likely_spelling_is_said(run: Suppliers) -> None:
    code, out, _ = run("spend.csv", "--suggest-merges", "--at-least", "100")

    assert (code, out) == (0, "No two names are so alike.\n")


def test_a_file_of_no_known_portal_is_listed_by_its_mapping(run: Suppliers) -> None:
    Path("mailed.csv").write_text("Fecha;Proveedor;Monto\n05-01-2024;Luna Ltda;1.000\n", "utf-8")
    Path("mailed.toml").write_text(
        'id = "mailed"\ntable = "payments"\ncountry = ""\ncurrency = ""\n'
        '[layout]\nencoding = "utf-8"\nseparator = ";"\nquote = "\\""\n'
        '[columns.date]\nread = "date"\ncolumn = "Fecha"\npatterns = ["%d-%m-%Y"]\n'
        '[columns.payee_name]\nread = "text"\ncolumn = "Proveedor"\n'
        '[columns.amount]\nread = "money"\ncolumn = "Monto"\ndecimal = ","\n',
        "utf-8",
    )

    told = run.json("mailed.csv", "--map", "mailed.toml", "--country", "CL", "--currency", "CLP")
    _, _, said = run("mailed.csv", "--map", "mailed.toml")

    assert [(one["name"], one["amount"], one["currency"]) for one in told["suppliers"]] == [
        ("Luna Ltda", "1000", "CLP")
    ]
    assert "nothing says the currency of the amounts" in said


def test_files_are_written_in_the_formats_that_their_names_say(run: Suppliers) -> None:
    run("spend.csv", "--output", "all.csv", "--output", "all.json", "-qq")

    rows = list(csv.DictReader(StringIO(Path("all.csv").read_text("utf-8-sig"))))
    assert len(rows) == 5
    assert "'=Paper Moon Ltd" in {row["name"] for row in rows}
    assert len(json.loads(Path("all.json").read_text("utf-8"))["suppliers"]) == 5


def test_suggestions_go_to_csv_one_pair_a_line(run: Suppliers) -> None:
    _, out, _ = run("spend.csv", "--suggest-merges", "--at-least", "80", "--output-format", "csv")

    (row,) = csv.DictReader(StringIO(out))
    assert (row["one_name"], row["other_name"]) == ("WISHFUL COPIERS LIMITED", "Wishfull Copiers")


@pytest.mark.parametrize(
    "arguments",
    [("nowhere.csv",), ("spend.csv", "--output-format", "csvv"), ("spend.csv", "--output", "all.xyz"), ()],
)
def test_wrong_usage_exits_with_2(run: Suppliers, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err


def test_a_file_that_cannot_be_read_exits_with_3_and_the_others_are_listed(run: Suppliers) -> None:
    code, out, err = run("spend.csv", FIXTURES / "bad" / "html_as_csv.csv")

    assert code == 3
    assert "Wishful" in out.title()
    assert "html_as_csv.csv" in err


def test_people_are_hidden_unless_asked(run: Suppliers) -> None:
    shown = run.json(ORDERS, "--show-personal")["suppliers"]
    people = [one for one in shown if one["kind"] == "person"]
    code, out, _ = run(ORDERS, "--output-format", "json")

    assert code == 0
    assert people
    for person in people:
        assert person["name"] not in out
        assert person["id"] not in out
    hidden = [one for one in json.loads(out)["suppliers"] if one["kind"] == "person"]
    assert [one["amount"] for one in hidden] == [one["amount"] for one in people]
    assert all(one["name"].startswith("person-") for one in hidden)


def found(*rows: tuple[str, str, str | None, bool | None, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [("contracts", *row, "CLP", 1, Decimal(100)) for row in rows], schema=SPELLING, orient="row"
    )


def test_a_namesake_does_not_tell_who_a_person_is() -> None:
    """A person under a number, and the same name without one, written in another way."""
    payees = Payees.of(
        found(
            ("CL-RUT-9900004-K", "Anabel Mora Vega", "9900004-K", True, "person"),
            ("name:ANABEL MORA VEGA", "ANABEL MORA VEGA", None, None, "unknown"),
            ("name:ANNABEL MORA VEGA", "ANNABEL MORA VEGA", None, None, "unknown"),
        ),
        b"key of a test",
    )

    suggested = payees.suggestions(80, Notes(quiet=2))
    shown = json.dumps(list(suggested.entries)).upper()
    listed = payees.totals().rows.filter(pl.col("supplier") != "name:ANNABEL MORA VEGA").write_json().upper()

    assert len(list(suggested.entries)) == 3
    assert "MORA" not in shown
    assert "9900004" not in shown
    assert "MORA" not in listed
    assert "9900004" not in listed


def test_who_may_be_a_person_by_a_wrong_number_is_hidden() -> None:
    payees = Payees.of(
        found(
            ("name:ANABEL MORA VEGA", "Anabel Mora Vega", "9900004-1", False, "unknown"),
            ("name:ANABEL MORA VEGA", "ANABEL MORA VEGA", None, None, "unknown"),
            ("name:LUNA", "Luna", "S/I", False, "unknown"),
        ),
        b"key of a test",
    )

    listed = payees.totals().rows.write_json()

    assert "MORA" not in listed.upper()
    assert "9900004" not in listed
    assert '"masked-' in listed
    assert '"Luna"' in listed


def test_pairs_that_numbers_tell_apart_are_counted_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    payees = Payees.of(
        found(
            ("CL-RUT-76000001-4", "Luna Ltda", "76000001-4", True, "company"),
            ("CL-RUT-76000002-2", "Luna Ltda", "76000002-2", True, "company"),
        ),
        None,
    )

    assert list(payees.suggestions(85, Notes()).entries) == []
    assert "1 pair of like names left out" in capsys.readouterr().err


def test_the_lowest_score_is_the_same_in_help_and_in_code() -> None:
    assert signature(suppliers).parameters["at_least"].default == AT_LEAST


def test_the_same_input_gives_the_same_bytes(run: Suppliers) -> None:
    assert run("spend.csv", "--suggest-merges") == run("spend.csv", "--suggest-merges")


def test_help_and_totals_load_no_library_for_matching() -> None:
    code = (
        "import sys\nsys.argv = ['spendaudit', 'suppliers', 'spend.csv', '-qq']\n"
        "from spendaudit.__main__ import main\nmain()\nsys.exit('rapidfuzz' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 our own command
