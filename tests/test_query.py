"""A person's own question of the tables: SQL, its answers in every form, and what it must not show."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from calling import Shell

from spendaudit.audit.query import answer, without_persons
from spendaudit.errors import UsageError
from spendaudit.model.run import Input
from spendaudit.model.tables import SCHEMAS, Tables

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
HEADER = (
    "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount,Supplier Name"
)
TWICE = (
    "Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700033,1204.36,Wishful Copiers Ltd"
)
INPUT = Input(path="x.csv", sha256="0" * 64, source="s", jurisdiction="CL", encoding="utf-8", rows_read=1,
    rows_loaded=1, rows_merged=0, rows_quarantined=0, tables={})  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    Path("spend.csv").write_text(f"{HEADER}\n{TWICE}\n{TWICE}\n", "utf-8")
    return Shell(monkeypatch, capsys)


def contracts(**row: object) -> Tables:
    rows = [{"source": "s", "file": "f", "row": 2, "contract_id": "c", **row}]
    return Tables({"contracts": pl.LazyFrame(rows, schema=SCHEMAS["contracts"])})


def test_sums_are_exact(run: Shell) -> None:
    ended = run("query", "SELECT SUM(amount) AS total FROM payments", "spend.csv", "--output-format", "json")

    assert (ended.code, json.loads(ended.out)["rows"]) == (0, [{"total": "2408.72"}])


def test_what_was_normalised_is_asked_where_no_file_is_named(run: Shell) -> None:
    run("normalize", "spend.csv")

    ended = run("query", "SELECT payee_name, COUNT(*) AS n FROM payments GROUP BY payee_name", "-o", "n.csv")

    with Path("n.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["payee_name", "n"], ["Wishful Copiers Ltd", "2"]]
    assert "Wishful Copiers Ltd" in ended.out


def test_findings_and_their_rows_can_be_joined_to_the_tables(run: Shell) -> None:
    run("audit", "spend.csv", "--select", "PAY001", "--fail-on", "never")
    sql = (
        "SELECT f.rule, f.amount, COUNT(*) AS rows FROM findings AS f JOIN members AS m "
        "ON f.fingerprint = m.fingerprint JOIN payments AS p ON m.file = p.file AND m.row = p.row "
        "GROUP BY 1, 2"
    )

    ended = run("query", sql, "--output-format", "json")

    assert json.loads(ended.out)["rows"] == [{"rule": "PAY001", "amount": "1204.36", "rows": 2}]


def test_without_a_query_tables_and_columns_are_listed(run: Shell) -> None:
    ended = run("query", "", "spend.csv")

    assert ended.code == 0
    assert "2 rows" in ended.out
    assert "amount decimal" in ended.out
    assert "date date" in ended.out


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM payment", "did you mean payments?"),
        ("SELECT amnt FROM payments", "did you mean amount?"),
        ("SELEC 1", "begins with SELECT"),
        ("DROP TABLE payments", "begins with SELECT"),
        ("/* note */ DELETE FROM payments", "begins with SELECT"),
        ("SELECT FROM WHERE", "cannot be run"),
    ],
)
def test_a_wrong_query_is_answered_in_words(run: Shell, sql: str, said: str) -> None:
    ended = run("query", sql, "spend.csv")

    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_a_comment_may_stand_before_the_query() -> None:
    tables = {"t": pl.LazyFrame({"a": [1]})}

    assert answer("-- what\n/* for */ SELECT a FROM t", tables).item() == 1


def test_an_empty_store_says_what_to_do(run: Shell) -> None:
    ended = run("query", "SELECT 1")

    assert ended.code == 3
    assert "normalise some first" in ended.err


def test_a_run_that_is_not_kept_is_an_error_if_it_was_named(run: Shell) -> None:
    assert run("query", "SELECT 1 AS one FROM payments", "spend.csv", "--run", "nope").code == 2


def test_persons_are_under_pseudonyms_and_companies_are_not() -> None:
    person = contracts(
        supplier_kind="person",
        supplier_key="CL-RUT-12345678-5",
        supplier_id="12.345.678-5",
        supplier_name="Ana Luna",
    )
    firm = contracts(
        supplier_kind="company",
        supplier_key="CL-RUT-76000000-1",
        supplier_id="76.000.000-1",
        supplier_name="Oak Ltd",
    )

    shown, people = without_persons(person, [INPUT], b"k" * 32)
    whole, nobody = without_persons(firm, [INPUT], b"k" * 32)

    names = (
        shown["contracts"]
        .select(pl.col("supplier_key", "supplier_id", "supplier_name").cast(pl.String()))
        .collect()
        .row(0)
    )
    assert people == 1
    assert len({*names}) == 1
    assert names[0].startswith("person-")
    assert nobody == 0
    assert whole["contracts"].select("supplier_name").collect().item() == "Oak Ltd"


def test_a_slip_in_a_number_hides_its_bearer_too() -> None:
    tables = contracts(supplier_kind="unknown", supplier_id="12.345.678-9", supplier_name="Ana Luna")

    shown, _ = without_persons(tables, [INPUT], b"k" * 32)

    assert shown["contracts"].select("supplier_name").collect().item().startswith("masked-")


def test_bidders_who_are_persons_are_hidden_too() -> None:
    rows = [
        {
            "source": "s",
            "file": "f",
            "row": 2,
            "bidder_id": "12.345.678-5",
            "bidder_name": "Ana Luna",
            "bidder_refs": "CL-RUT-12345678-5",
        },
        {"source": "s", "file": "f", "row": 3, "bidder_id": "76.086.428-5", "bidder_name": "Oak Ltda"},
        {"source": "s", "file": "f", "row": 4, "bidder_name": None},
    ]
    tables = Tables({"bids": pl.LazyFrame(rows, schema=SCHEMAS["bids"])})

    shown, people = without_persons(tables, [INPUT], b"k" * 32)

    found = shown["bids"].sort("row").select("bidder_id", "bidder_name").collect().rows()
    assert people == 1
    assert found[0][0] == found[0][1] != "Ana Luna"
    assert "12345678" not in shown["bids"].collect().write_csv()
    assert found[1:] == [("76.086.428-5", "Oak Ltda"), (None, None)]


def test_bids_stay_in_their_order_though_bidders_are_hidden() -> None:
    person, firm = ("12.345.678-5", "Ana Luna"), ("76.086.428-5", "Oak Ltda")
    rows = [
        {"source": "s", "file": "f", "row": row, "bidder_id": number, "bidder_name": name}
        for row in range(300)
        for number, name in [firm if row % 3 else person]
    ]
    tables = Tables({"bids": pl.LazyFrame(rows, schema=SCHEMAS["bids"])})
    shown, _ = without_persons(tables, [INPUT], b"k" * 32)

    # Rows that go astray do so by chance: of ten times, all but never.
    orders = {tuple(answer("SELECT row FROM bids", shown)["row"]) for _ in range(10)}

    assert orders == {tuple(range(300))}


def test_amounts_keep_their_scale() -> None:
    tables = contracts(amount=Decimal("0.1234"), currency="CLF")

    assert answer("SELECT amount * 3 AS a FROM contracts", tables.frames).item() == Decimal("0.3702")


def test_a_failed_query_is_a_mistake_of_its_writer() -> None:
    with pytest.raises(UsageError, match="cannot be run"):
        answer("SELECT nope(a) FROM t", {"t": pl.LazyFrame({"a": [1]})})
