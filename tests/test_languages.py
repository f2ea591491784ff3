"""What people read in their language, and what programs read in none."""

import string
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from calling import Shell

from spendaudit import i18n
from spendaudit.audit import reasons
from spendaudit.audit.message import sentence
from spendaudit.errors import UsageError
from spendaudit.model import remarks
from spendaudit.model.laws import source_of_limit
from spendaudit.rules import load_rules
from spendaudit.rules._page import SECTIONS, sections

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import catalog

LANGUAGES = [name for name in i18n.LANGUAGES if name != i18n.ENGLISH]
PAGES = sorted((catalog.LOCALE).glob("*/rules/*.md"))
HEADER = (
    "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount,Supplier Name"
)
TWICE = (
    "Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700033,1204.36,Wishful Copiers Ltd"
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    i18n.use(i18n.ENGLISH)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "SPENDAUDIT_LANG"):
        monkeypatch.delenv(name, raising=False)
    Path("spend.csv").write_text(f"{HEADER}\n{TWICE}\n{TWICE}\n", "utf-8")
    return Shell(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("words", "wanted", "left"),
    [
        (["a", "--lang", "es", "b"], "es", ["a", "b"]),
        (["--lang=pt-BR", "b"], "pt-BR", ["b"]),
        (["a", "--", "--lang", "es"], "", ["a", "--", "--lang", "es"]),
        (["a", "--lang"], "", ["a", "--lang"]),
    ],
)
def test_the_option_may_stand_anywhere(words: list[str], wanted: str, left: list[str]) -> None:
    assert i18n.option(words) == wanted
    assert words == left


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"LANG": "es_CL.UTF-8"}, "es_CL"),
        ({"LC_ALL": "pt_BR", "LANG": "es_CL"}, "pt_BR"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LC_MESSAGES": "es@euro"}, "es"),
        ({}, "en"),
    ],
)
def test_the_locale_is_asked_as_every_program_does(environment: dict[str, str], wanted: str) -> None:
    assert i18n.of_locale(environment) == wanted


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "1,234,567.50 (2024-05-02)"),
        ("es", "1.234.567,50 (2 de mayo de 2024)"),
        ("es-CL", "1.234.567,50 (2 de mayo de 2024)"),
        ("es-MX", "1,234,567.50 (2 de mayo de 2024)"),
        ("es-ZZ", "1.234.567,50 (2 de mayo de 2024)"),
        ("pt-BR", "1.234.567,50 (2 de maio de 2024)"),
    ],
)
def test_numbers_and_dates_are_written_as_the_country_does(tag: str, written: str) -> None:
    i18n.use(tag)

    assert f"{i18n.number(Decimal('1234567.5'), 2)} ({i18n.day(date(2024, 5, 2))})" == written


@pytest.mark.parametrize("wanted", ["de", "", "spanish", "e", "--lang"])
def test_a_language_that_is_not_spoken_is_refused(wanted: str) -> None:
    with pytest.raises(UsageError, match="there is no language"):
        i18n.use(wanted)


