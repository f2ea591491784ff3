"""`spendaudit init`, `spendaudit config`, and what commands take from the configuration."""

import csv
import io
import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from calling import Shell
from jsonschema import Draft202012Validator
from typer.main import get_command

from spendaudit.cli.app import app
from spendaudit.cli.configuration import starter
from spendaudit.cli.configuration_schema import json_schema
from spendaudit.config import KEYS, Kind
from spendaudit.rules import load_rules

PAID_TWICE = """\
Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount,Supplier Name
Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700033,1204.36,Wishful Copiers Ltd
Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700033,1204.36,Wishful Copiers Ltd
"""


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a folder of its own, with a file of spending in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    (tmp_path / "spend.csv").write_text(PAID_TWICE, "utf-8")


class Audit(Shell):
    """Calls the entry point, and tells which rules an audit asks."""

    def rules_asked(self, *arguments: str) -> list[str]:
        """Name the rules that an audit asked."""
        _, out, err = self("audit", "spend.csv", "--output-format", "json", "-q", *arguments)
        assert out, err
        return [one["id"] for one in json.loads(out)["rules"]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Audit:
    return Audit(monkeypatch, capsys)


def settle(content: str, name: str = "spendaudit.toml") -> None:
    Path(name).write_text(content, "utf-8")


def uncommented() -> str:
    """Every line of the starter that is TOML, set."""
    return "\n".join(
        match["toml"]
        for match in re.finditer(r'^# (?P<toml>\[+[\w.-]+\]+|["\w.-]+ = .+)$', starter(), re.MULTILINE)
    )


def test_the_option_goes_before_the_variable_and_that_before_the_file(
    run: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle('select = ["PAY001"]\n', "pyproject.toml")
    assert len(run.rules_asked()) > 50
    settle('[tool.spendaudit]\nselect = ["PAY001"]\n', "pyproject.toml")
    assert run.rules_asked() == ["PAY001"]
    settle('select = ["PAY002"]\n')
    assert run.rules_asked() == ["PAY002"]
    monkeypatch.setenv("SPENDAUDIT_SELECT", "PAY003")
    assert run.rules_asked() == ["PAY003"]

    assert run.rules_asked("--select", "PAY001") == ["PAY001"]


def test_settings_of_rules_go_by_setting(run: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    settle('select = ["SPL001"]\n[rules.SPL001]\ndays = 60\nlimit = 5000\n')
    monkeypatch.setenv("SPENDAUDIT_PARAM", "SPL001.days=70")

    _, out, _ = run("audit", "spend.csv", "--output-format", "json", "-q", "--param", "SPL001.limit=7000")

    held = json.loads(out)["run"]["settings"]["rules"]["SPL001"]
    assert (held["days"], Decimal(held["limit"])) == (70, Decimal(7000))


def test_the_exit_code_the_store_and_the_outputs_can_be_settled(
    run: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPENDAUDIT_STORE")
    settle('fail-on = "never"\nstore = "kept"\noutput = "found.csv"\noutput-format = "json"\n')

    code, out, _ = run("audit", "spend.csv", "-q", "--select", "PAY001")

    assert code == 0
    assert json.loads(out)["findings"]
    assert Path("kept/tables").is_dir()
    assert "PAY001" in Path("found.csv").read_text("utf-8-sig")


def test_a_settled_output_of_audits_is_not_written_over_by_other_lists(run: Audit) -> None:
    settle('output = "found.csv"\n')

    run("suppliers", "spend.csv", "-q")

    assert not Path("found.csv").exists()


def test_rules_are_settled_for_what_asks_rules_and_the_store_for_all(
    run: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`select` of `baseline write` means findings, of which PAY is none."""
    monkeypatch.delenv("SPENDAUDIT_STORE")
    settle('select = ["PAY"]\nstore = "kept"\n')
    run("audit", "spend.csv", "-q")

    wrote = run("baseline", "write", "known.toml", "--reason", "looked at")
    asked = run("query", "SELECT count(*) FROM payments")

    assert wrote[0] == 0, wrote[2]
    assert Path("known.toml").exists()
    assert asked[0] == 0, asked[2]
    assert "2" in asked[1]


def test_the_users_limits_are_told_in_the_run_and_name_it(run: Audit) -> None:
    def told() -> dict[str, Any]:
        _, out, err = run("audit", "spend.csv", "--output-format", "json", "-q", "--select", "SPL001")
        assert out, err
        told: dict[str, Any] = json.loads(out)["run"]
        return told

    before = told()
    settle("[limits.cl-compra-agil]\namount = 20.5\nfrom = 2024-01-01\n")

    after = told()

    assert "limits" not in before["settings"]
    assert after["settings"]["limits"] == {"cl-compra-agil": [{"amount": "20.5", "from": "2024-01-01"}]}
    assert after["id"] != before["id"]


def test_another_file_can_be_named_and_an_empty_one_settles_nothing(run: Audit) -> None:
    settle('select = ["PAY001"]\n')
    settle('select = ["PAY002"]\n', "ci.toml")
    settle("", "none.toml")

    assert run.rules_asked("--config", "ci.toml") == ["PAY002"]
    assert len(run.rules_asked("--config", "none.toml")) > 50


def test_a_wrong_setting_stops_a_command_before_its_work_but_not_its_help(run: Audit) -> None:
    settle("fial-on = 'low'\n")

    code, out, err = run("audit", "spend.csv")

    assert (code, out) == (2, "")
    assert "spendaudit.toml: there is no setting fial-on" in err
    assert "did you mean fail-on?" in err
    assert not Path("store").exists()
    assert run("audit", "--help")[0] == 0


def test_init_writes_a_file_that_settles_nothing_and_does_not_write_over_one(run: Audit) -> None:
    code, out, err = run("init")

    assert (code, out) == (0, "")
    assert "spendaudit config --origin" in err
    assert tomllib.loads(Path("spendaudit.toml").read_text("utf-8")) == {}
    assert {one["origin"] for one in shown(run)} <= {"default", "SPENDAUDIT_STORE"}

    settle("strict = true\n")
    code, _, err = run("init")

    assert code == 2
    assert "spendaudit.toml is there already" in err
    assert Path("spendaudit.toml").read_text("utf-8") == "strict = true\n"


def test_init_says_that_there_is_no_folder(run: Audit) -> None:
    assert "there is no folder gone" in run("init", "gone")[2]


def test_what_the_starter_shows_holds_when_it_is_uncommented(run: Audit) -> None:
    settle(uncommented())

    settings = {one["setting"]: one["value"] for one in shown(run)}

    assert {key.name for key in KEYS} <= set(settings)
    assert settings["fail-on"] == "high"
    assert settings["rules.SPL001.days"] == "60"
    assert {settings[f"rules.BUD{rule}.floor"] for rule in ("002", "004", "008", "013")} == {"10000000"}
    assert settings["buyer-tiers.890000001"] == "budget-120000"
    assert settings["score.weights.SPL001"] == "5"
    assert {"limits.cl-compra-agil", "limits.our-small-purchases"} <= set(settings)


def shown(run: Audit) -> list[dict[str, Any]]:
    code, out, err = run("config", "--output-format", "json")
    assert (code, err) == (0, "")
    listed: list[dict[str, Any]] = json.loads(out)["settings"]
    return listed


def test_every_value_tells_where_it_comes_from(run: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    settle("[tool.spendaudit]\nstrict = true\n[tool.spendaudit.rules.SPL001]\ndays = 50\n", "pyproject.toml")
    settle("[rules.split-purchases]\ndays = 60\n[score.weights]\nSPL = 2.5\n")
    monkeypatch.setenv("SPENDAUDIT_FAIL_ON", "low")
    here = Path.cwd()

    told = {one["setting"]: (one["value"], one["origin"]) for one in shown(run)}

    assert told["fail-on"] == ("low", "SPENDAUDIT_FAIL_ON")
    assert told["strict"] == (True, str(here / "pyproject.toml"))
    assert told["rules.SPL001.days"] == ("60", str(here / "spendaudit.toml"))
    assert told["score.weights.SPL"] == ("2.5", str(here / "spendaudit.toml"))
    assert told["select"] == ([], "default")
    assert told["store"] == (str(here / "store"), "SPENDAUDIT_STORE")


def test_origins_are_a_column_of_the_table_when_asked_for_and_of_csv_always(run: Audit) -> None:
    settle("strict = true\n")

    plain, told = run("config")[1], run("config", "--origin")[1]
    rows = list(csv.DictReader(io.StringIO(run("config", "--output-format", "csv")[1])))

    assert "spendaudit.toml" not in plain
    assert re.search(r"^strict +true +\S+spendaudit\.toml$", told, re.MULTILINE)
    assert [row["value"] for row in rows if row["setting"] == "strict"] == ["true"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('select = ["PAY1"]\n', "select: no rule is called 'PAY1'"),
        ("[rules.SPL001]\ndays = 9999\n", "SPL001.days: must be at most"),
        ("[rules.SPL001]\ndays = true\n", "SPL001.days: must be a whole number (got true)"),
        ("[rules.SPL001]\ndas = 9\n", "SPL001 has no setting 'das'"),
        ("[rules.SPL999]\n", ""),
        ("[rules.SPL999]\ndays = 1\n", "no rule is called 'SPL999'"),
        ("[limits.cl-compra-agl]\namount = 1\n", "limits.cl-compra-agl: no such series ships"),
        ('[buyer-tiers]\n1 = "x"\n', "buyer-tiers.1: no ceiling asks for the tier x"),
        ("[score.weights]\nZZZ = 1\n", "score.weights: "),
        ('output-format = "yaml"\n', "output-format: there is no format yaml"),
    ],
)
def test_what_no_command_could_use_is_refused_with_its_file(run: Audit, content: str, told: str) -> None:
    settle(content)

    code, _, err = run("config")

    assert (code, told in err) == ((2, True) if told else (0, True))
    assert not told or "spendaudit.toml: " in err


def test_defaults_of_keys_are_those_of_the_commands() -> None:
    """A key that is nobody's option would settle nothing."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for key in KEYS:
        found = [
            parameter
            for name, command in commands.items()
            for parameter in command.params
            if parameter.name == key.parameter and (not key.commands or name in key.commands)
        ]
        # The language is chosen before there are commands.
        assert found or key.name == "lang", key.name
        for parameter in found:
            default = getattr(parameter.default, "value", parameter.default)
            expected = list(key.default) if isinstance(key.default, tuple) else key.default
            assert default == expected or (default is None and expected == []), key.name
            if key.choices:
                assert tuple(one.value for one in type(parameter.default)) == key.choices


def test_the_schema_is_valid_and_knows_every_key_rule_setting_and_series(run: Audit) -> None:
    _, out, _ = run("config", "--schema")
    schema = json.loads(out)

    Draft202012Validator.check_schema(schema)

    assert schema == json.loads(json.dumps(json_schema()))
    assert set(schema["properties"]) == {key.name for key in KEYS} | {
        "rules",
        "limits",
        "buyer-tiers",
        "score",
    }
    for rule in load_rules().values():
        assert set(schema["$defs"][rule.id].get("properties", {})) == set(rule.params.model_fields)


def accepts(content: str) -> bool:
    """Tell whether the schema accepts a file, as an editor would."""
    read = json.loads(json.dumps(tomllib.loads(content), default=str))
    return not list(Draft202012Validator(json_schema()).iter_errors(read))


def test_the_schema_accepts_what_the_starter_shows() -> None:
    assert accepts(uncommented())
    assert accepts("")


@pytest.mark.parametrize(
    ("content", "good"),
    [
        ('fail-on = "low"', True),
        ('fail-on = "hgih"', False),
        ("fial-on = 'low'", False),
        ("strict = 'yes'", False),
        ('select = "SPL"', True),
        ("select = [1]", False),
        ("lists.holidays = true", True),
        ("lists.registry = ['a.csv', 'a.toml']", True),
        ("lists.registry = 1", False),
        ("rules.SPL001.days = 60", True),
        ("rules.split-purchases.days = 60", True),
        ("rules.SPL001.days = 9999", False),
        ("rules.SPL001.das = 60", False),
        ("rules.SPL999.days = 60", False),
        ("limits.cl-compra-agil.amount = 30", True),
        ("limits.cl-compra-agil.amuont = 30", False),
        ("[[limits.ours]]\namount = 1\n[[limits.ours]]\namount = 2", True),
        ("limits.ours = 3", False),
        ("score.weights.SPL = 101", False),
        ("score.weights.SPL = 2.5", True),
        ("buyer-tiers.1 = 2", False),
    ],
)
def test_the_schema_tells_what_is_good(content: str, good: bool) -> None:
    assert accepts(content) is good


def test_every_kind_of_key_is_in_the_schema() -> None:
    assert {key.kind for key in KEYS} == set(Kind)
