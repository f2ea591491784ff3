"""What a user settled holds in one order, each value knows its origin, and nothing is mistaken in silence."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from spendaudit.config import DEFAULT, KEYS, Config, load_config
from spendaudit.errors import UsageError


def settled(folder: Path, content: str = "", project: str = "", **environment: str) -> Config:
    """Read what holds in a folder with these two files."""
    if content:
        (folder / "spendaudit.toml").write_text(content, encoding="utf-8")
    if project:
        (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    return load_config(folder=folder, environment=environment)


def test_without_files_and_variables_every_key_has_its_default(tmp_path: Path) -> None:
    config = settled(tmp_path)

    assert {name: one.value for name, one in config.options.items()} == {
        key.name: key.default for key in KEYS
    }
    assert {one.origin for one in config.options.values()} == {DEFAULT}
    assert config.files == ()
    assert config.for_command("audit") == {}


def test_the_environment_goes_before_the_file_and_the_file_before_the_project_key_by_key(
    tmp_path: Path,
) -> None:
    project = '[tool.spendaudit]\nfail-on = "low"\nselect = ["BUD"]\nstrict = true\n'

    config = settled(tmp_path, 'fail-on = "medium"\nselect = ["SPL"]\n', project, SPENDAUDIT_FAIL_ON="never")

    assert {name: (one.value, one.origin) for name, one in config.options.items()} == {
        "select": (["SPL"], str(tmp_path / "spendaudit.toml")),
        "ignore": ((), DEFAULT),
        "persona": ("auditor", DEFAULT),
        "fail-on": ("never", "SPENDAUDIT_FAIL_ON"),
        "strict": (True, str(tmp_path / "pyproject.toml")),
        "baseline": (None, DEFAULT),
        "stale": ("warn", DEFAULT),
        "lists": ((), DEFAULT),
        "lang": ("", DEFAULT),
        "store": (None, DEFAULT),
        "output": ((), DEFAULT),
        "output-format": ("table", DEFAULT),
    }
    assert config.files == (tmp_path / "spendaudit.toml", tmp_path / "pyproject.toml")


def test_files_are_found_upwards_and_the_nearest_holds(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (tmp_path / "spendaudit.toml").write_text('fail-on = "low"\nstrict = true\n', "utf-8")
    (tmp_path / "a" / "spendaudit.toml").write_text('fail-on = "medium"\n', "utf-8")
    # A project's file without a table of ours hides none above it.
    (tmp_path / "a" / "pyproject.toml").write_text('[project]\nname = "about-spendaudit"\n', "utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.spendaudit]\nignore = ["BUD"]\n', "utf-8")

    config = load_config(folder=deep, environment={})

    assert config.options["fail-on"].value == "medium"
    assert config.options["strict"].value is False
    assert config.options["ignore"].value == ["BUD"]


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_named_file_is_read_in_place_of_those_that_would_be_found(tmp_path: Path, by: str) -> None:
    named = tmp_path / "strict.toml"
    named.write_text("strict = true\n", "utf-8")
    (tmp_path / "spendaudit.toml").write_text('fail-on = "low"\n', "utf-8")

    config = (
        load_config(named, folder=tmp_path, environment={})
        if by == "option"
        else settled(tmp_path, SPENDAUDIT_CONFIG=str(named))
    )

    assert config.files == (named,)
    assert config.for_command("audit") == {"strict": True}


def test_a_named_project_file_is_read_for_its_table(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "x"\n[tool.spendaudit]\nstrict = true\n', "utf-8")

    assert load_config(project, environment={}).options["strict"].value is True


def test_paths_of_a_file_start_from_its_folder(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "spendaudit.toml").write_text('store = "kept"\noutput = ["a.csv", "/b.csv"]\n', "utf-8")

    config = load_config(folder=below, environment={})

    assert config.options["store"].value == str(tmp_path / "kept")
    assert config.options["output"].value == [str(tmp_path / "a.csv"), "/b.csv"]


def test_lists_are_written_as_on_a_command_line_with_their_files_beside_the_configuration(
    tmp_path: Path,
) -> None:
    content = '[lists]\nsanctions = "s.csv"\nregistry = ["r.csv", "r.toml"]\nholidays = true\n'

    config = settled(tmp_path, content)

    assert config.for_command("audit")["lists"] == [
        f"sanctions={tmp_path / 's.csv'}",
        f"registry={tmp_path / 'r.csv'},{tmp_path / 'r.toml'}",
        "holidays",
    ]


@pytest.mark.parametrize(("there", "value"), [(False, "holidays=GB-ENG"), (True, "holidays={}/GB-ENG")])
def test_a_code_of_a_place_is_no_path_unless_a_file_is_called_so(
    tmp_path: Path, there: bool, value: str
) -> None:
    if there:
        (tmp_path / "GB-ENG").touch()

    config = settled(tmp_path, '[lists]\nholidays = "GB-ENG"\n')

    assert config.options["lists"].value == [value.format(tmp_path)]


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("SPENDAUDIT_SELECT", "SPL, BUD001 R018", "select", ["SPL", "BUD001", "R018"]),
        ("SPENDAUDIT_STRICT", "Yes", "strict", True),
        ("SPENDAUDIT_STRICT", "0", "strict", False),
        ("SPENDAUDIT_LISTS", "sanctions=s.csv holidays", "lists", ["sanctions=s.csv", "holidays"]),
        ("SPENDAUDIT_STORE", "kept", "store", "kept"),
        ("SPENDAUDIT_OUTPUT", os.pathsep.join(["a.csv", "b.json"]), "output", ["a.csv", "b.json"]),
        ("SPENDAUDIT_OUTPUT_FORMAT", "csv", "output-format", "csv"),
    ],
)
def test_variables_are_read_as_their_keys_ask(
    tmp_path: Path, variable: str, text: str, name: str, value: object
) -> None:
    config = settled(tmp_path, **{variable: text})

    assert config.options[name].value == value
    assert config.options[name].origin == variable


def test_an_empty_variable_settles_nothing(tmp_path: Path) -> None:
    config = settled(
        tmp_path, "strict = true\n", SPENDAUDIT_STRICT="", SPENDAUDIT_CONFIG="", SPENDAUDIT_PARAM=""
    )

    assert config.options["strict"].value is True


def test_what_is_for_one_command_is_kept_from_others(tmp_path: Path) -> None:
    config = settled(tmp_path, 'output = "findings.csv"\nstore = "kept"\n')

    assert set(config.for_command("audit")) == {"output", "store"}
    assert set(config.for_command("suppliers")) == {"store"}
    assert set(config.for_command("baseline write")) == {"store"}


def test_settings_of_rules_are_kept_as_written_the_strongest_last(tmp_path: Path) -> None:
    project = "[tool.spendaudit.rules.SPL001]\ndays = 30\n"
    content = (
        "[rules.SPL001]\ndays = 60\nlimit = 12.50\n"
        '[rules.PAY001]\nmatch = "any-date"\non = true\nof = [1, 2024-01-31]\n'
    )

    config = settled(tmp_path, content, project, SPENDAUDIT_PARAM="SPL001.days=90 BUD001.share=0.1")

    assert [(one.rule, one.name, one.value) for one in config.rules] == [
        ("SPL001", "days", "30"),
        ("SPL001", "days", "60"),
        ("SPL001", "limit", "12.50"),
        ("PAY001", "match", "any-date"),
        ("PAY001", "on", "true"),
        ("PAY001", "of", ["1", "2024-01-31"]),
        ("SPL001", "days", "90"),
        ("BUD001", "share", "0.1"),
    ]
    assert config.rules[0].origin == str(tmp_path / "pyproject.toml")
    assert config.rules[-1].origin == "SPENDAUDIT_PARAM"


def test_limits_tiers_and_weights_are_merged_key_by_key(tmp_path: Path) -> None:
    project = (
        "[tool.spendaudit.limits.cl-compra-agil]\namount = 30\n"
        '[tool.spendaudit.buyer-tiers]\n1 = "a"\n2 = "b"\n'
    )
    content = (
        "[[limits.xx-own]]\namount = 1.5\n[[limits.xx-own]]\namount = 2\n"
        '[buyer-tiers]\n2 = "c"\n[score.weights]\nSPL001 = 2.5\nBUD = 0\n'
    )

    config = settled(tmp_path, content, project)

    assert {name: one.value for name, one in config.limits.items()} == {
        "cl-compra-agil": [{"amount": 30}],
        "xx-own": [{"amount": Decimal("1.5")}, {"amount": 2}],
    }
    assert {name: one.value for name, one in config.buyer_tiers.items()} == {"1": "a", "2": "c"}
    assert {name: one.value for name, one in config.weights.items()} == {
        "SPL001": Decimal("2.5"),
        "BUD": Decimal(0),
    }
    assert config.weights["SPL001"].origin == str(tmp_path / "spendaudit.toml")


@pytest.mark.parametrize(
    ("content", "told", "hint"),
    [
        ("fail_on = 'low'\n", "there is no setting fail_on", "did you mean fail-on?"),
        ("selct = []\n", "there is no setting selct", "did you mean select?"),
        ("zzz = 1\n", "there is no setting zzz", "there are select, ignore"),
        ("[rule.SPL001]\n", "there is no setting rule", "did you mean rules?"),
        ("[score.wieghts]\n", "there is no setting score.wieghts", "did you mean score.weights?"),
        ("fail-on = 'hgih'\n", "fail-on must be one of low, medium, high, never (got hgih)", "mean high?"),
        ("fail-on = true\n", "fail-on must be text (got true)", ""),
        ("strict = 'yes'\n", "strict must be true or false (got yes)", ""),
        ("select = [1]\n", "select must be a list of words (got [1])", ""),
        ("store = ''\n", "store must be a path", ""),
        ("store = ['a']\n", "store must be a path", ""),
        ("lists = ['a']\n", "lists must be a table of files by name", ""),
        ("lists.sanctions = 1\n", "lists.sanctions must be a file, or a file and its mapping", ""),
        ("rules = 1\n", "rules must be a table, [rules]", ""),
        ("rules.SPL001 = 1\n", "rules.SPL001 must be a table, [rules.SPL001]", ""),
        ("rules.SPL001.days = {a = 1}\n", "rules.SPL001.days must be a value, not a table", ""),
        ("limits.xx = 5\n", "limits.xx must be a table", ""),
        ("limits.xx = []\n", "limits.xx must be a table", ""),
        ("buyer-tiers.1 = 2\n", "buyer-tiers.1 must be text (got 2)", ""),
        ("score.weights.A = 101\n", "score.weights.A must be a number from 0 to 100 (got 101)", ""),
        ("score.weights.A = -1\n", "must be a number from 0 to 100 (got -1)", ""),
        ("score.weights.A = nan\n", "must be a number from 0 to 100 (got NaN)", ""),
        ("score.weights.A = true\n", "must be a number from 0 to 100 (got true)", ""),
        ("strict = true\nstrict = true\n", "is not TOML", ""),
    ],
)
def test_what_cannot_be_meant_is_refused_with_file_key_and_suggestion(
    tmp_path: Path, content: str, told: str, hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        settled(tmp_path, content)

    assert refused.value.message.startswith(str(tmp_path / "spendaudit.toml"))
    assert told in refused.value.message
    assert hint in refused.value.hint


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spendaudit.toml").write_bytes(b'store = "a\xf1o"\n')

    with pytest.raises(UsageError, match="is not TOML"):
        load_config(folder=tmp_path, environment={})


def test_a_mark_before_the_first_byte_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "spendaudit.toml").write_bytes(b"\xef\xbb\xbfstrict = true\r\n")

    assert load_config(folder=tmp_path, environment={}).options["strict"].value is True


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file") as refused:
        load_config(tmp_path / "gone.toml", environment={})

    assert refused.value.hint == "check --config"


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("SPENDAUDIT_FAILON", "SPENDAUDIT_FAIL_ON"), ("SPENDAUDIT_MASKKEY", "SPENDAUDIT_MASK_KEY")],
)
def test_a_mistyped_variable_is_refused(tmp_path: Path, mistyped: str, meant: str) -> None:
    with pytest.raises(UsageError, match=mistyped) as refused:
        settled(tmp_path, **{mistyped: "low"})

    assert refused.value.hint == f"did you mean {meant}?"


def test_a_variable_of_another_program_is_let_be(tmp_path: Path) -> None:
    assert settled(tmp_path, SPENDAUDIT_COLOUR="x", SPENDAUDIT_DEBUG="1") == settled(tmp_path)


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("SPENDAUDIT_FAIL_ON", "none", "SPENDAUDIT_FAIL_ON: fail-on must be one of"),
        ("SPENDAUDIT_STRICT", "perhaps", "SPENDAUDIT_STRICT must be true or false"),
        ("SPENDAUDIT_PARAM", "SPL001=60", "SPENDAUDIT_PARAM: not a setting: SPL001=60"),
    ],
)
def test_a_variable_of_no_such_value_is_refused(tmp_path: Path, variable: str, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        settled(tmp_path, **{variable: text})
