"""Reference lists as people give them: what is read of a file, what is refused, what rules make of it."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from calling import Ended, Shell
from openpyxl import Workbook

from spendaudit.rules import load_rules

FIXTURES = Path(__file__).parents[1] / "fixtures"
LISTS = FIXTURES / "lists"
ORDERS = FIXTURES / "demo" / "purchase_orders_2024.csv"
MEXICAN = FIXTURES / "sources" / "mx_compranet_contracts" / "contracts_2018.csv"
#: Orders none of which is put aside.
WHOLE = FIXTURES / "sources" / "cl_mercado_publico_orders" / "orders_2026_08.csv"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a folder and a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))


class Audit(Shell):
    """Audits the bundled orders."""

    def __call__(self, *arguments: str | Path, file: str | Path = ORDERS) -> Ended:
        return super().__call__("audit", file, *arguments)

    def told(self, rules: str, *lists: str, file: str | Path = ORDERS) -> dict[str, Any]:
        """What JSON tells of these rules with these lists."""
        options = [word for one in lists for word in ("--list", one)]
        _, out, err = self("--select", rules, "--output-format", "json", *options, file=file)
        assert out, err
        report: dict[str, Any] = json.loads(out)
        return report


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Audit:
    return Audit(monkeypatch, capsys)


def contracts(report: dict[str, Any], rule: str) -> list[list[str]]:
    return sorted(
        sorted(member["id"] for member in finding["members"])
        for finding in report["findings"]
        if finding["rule"] == rule
    )


def given(name: str, file: str) -> str:
    return f"{name}={LISTS / file}"


def test_a_supplier_is_found_by_its_number_on_the_first_and_the_last_day_of_its_sanction(run: Audit) -> None:
    report = run.told("SUP002", given("sanctions", "sanctions.csv"))

    assert contracts(report, "SUP002") == [["7100-104-SE24", "7100-105-SE24"]]
    assert {finding["severity"] for finding in report["findings"]} == {"high"}


def test_a_name_alone_is_a_lead_of_low_severity_that_says_so(run: Audit) -> None:
    report = run.told("SUP015", given("sanctions", "sanctions.csv"))

    # The printer has another valid number than the listed one of its name, and the builder is known by it.
    assert contracts(report, "SUP015") == [
        ["5001-106-AG24", "5001-107-AG24"], ["5001-119-AG24"], ["7100-118-SE24"],
    ]  # fmt: skip
    assert {finding["severity"] for finding in report["findings"]} == {"low"}
    assert all(finding["message"].startswith("A lead by name alone: ") for finding in report["findings"])


def test_every_row_of_a_list_is_loaded_merged_or_put_aside(run: Audit) -> None:
    report = run.told("SUP002", given("sanctions", "sanctions.csv"))

    (read,) = [one for one in report["run"]["inputs"] if one["source"] == "list_sanctions"]
    assert [read[f"rows_{what}"] for what in ("read", "loaded", "merged", "quarantined")] == [9, 5, 1, 3]
    assert read["path"] == str(LISTS / "sanctions.csv")
    assert "1 of 3 numbers is no valid tax number of CL: no supplier is known by such a one" in read["notes"]


def test_the_table_says_why_rows_of_a_list_were_put_aside(run: Audit) -> None:
    _, out, _ = run("--select", "SUP002", "--list", given("sanctions", "sanctions.csv"))

    for reason in (
        "it ends before it begins",
        "it has no name or party_id",
        "valid_from cannot be read as a date",
    ):
        assert f"1 row quarantined: {reason}" in out


def test_beside_data_of_several_countries_a_number_needs_its_scheme(run: Audit, tmp_path: Path) -> None:
    for name in ("orders.csv", "contracts_2018.csv"):
        file = ORDERS if name == "orders.csv" else MEXICAN
        (tmp_path / "both" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "both" / name).write_bytes(file.read_bytes())
    stated = tmp_path / "stated.csv"
    stated.write_text("party_id,scheme\n96.991.004-7,CL\n", "utf-8")

    bare = run.told("SUP002", given("sanctions", "sanctions.csv"), file=tmp_path / "both")
    told = run.told("SUP002", f"sanctions={stated}", file=tmp_path / "both")

    (read,) = [one for one in bare["run"]["inputs"] if one["source"] == "list_sanctions"]
    assert contracts(bare, "SUP002") == []
    assert any("3 of 3 numbers cannot be judged" in note for note in read["notes"])
    assert [len(ids) for ids in contracts(told, "SUP002")] == [8]


def test_a_list_changes_the_name_of_the_run(run: Audit) -> None:
    names = {
        run.told("SUP002,TIM008", *lists)["run"]["id"]
        for lists in ((), (given("sanctions", "sanctions.csv"),), (given("holidays", "holidays.csv"),), ())
    }

    assert len(names) == 3


def test_without_a_list_its_rules_name_the_option(run: Audit) -> None:
    asked = "SUP001,SUP002,SUP003,SUP007,SUP009,SUP015,SUP016,COM007,TIM011"
    reasons = {rule["id"]: rule["reason"] for rule in run.told(asked)["rules"]}

    for name, rules in {
        "sanctions": ("SUP002", "SUP015"),
        "connections": ("SUP009",),
        "registry": ("SUP001", "SUP003", "SUP007", "SUP016"),
        "plan": ("COM007",),
        "election_dates": ("TIM011",),
    }.items():
        for rule in rules:
            assert f"--list {name}=FILE" in reasons[rule], rule


def test_strict_minds_that_a_rule_lacks_the_list_that_it_was_asked_with(run: Audit) -> None:
    strict = ("--select", "SUP009", "--strict", "--fail-on", "never")
    without, _, _ = run(*strict, file=WHOLE)
    listed, _, _ = run(*strict, "--list", given("connections", "connections.csv"), file=WHOLE)

    assert (without, listed) == (4, 0)


@pytest.mark.parametrize(
    ("rule", "lists"),
    [("SUP001", {"registry"}), ("SUP007", {"registry"}), ("SUP002", {"sanctions"}), ("TIM008", set())],
)
def test_a_rule_knows_which_lists_it_cannot_do_without(rule: str, lists: set[str]) -> None:
    asked = load_rules()[rule]

    assert asked.lists(asked.params()) == lists


def test_a_register_tells_who_is_new_gone_or_in_one_house(run: Audit) -> None:
    report = run.told("SUP001,SUP003,SUP007", given("registry", "registry.csv"))

    # Registered on 11 September 2023: 10 September 2024 is the last day of its first year.
    assert contracts(report, "SUP001") == [["7003-103-SE24"], ["7100-114-SE24"]]
    # In its register until 18 June 2024, the day of another contract.
    assert contracts(report, "SUP003") == [["7002-105-TD24"], ["7003-107-SE24"]]
    assert contracts(report, "SUP007") == [
        ["5001-110-SE24", "5001-111-SE24"],
        ["7100-112-SE24", "7100-113-SE24", "7100-120-SE24", "7100-121-SE24"],
    ]


def test_only_contracts_whose_supplier_is_in_the_register_count_as_judged(run: Audit) -> None:
    (rule,) = run.told("SUP001", given("registry", "registry.csv"))["rules"]

    assert rule["evaluated"] == 14
    assert "66 of 80 contracts lack a day on which the supplier was registered" in rule["reason"]


def test_headers_are_read_by_their_words_and_told(run: Audit) -> None:
    report = run.told("SUP001", given("registry", "registro.csv"))

    (read,) = [one for one in report["run"]["inputs"] if one["source"] == "list_registry"]
    assert contracts(report, "SUP001") == [["7003-103-SE24"], ["7100-114-SE24"]]
    (note,) = read["notes"]
    assert note == (
        "read party_id from `RUT`, name from `Razón social`, registered_on from `Fecha de registro`; "
        "not used: `Giro`"
    )


def test_days_that_may_be_months_are_refused(run: Audit) -> None:
    code, _, err = run("--list", given("registry", "ambiguous.csv"))

    assert code == 2
    assert "leaves open how to read Fecha de registro" in err
    assert "write dates as 2024-01-31" in err


def test_a_mapping_beside_the_list_answers_what_its_headers_leave_open(run: Audit, tmp_path: Path) -> None:
    mapping = tmp_path / "register.toml"
    mapping.write_text(
        'id = "register"\ntable = "parties"\ncountry = "CL"\nignored = ["Razón social"]\n'
        '[layout]\nseparator = ";"\n'
        '[columns.party_id]\nread = "text"\ncolumn = "RUT"\n'
        '[columns.registered_on]\nread = "date"\ncolumn = "Fecha de registro"\npatterns = ["%d/%m/%Y"]\n',
        "utf-8",
    )
    report = run.told("SUP001", f"registry={LISTS / 'ambiguous.csv'},{mapping}")

    assert contracts(report, "SUP001") == [["7003-103-SE24"], ["7100-114-SE24"]]


def test_a_mapping_of_another_table_is_refused(run: Audit, tmp_path: Path) -> None:
    mapping = tmp_path / "pay.toml"
    mapping.write_text(
        'id = "pay"\ntable = "payments"\n[columns.payee_name]\nread = "text"\ncolumn = "RUT"\n', "utf-8"
    )
    code, _, err = run("--list", f"registry={LISTS / 'ambiguous.csv'},{mapping}")

    assert code == 2
    assert "fills payments, and a register is parties" in err


def test_a_workbook_is_a_list_too(run: Audit, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["party_id", "registered_on"], ["77.991.013-K", "2023-09-11"]):
        sheet.append(row)
    book.save(tmp_path / "register.xlsx")
    report = run.told("SUP001", f"registry={tmp_path / 'register.xlsx'}")

    assert contracts(report, "SUP001") == [["7003-103-SE24"], ["7100-114-SE24"]]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sanction=x.csv", "did you mean sanctions?"),
        ("registry", "--list registry names no file"),
        ("sanctions=", "--list sanctions= names no file"),
        ("sanctions=nowhere.csv", "there is no file nowhere.csv"),
        ("holidays=ZZ", "no public holidays are known of ZZ"),
        ("registry=lists/plan.csv", "plan.csv has no column party_id, which --list registry needs"),
        ("plan=lists/registry.csv", "registry.csv has no column buyer_id or buyer_name"),
        ("election_dates=bad/header_only.csv", "holds a header and no rows"),
        ("sanctions=bad/empty.csv", "is empty (0 bytes)"),
    ],
)
def test_what_is_no_list_is_refused_in_plain_words(
    run: Audit, monkeypatch: pytest.MonkeyPatch, word: str, said: str
) -> None:
    monkeypatch.chdir(FIXTURES)
    code, out, err = run("--list", word)

    assert code in {2, 3}
    assert not out
    assert said in err


def test_a_column_that_stands_twice_is_refused(run: Audit, tmp_path: Path) -> None:
    twice = tmp_path / "twice.csv"
    twice.write_text("party_id,party_id\n76.991.001-8,76.991.002-6\n", "utf-8")
    code, _, err = run("--list", f"sanctions={twice}")

    assert code == 3
    assert "has party_id in its header twice" in err


def test_public_holidays_are_those_of_the_country_of_the_data(run: Audit) -> None:
    plain, listed = (run.told("TIM008", *lists) for lists in ((), ("holidays",)))

    new = [found for found in contracts(listed, "TIM008") if found not in contracts(plain, "TIM008")]
    assert new == [["5001-111-SE24"], ["5001-113-TD24"], ["7100-103-SE24"]]
    (labour,) = [one for one in listed["findings"] if one["members"][0]["id"] == "5001-113-TD24"]
    assert labour["message"].endswith("signed on 2024-05-01, a Wednesday, Día Nacional del Trabajo")
    assert [one["path"].partition(":")[2] for one in listed["run"]["inputs"]][-1] == " CL"


def test_a_file_of_holidays_takes_the_place_of_the_country_s(run: Audit) -> None:
    report = run.told("TIM008", given("holidays", "holidays.csv"))

    (bridge,) = [one for one in report["findings"] if one["starts"] == "2024-01-11"]
    assert bridge["message"].endswith("a Thursday, Día del puente")


def test_without_the_package_the_way_on_is_told(run: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name == "holidays":
            raise ModuleNotFoundError(name)
        return imported(name, package)

    monkeypatch.setattr("spendaudit.enrich.calendar.import_module", without)
    code, _, err = run("--list", "holidays")

    assert code == 2
    assert "pip install 'spendaudit[holidays]'" in err


def test_the_names_and_numbers_of_listed_persons_are_masked(run: Audit) -> None:
    lists = (given("connections", "connections.csv"), given("sanctions", "sanctions.csv"))
    _, out, _ = run("--select", "SUP009,SUP015", *(word for one in lists for word in ("--list", one)))

    assert "on a list of connections" in out
    for name in ("CELMIRA", "9.901.015", "GÜENTELAO", "Güentelao"):
        assert name not in out


def test_a_store_is_audited_without_the_lists_of_other_runs(run: Audit, tmp_path: Path) -> None:
    run("--list", given("sanctions", "sanctions.csv"))
    report = run.told("SUP002", file=tmp_path / "store")

    assert [one["source"] for one in report["run"]["inputs"]] == ["cl_mercado_publico_orders"]
    assert report["rules"][0]["status"] == "not evaluable"


def test_a_list_is_read_once_and_found_again_by_its_content(run: Audit, tmp_path: Path) -> None:
    run("--list", given("sanctions", "sanctions.csv"))
    (kept,) = (tmp_path / "store" / "tables" / "parties").rglob("*.parquet")
    written = kept.stat().st_mtime_ns
    report = run.told("SUP002", given("sanctions", "sanctions.csv"))

    assert kept.stat().st_mtime_ns == written
    assert contracts(report, "SUP002") == [["7100-104-SE24", "7100-105-SE24"]]
