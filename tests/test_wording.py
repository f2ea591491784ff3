"""What is said of mistakes: marked for translation in the code, and told in the reader's language."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import Shell

import spendaudit
from spendaudit import errors, i18n
from spendaudit.audit.retell import remark
from spendaudit.cli.configuration import starter
from spendaudit.errors import ReadError, UsageError, of_system
from spendaudit.wording import Words, either, joined, meant

#: What is wrong with spendaudit itself is told to those who mend it, in English.
SAID = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type)
    and issubclass(kind, errors.SpendauditError)
    and kind is not errors.DefinitionError
}
SOURCES = sorted(Path(spendaudit.__file__).parent.rglob("*.py"))
PAGE = "<!doctype html><html><body>Log in</body></html>"
HEADER = "Organismo;Proveedor;Monto\n"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    i18n.use(i18n.ENGLISH)


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, node.func.id


def branches(argument: ast.expr) -> Iterator[ast.expr]:
    if isinstance(argument, ast.IfExp):
        yield from branches(argument.body)
        yield from branches(argument.orelse)
    else:
        yield argument


def unmarked(code: str) -> Iterator[int]:
    """Lines on which an error is worded as no translator sees it: put together of pieces and values."""
    for call, name in calls(ast.parse(code)):
        if name in SAID | {"Words"}:
            hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
            for argument in [*call.args[:1], *hints]:
                if any(isinstance(one, (ast.JoinedStr, ast.BinOp)) for one in branches(argument)):
                    yield call.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(SOURCES[0].parent).as_posix())
def test_no_error_is_worded_where_translators_do_not_see_it(path: Path) -> None:
    assert [*unmarked(path.read_text("utf-8"))] == []


#: Checks of what people write in settings, in configurations and in mappings; pydantic hands them on.
CHECKS = [path for path in SOURCES if path.parent.name in {"config", "rules"} or path.stem == "mapping_file"]


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.relative_to(SOURCES[0].parent).as_posix())
def test_what_a_check_says_is_seen_by_translators(path: Path) -> None:
    for call, name in calls(ast.parse(path.read_text("utf-8"))):
        if name == "ValueError":
            said = call.args[0]
            assert isinstance(said, ast.Call), call.lineno
            assert isinstance(said.func, ast.Name), call.lineno
            assert said.func.id == "Words", call.lineno


def test_errors_that_are_put_together_would_be_found() -> None:
    code = 'raise ReadError(f"{name} is empty")\nUsageError("x", hint="a" if b else f"{c}")\nWords("a" + b)'

    assert [*unmarked(code)] == [1, 2, 3]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(SOURCES[0].parent).as_posix())
def test_errors_name_the_values_that_fill_their_texts(path: Path) -> None:
    for call, name in calls(ast.parse(path.read_text("utf-8"))):
        given = {keyword.arg for keyword in call.keywords}
        hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
        for argument in [*call.args[:1], *hints] if name in SAID | {"Words"} and None not in given else []:
            for text in branches(argument):
                words = text.value if isinstance(text, ast.Constant) else None
                if isinstance(words, str) and "{" in words and given - {"hint"}:
                    words.format(**dict.fromkeys(filter(None, given), 1))


def test_an_error_is_english_to_programs_and_told_to_people_in_their_language() -> None:
    i18n.use("es-CL")
    raised = ReadError(
        "{url}: the portal counts {stated:,} rows and sent {found:,}",
        hint="try again later",
        url="https://x",
        stated=12_345,
        found=0,
    )

    assert str(raised) == raised.message == "https://x: the portal counts 12,345 rows and sent 0"
    assert raised.hint == "try again later"
    assert i18n.tell(raised.said) == "https://x: el portal cuenta 12.345 filas y envió 0"
    assert i18n.tell(raised.advice) == "probar más tarde"


def test_texts_within_texts_are_told_in_the_same_language() -> None:
    i18n.use("pt")
    inner = UsageError("there is no file {path}", path="a.csv")

    assert i18n.tell(inner.at("x.toml").said) == "x.toml: não existe o arquivo a.csv"
    assert i18n.tell(joined([Words("a PDF"), "b"], "; ")) == "um PDF; b"
    assert i18n.tell(either(["a", "b", "c"])) == "a, b ou c"
    assert str(either(["a", "b", "c"])) == "a, b or c"
    assert i18n.tell(of_system(PermissionError(13, "Permission denied"))) == "permissão negada"


def test_braces_in_a_value_are_no_fields() -> None:
    raised = UsageError("there is no file {path}", path="{stray}.csv")

    i18n.use("es")
    assert i18n.tell(raised.said) == "no existe el archivo {stray}.csv"


#: What somebody gets wrong; the exit code; what is told in Spanish and in Portuguese.
MISTAKES = {
    "no file": (["audit", "none.csv"], 2, "no existe el archivo none.csv", "não existe o arquivo none.csv"),
    "a web page": (
        ["audit", "page.csv"],
        3,
        "page.csv es una página web, no datos\npista: el portal respondió con una página",
        "page.csv é uma página web, não dados\ndica: o portal respondeu com uma página",
    ),
    "an empty file": (["audit", "empty.csv"], 3, "empty.csv está vacío", "empty.csv está vazio"),
    "an unknown layout": (
        ["audit", "own.csv"],
        3,
        "own.csv no es de ningún portal que spendaudit conozca",
        "own.csv não é de nenhum portal que o spendaudit conheça",
    ),
    "no rule": (
        ["audit", "own.csv", "--select", "split-purchase"],
        2,
        "ninguna regla se llama 'split-purchase'\npista: ¿quiso decir split-purchases?",
        "nenhuma regra se chama 'split-purchase'\ndica: quis dizer split-purchases?",
    ),
    "no such setting of a rule": (
        ["audit", "own.csv", "--param", "SPL001.dayz=3"],
        2,
        "SPL001 no tiene el ajuste 'dayz'",
        "SPL001 não tem o parâmetro 'dayz'",
    ),
    "a wrong value": (
        ["audit", "own.csv", "--param", "SPL001.days=soon"],
        2,
        "SPL001.days: debe ser un número entero (dice soon)",
        "SPL001.days: deve ser um número inteiro (diz soon)",
    ),
    "a wrong day": (
        ["limits", "--country", "CL", "--date", "12/12/2024"],
        2,
        "--date 12/12/2024 no es un día\npista: escribirlo como 2024-12-12",
        "--date 12/12/2024 não é um dia\ndica: escrever como 2024-12-12",
    ),
    "a wrong period": (
        ["audit", "gb_spend", "--from", "2024-13"],
        2,
        "'2024-13' no es un período: no existe el mes 13",
        "'2024-13' não é um período: não existe o mês 13",
    ),
    "no address": (
        ["fetch", "gb_spend", "--from", "2024-12"],
        2,
        "las direcciones de los archivos de gb_spend no se pueden saber",
        "os endereços dos arquivos de gb_spend não podem ser conhecidos",
    ),
    "no such option": (
        ["audit", "own.csv", "--selct", "X"],
        2,
        "no existe la opción --selct",
        "não existe a opção --selct",
    ),
    "no argument": (["explain"], 2, "falta el argumento 'FINGERPRINT'.", "falta o argumento 'FINGERPRINT'."),
    "no such choice": (
        ["audit", "own.csv", "--fail-on", "hgih"],
        2,
        "valor no válido para '--fail-on': 'hgih' no es uno de",
        "valor inválido para '--fail-on': 'hgih' não é um de",
    ),
    "no such command": (["adit"], 2, "¿Quiso decir 'audit'?", "Quis dizer 'audit'?"),
    "no table": (["map", "own.csv", "--table", "x"], 2, "no existe la tabla x", "não existe a tabela x"),
    "no run": (["explain", "ab12"], 2, "no guarda ninguna ejecución", "não guarda nenhuma execução"),
    "nothing to ask": (["query", "SELECT 1"], 3, "no contiene tablas", "não contém tabelas"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "SPENDAUDIT_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"page.csv": PAGE, "empty.csv": "", "own.csv": HEADER}.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("language", ["es", "pt"])
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_the_readers_language(name: str, language: str, run: Shell) -> None:
    arguments, code, *told = MISTAKES[name]

    ended = run(*arguments, "--lang", language)

    assert ended.code == code
    assert told[language == "pt"] in ended.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("storee = 'x'\n", "no existe el ajuste storee\npista: ¿quiso decir store?"),
        ("fail-on = 'hgih'\n", "fail-on debe ser uno de low, medium, high, never (dice hgih)"),
        ("select = 3\n", "select debe ser una lista de palabras (dice 3)"),
        ("fail-on = high\n", "no es TOML: "),
        ("[score.weights]\nSPL = 101\n", "score.weights.SPL debe ser un número de 0 a 100 (dice 101)"),
        (
            "[limits.cl-compra-agil]\namount = 0\n",
            "limits.cl-compra-agil.amount: debe ser mayor que 0",
        ),
    ],
)
def test_mistakes_in_the_configuration_name_the_file_and_are_told_in_spanish(
    text: str, told: str, folder: Path, run: Shell
) -> None:
    (folder / "spendaudit.toml").write_text(text, "utf-8")

    code, _, err = run("config", "--lang", "es")

    assert code == 2
    assert err.startswith("error: ")
    assert "spendaudit.toml" in err
    assert told in err


def test_a_draft_gives_its_evidence_in_spanish_and_reads_as_the_english_one(folder: Path, run: Shell) -> None:
    (folder / "own.csv").write_text(
        HEADER + 'Ayuntamiento;Copias;"1.234,50"\nAyuntamiento;Sillas;77,10\n', "utf-8"
    )
    drafts = {
        language: run("map", "own.csv", "--table", "payments", "--lang", language)
        for language in ("en", "es")
    }

    def settings(text: str) -> list[str]:
        lines = [line.partition("  #")[0] for line in text.splitlines()]
        return [line for line in lines if line and not line.startswith("#")]

    assert settings(drafts["es"].out) == settings(drafts["en"].out)
    assert "solo admite coma decimal" in drafts["es"].out
    assert "# Columnas que pueden nombrar a una persona natural" in drafts["es"].out
    assert "un punto y coma corta el 100 %" in drafts["es"].err


def test_what_a_program_reads_is_the_same_where_files_are_refused(folder: Path, run: Shell) -> None:
    columns = "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount"
    paid = "Wetherfold City Council,Libraries,Hire,2011-12-31,5100700033,1204.36,Wishful Copiers Ltd"
    (folder / "spend.csv").write_text(f"{columns},Supplier Name\n{paid}\n{paid}\n", "utf-8")
    audit = ("audit", "spend.csv", "page.csv", "--select", "PAY001", "--output-format", "jsonl")
    told = {language: run(*audit, "--lang", language) for language in ("en", "es")}

    assert told["es"].out == told["en"].out != ""
    assert "es una página web, no datos" in told["es"].err
    assert "is a web page, not data" in told["en"].err


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (
            "cells that span several rows: 1,204 (A3:A9); only the first row of each has the value",
            "celdas que abarcan varias filas: 1.204 (A3:A9)",
        ),
        (
            "read party_id from `RUT`, name from `Nombre`; not used: `Giro`",
            "se leyó party_id de `RUT`, name de `Nombre`",
        ),
        ("the JSON is damaged (it ends in the middle)", "el JSON está dañado (termina a la mitad)"),
        ("column 9 has text but no name in the header", "la columna 9 tiene texto"),
        ("its phase is none of approved, paid", "su fase no es ninguna de approved, paid"),
        (
            "amounts are taken as they stand: the descriptor states no factor",
            "los montos se toman como están",
        ),
        (
            "1 of 7 numbers is no valid tax number of CL: no supplier is known by such a one",
            "1 de 7 números no es",
        ),
    ],
)
def test_what_a_run_keeps_of_a_file_is_told_in_spanish(kept: str, told: str) -> None:
    i18n.use("es")

    assert remark(kept).startswith(told)


def put_aside(told: object) -> Iterator[str]:
    """Reasons for which rows are expected to be put aside, wherever they stand in a file of expectations."""
    for name, value in told.items() if isinstance(told, dict) else ():
        if name == "quarantine":
            yield from value
        else:
            yield from put_aside(value)


@pytest.mark.parametrize("language", ["es", "pt"])
def test_no_reason_for_putting_rows_of_any_source_aside_stays_english(language: str) -> None:
    files = (Path(__file__).parents[1] / "fixtures" / "sources").rglob("*.expected.json")
    reasons = {reason for path in files for reason in put_aside(json.loads(path.read_text("utf-8")))}

    i18n.use(language)
    assert len(reasons) > 20
    assert [reason for reason in reasons if remark(reason) == reason] == []


@pytest.mark.parametrize("language", ["es", "pt"])
def test_a_new_configuration_is_explained_in_the_readers_language_and_sets_the_same(language: str) -> None:
    english = starter()

    i18n.use(language)
    said = starter()

    def settings(text: str) -> list[str]:
        lines = re.findall(r"^# ((?:\[[\w.-]+\]|[\w.\"-]+ = .*))$", text, re.MULTILINE)
        return [line for line in lines if not line.startswith("law")]

    assert settings(said) == settings(english)
    explained = [
        line for line in english.splitlines() if re.match("# [A-Z].* [a-z]+ ", line) and " = " not in line
    ]
    assert explained
    assert set(explained).isdisjoint(said.splitlines())


@pytest.mark.usefixtures("folder")
def test_doctor_speaks_the_readers_language(run: Shell) -> None:
    code, told, _ = run("doctor", "--lang", "pt")

    assert code == 0
    assert "(ainda não existe)" in told
    assert "disco livre" in told


@pytest.mark.usefixtures("folder")
def test_that_a_language_is_not_spoken_is_told_in_the_systems(
    run: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "pt_BR.UTF-8")

    code, _, err = run("rules", "--lang", "de")

    assert code == 2
    assert err.startswith("erro: não existe o idioma de\n")


def test_what_may_have_been_meant_is_found_however_it_is_written() -> None:
    known, lists = ("Fleet", "Street"), Words("`things` lists them")

    assert str(meant("STREAT", known, lists)) == "did you mean Street?"
    assert str(meant("lamp", known, lists)) == "`things` lists them"
    assert str(meant("lamp", known)) == ""
    assert str(meant("feet", ["fleeting"], cutoff=0.7)) == ""
    assert str(meant("feet", ["fleeting"], cutoff=0.6)) == "did you mean fleeting?"