def test_option_goes_before_variable_and_variable_before_settings_and_these_before_the_locale(
    run: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoken(*arguments: str) -> str:
        run("rules", "PAY001", *arguments)
        return i18n.tag()

    monkeypatch.setenv("LANG", "es_CL.UTF-8")
    assert spoken() == "es_CL"
    Path("spendaudit.toml").write_text('lang = "pt"\n', "utf-8")
    assert spoken() == "pt"
    Path("other.toml").write_text('lang = "es-CL"\n', "utf-8")
    run("limits", "--country", "CL", "--config", "other.toml")
    assert i18n.tag() == "es_CL"
    monkeypatch.setenv("SPENDAUDIT_LANG", "es-MX")
    assert spoken() == "es_MX"
    assert spoken("--lang", "en") == "en"


@pytest.mark.parametrize("kind", ["json", "csv", "jsonl", "sarif", "junit", "github", "gitlab"])
def test_programs_read_the_same_under_every_language(run: Shell, kind: str) -> None:
    audit = ("audit", "spend.csv", "--select", "PAY001", "--output-format", kind, "-q")

    assert run(*audit, "--lang", "es-CL").out == run(*audit).out


def test_an_unknown_language_is_a_mistake_in_words(run: Shell) -> None:
    ended = run("rules", "--lang", "de")

    assert ended.code == 2
    assert "there is no language de" in ended.err


def test_a_run_is_kept_in_english_and_explained_in_the_readers_language(run: Shell) -> None:
    run("audit", "spend.csv", "--select", "PAY001", "-q", "--lang", "es")

    told = run("query", "SELECT message FROM findings", "--output-format", "csv")

    assert "was paid 2 times" in told.out
    assert "1.204,36" in run("explain", _fingerprint(run), "--lang", "es").out
    assert "1,204.36" in run("explain", _fingerprint(run)).out


def _fingerprint(run: Shell) -> str:
    told = run("query", "SELECT fingerprint FROM findings", "--output-format", "csv").out
    return told.split()[1]


def test_units_in_a_sentence_have_their_plural() -> None:
    i18n.use("es")

    def said(days: int) -> str:
        facts = {"days": days}
        return sentence("{days:day(s)}", facts, members=1, amount=None, currency=None, starts=None, ends=None)

    assert (said(1), said(1234)) == ("1 día", "1.234 días")


def test_words_of_a_rule_are_said_and_names_are_not() -> None:
    i18n.use("es")

    def said(fact: str) -> str:
        facts = {"lacking": fact}
        return sentence(
            "{lacking:words}", facts, members=1, amount=None, currency=None, starts=None, ends=None
        )

    assert said("supplier, amount") == "Proveedor, monto"
    assert said("Wishful Copiers, Ltd") == "Wishful Copiers, Ltd"


def test_rules_name_the_words_that_their_messages_say() -> None:
    rules = load_rules().values()

    assert [rule.id for rule in rules if bool(rule.words) != (":words}" in rule.message)] == []


def test_a_word_that_is_counted_elsewhere_is_said_by_itself() -> None:
    i18n.use("es")

    assert (i18n.t("row"), i18n.t("finding")) == ("fila", "hallazgo")


def test_whom_a_ceiling_is_for_is_said_in_the_reader_s_words(run: Shell) -> None:
    asked = ("limits", "--country", "MX", "--date", "2018-12-12", "--category", "goods")

    ended = run(*asked, "--lang", "es")

    assert ended.out.startswith("2 topes de MX al 12 de diciembre de 2018, bienes\n")
    assert "directo, bienes/servicios, nacional" in ended.out


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("1,078 of 2,080 contracts lack framework_id", "sin framework_id en 1.078 de 2.080 contratos"),
        ("1 of 2 budget lines lacks committed", "sin comprometido en 1 de 2 líneas presupuestarias"),
        ("4 lack amount; as many lack a date", "sin monto en 4; sin fecha en igual número"),
        ("the only payment lacks a payee, a date", "sin beneficiario, fecha en la única fila (pago)"),
        ("no contracts were loaded; there are no bids", "no se cargaron contratos; no hay ofertas"),
        (
            "no list of sanctions was given (--list sanctions=FILE)",
            "no se indicó una lista de sanciones (--list sanctions=FILE)",
        ),
        ("a reason that nobody has written", "a reason that nobody has written"),
        ("", ""),
    ],
)
def test_reasons_that_were_kept_in_english_are_said_anew(kept: str, told: str) -> None:
    assert reasons.reason(kept) == kept
    i18n.use("es")
    assert reasons.reason(kept) == told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("remark", remarks.SENTENCES)
