"""`spendaudit limits`: which ceilings hold, why, and what is not known."""

import csv
import io
import json
from pathlib import Path

import pytest
from calling import Ended, Shell


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a folder of its own, and no settings but those it writes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))


class Law(Shell):
    """Calls `spendaudit limits`."""

    def __call__(self, *arguments: str | Path) -> Ended:
        return super().__call__("limits", *arguments)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Law:
    return Law(monkeypatch, capsys)


def test_a_ceiling_is_shown_with_its_sum_its_law_and_where_both_were_read(run: Law) -> None:
    code, out, err = run("--country", "cl", "--date", "2024-12-12", "--method", "AG", "--category", "goods")

    assert (code, err) == (0, "")
    assert "1 ceiling of CL on 2024-12-12, goods, AG" in out
    assert "at most 6,729,400 CLP" in out
    assert "100 UTM x 67,294 CLP = 6,729,400 CLP" in out
    assert "UTM of 2024-12 read at https://valor-utm.cl" in out
    assert "law read at https://ayuda.mercadopublico.cl/preguntasfrecuentes/articulo/?id=KA-01926" in out


def test_the_day_before_another_law_held(run: Law) -> None:
    _, out, _ = run("--country", "CL", "--date", "2024-12-11", "--method", "AG")

    assert "30 UTM x 67,294 CLP = 2,018,820 CLP" in out


def test_json_holds_exact_amounts_conditions_sources_and_notes(run: Law) -> None:
    code, out, err = run(
        "--country", "EU", "--date", "2023-01-01", "--buyer-tier", "local", "--category", "goods",
        "--output-format", "json",
    )  # fmt: skip

    told = json.loads(out)
    assert (code, err, told["schema_version"]) == (0, "", 1)
    (one,) = told["limits"]
    assert (one["series"], one["limit"], one["vat"]) == ("eu-sub-central", "215000", "excluded")
    assert (one["starts"], one["ends"]) == ("2022-01-01", "2023-12-31")
    assert all(source.startswith("https://") for source in one["sources"])
    assert told["notes"][-1] == {"note": "Checked on 2026-11-23."}


def test_csv_is_flat_and_the_notes_are_said_beside_it(run: Law) -> None:
    _, out, err = run("--country", "US", "--date", "2025-10-01", "--output-format", "csv")

    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["series"], row["limit"], row["held_against"]) for row in rows] == [
        ("us-simplified", "350000", "contracts"),
        ("us-simplified-commercial", "9000000", "contracts"),
        ("us-micro-purchase", "15000", "nothing"),
    ]
    assert rows[0]["sources"].count("; ") == 1
    assert "From March 2018" in err


def test_where_the_tier_is_unknown_it_says_so_until_somebody_states_it(run: Law) -> None:
    _, before, _ = run("--country", "CO", "--date", "2023-05-01")
    Path("spendaudit.toml").write_text('[buyer-tiers]\n900000001 = "budget-850000"\n', "utf-8")

    _, after, _ = run("--country", "CO", "--date", "2023-05-01")

    assert "No contract is held against these: the law goes by the tier of the buyer" in before
    assert "No contract is held against these" not in after
    assert "at most 98,600,000 COP" in after


def test_a_ceiling_of_the_users_stands_in_the_place_of_the_law(run: Law) -> None:
    Path("spendaudit.toml").write_text("[limits.cl-compra-agil]\namount = 12.5\n", "utf-8")

    _, out, _ = run("--country", "CL", "--date", "2024-12-12", "--method", "AG")

    assert "1 ceiling of CL" in out
    assert "12.5 UTM x 67,294 CLP = 841,175 CLP" in out
    assert "spendaudit.toml, limits.cl-compra-agil: at most 12.5 UTM of 2024-12" in out


def test_a_day_without_law_says_from_when_until_when_it_is_known(run: Law) -> None:
    code, out, _ = run("--country", "MX", "--date", "2024-01-01")

    assert code == 0
    assert "No ceiling of MX on 2024-01-01" in out
    assert "Of MX the law from 2012-01-01 to 2019-12-31 is known." in out


def test_without_a_country_all_that_are_known_are_listed(run: Law) -> None:
    _, out, _ = run()

    assert [line.split()[0] for line in out.splitlines()[1:10]] == [
        "BR", "CL", "CO", "ES", "EU", "GB", "MX", "PT", "US",
    ]  # fmt: skip


def test_a_file_gets_what_is_printed(run: Law) -> None:
    run("--country", "ES", "--date", "2024-01-01", "--output", "es.csv", "-q")

    assert Path("es.csv").read_text("utf-8-sig").splitlines()[1].startswith("es-minor-works,ES,")


@pytest.mark.parametrize(
    ("arguments", "told", "hint"),
    [
        (("--country", "XX"), "no limits are known of XX", "countries: BR, CL, CO"),
        (("--country", "CL", "--date", "12/12/2024"), "--date 12/12/2024 is no day", "2024-12-12"),
        (("--country", "CL", "--category", "good"), "there is no category good", "did you mean goods?"),
        (("--country", "CL", "--method", "AX"), "there is no method AX", ""),
        (("--country", "EU", "--buyer-tier", "centrl"), "there is no tier centrl", "did you mean central?"),
        (("--category", "goods"), "--country is missing", ""),
        (("--country", "CL", "--output-format", "yaml"), "there is no format yaml", ""),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Law, arguments: tuple[str, ...], told: str, hint: str) -> None:
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert told in err
    assert hint in err