def test_remarks_on_files_are_read_back(remark: str, language: str) -> None:
    names = [name for name, _ in fields(remark)]
    kept = remark.format(**{name: "1,234" if name in remarks.NUMBERS else name.upper() for name in names})
    i18n.use(language)

    told = i18n.anew(kept, remarks.SENTENCES, remarks.NUMBERS, lambda _, value: value)

    wanted = {name: "1.234" if name in remarks.NUMBERS else name.upper() for name in names}
    assert told == (i18n.t(remark, **wanted) if wanted else i18n.t(remark))


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (
            "Ley 19.886, Decreto 250/2004: at most 30 UTM of 2024-12 (67,294 CLP)",
            "Ley 19.886, Decreto 250/2004: hasta 30 UTM de 2024-12 (67.294 CLP)",
        ),
        (
            "LCSP 9/2017 art. 118: below 15,000.50 EUR (VAT excluded)",
            "LCSP 9/2017 art. 118: por debajo de 15.000,50 EUR (sin IVA)",
        ),
        ("settings", "settings"),
    ],
)
def test_limits_are_said_and_their_laws_keep_their_names(kept: str, told: str) -> None:
    assert source_of_limit(kept) == kept
    i18n.use("es")
    assert source_of_limit(kept) == told


def test_no_english_is_left_in_what_a_first_run_says(run: Shell) -> None:
    ended = run("audit", "spend.csv", "--lang", "es", "--persona", "reader")

    words = {word.strip(".,:;()").lower() for word in (ended.out + ended.err).split()}
    assert words.isdisjoint({"the", "of", "and", "rows", "was", "were", "lack", "which", "found", "not"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert [*catalog.missing(language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_of_the_written_one(language: str) -> None:
    path = catalog.path_of(language)

    assert catalog.written(catalog.updated(language)) == path.read_bytes()
    assert catalog.compiled(catalog.read(language)) == path.with_suffix(".mo").read_bytes()


def fields(text: str) -> list[tuple[str, str]]:
    """What a text is filled with: names and how they are written."""
    return sorted((name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name)


def texts_of(message: Message) -> Iterator[tuple[str, str]]:
    one = message.id if isinstance(message.id, str) else message.id[0]
    for said in [message.string] if isinstance(message.string, str) else message.string or ():
        yield one, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_name_what_the_english_text_names(language: str) -> None:
    pairs = [pair for message in catalog.read(language) if message.id for pair in texts_of(message)]
    wrong = [
        (one, said)
        for one, said in pairs
        # Braces of help texts and of Typer's own are no fields.
        if said and "{" in one and fields(one) != fields(said)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_keeps_its_lines_in_every_language(language: str) -> None:
    for message in catalog.read(language):
        for one, said in texts_of(message) if message.id else ():
            assert one.count("\b") == said.count("\b"), one
            assert one[:1].isspace() == said[:1].isspace(), one
            assert one[-1:].isspace() == said[-1:].isspace(), one


@pytest.mark.parametrize("path", PAGES, ids=[f"{path.parts[-3]}-{path.stem}" for path in PAGES])
def test_a_translated_page_has_the_sections_and_the_settings_of_the_english_one(path: Path) -> None:
    rule = load_rules()[path.stem]
    i18n.use(path.parts[-3])

    told = i18n.page(rule.id, rule.page, SECTIONS)
    parts, english = sections(told.text, told.headings), sections(rule.page)

    assert not told.stale
    assert {title: bool(text) for title, text in parts.items()} == dict.fromkeys(english, True)
    for name in rule.params.model_fields:
        assert (f"`{name}`" in rule.page) == (f"`{name}`" in told.text)
    assert parts["False positives"].count("\n- ") == english["False positives"].count("\n- ")
    assert parts["Worked example"].count("\n|") == english["Worked example"].count("\n|")
    assert "|table|" not in told.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_forty_pages_are_translated(language: str) -> None:
    assert sum(path.parts[-3] == language for path in PAGES) >= 40
