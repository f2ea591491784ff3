"""Collects what people read, for translation, and compiles what was translated.

python tools/catalog.py            write new texts into the catalogues, take old ones out, compile them
python tools/catalog.py --missing  list what a language lacks: texts and pages, and which pages are stale

A catalogue is src/spendaudit/locale/<language>/LC_MESSAGES/messages.po; English texts are its keys. A page is
src/spendaudit/locale/<language>/<kind>/<ID>.md, of `ENGLISH`; its first line names the English page that it
translates.
"""

import ast
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import spendaudit
from spendaudit import errors, i18n
from spendaudit.audit import reasons
from spendaudit.audit.circumstances import CIRCUMSTANCES, one_row
from spendaudit.cli import mistakes
from spendaudit.cli.app import app
from spendaudit.cli.checks import State as Checked
from spendaudit.config import KEYS, Kind
from spendaudit.enrich import evidence
from spendaudit.enrich.law import load_limits
from spendaudit.enrich.statutes import Comparison, Vat
from spendaudit.ingest.fetch import Outcome as Fetch
from spendaudit.load.drafting.draft import LEVELS
from spendaudit.model import remarks
from spendaudit.model.findings import Severity
from spendaudit.model.run import State
from spendaudit.model.tables import ESSENTIAL
from spendaudit.report import terms
from spendaudit.report.words import CLOSING, NOTHING
from spendaudit.rules import load_rules
from spendaudit.rules._page import SECTIONS
from spendaudit.rules._rule import Precision, Stage
from spendaudit.sources import load_sources, unpublished
from spendaudit.sources._source import SECTIONS as OF_A_SOURCE

SOURCE: Final = Path(spendaudit.__file__).parent
LOCALE: Final = SOURCE / "locale"
TRANSLATED: Final = tuple(name for name in i18n.LANGUAGES if name != i18n.ENGLISH)
#: The English pages that have translations, by the folder of these.
ENGLISH: Final[Mapping[str, Callable[[], Mapping[str, str]]]] = {
    "rules": lambda: {name: rule.page for name, rule in load_rules().items()},
    "sources": lambda: {name: source.page for name, source in load_sources().items()},
    "unpublished": unpublished,
}
#: Of these, every page has a translation.
WHOLE: Final = ("sources", "unpublished")
#: A text, or its singular and plural.
Text = str | tuple[str, str]
_PLURAL: Final = "(s)"
#: What Typer says without looking it up; `cli.command` does.
TYPERS: Final = ("Show this message and exit.",)
#: Errors that people read; what they are made with is the text, and its hint.
ERRORS: Final = {
    name: 0
    for name, kind in vars(errors).items()
    if isinstance(kind, type)
    and issubclass(kind, errors.SpendauditError)
    and kind is not errors.DefinitionError
}
#: Babel writes the time into its header; the same texts give the same bytes.
_LONG_AGO: Final = datetime(2024, 1, 1, tzinfo=UTC)


def texts() -> set[Text]:
    """Collect every text that is looked up."""
    found: set[Text] = {*SECTIONS, *OF_A_SOURCE}
    for path in sorted(SOURCE.rglob("*.py")):
        found |= {*_calls(path, {"t": 0, "Words": 0} | ERRORS, {"n": (0, 1), "count": (1, 2)})}
    for path in sorted(Path(typer.__file__).parent.rglob("*.py")):
        found |= {*_calls(path, {"_": 0, "gettext": 0}, {"ngettext": (0, 1)})}
    for rule in load_rules().values():
        found |= {rule.message, rule.summary, *rule.words}
        found |= {(unit, f"{unit}s") for unit in _units(rule.message)}
        settings = rule.params.model_json_schema().get("properties", {}).values()
        found |= {one["description"] for one in settings if "description" in one}
    found |= {
        *remarks.SENTENCES,
        *remarks.MEANINGS,
        *evidence.SENTENCES,
        *evidence.PARTIES,
        *reasons.words(),
        *LEVELS,
        " and ",
        *TYPERS,
        *errors.SYSTEM,
        *mistakes.SENTENCES,
        *(key.about for key in KEYS),
        *terms.texts(),
        CLOSING,
        NOTHING,
        *(question for asked in ESSENTIAL.values() for question in asked),
    }
    for kind in (Severity, State, Precision, Stage, Comparison, Vat, Fetch, Kind, Checked):
        found |= {one.value for one in kind}
    for source in load_sources().values():
        found |= {reason for shape in (source, *source.shapes) for reason in shape.rejected}
        found |= {shape.passed_over for shape in (source, *source.shapes)}
        found |= {source.page.strip().partition("\n")[0]}
    found |= {page.partition("\n")[0] for page in unpublished().values()}
    for statute in load_limits().statutes.values():
        found |= {*statute.notes, *(part for series in statute.series for part in series.caveat.split("; "))}
    found |= {f"VAT {kind}" for kind in (Vat.INCLUDED, Vat.EXCLUDED)}
    for one in CIRCUMSTANCES:
        found |= {one.says, one_row(one.says)}
    with i18n.speaking(i18n.ENGLISH):
        found |= {*_help(typer.main.get_command(app))}
    plurals = {one[0] for one in found if isinstance(one, tuple)}
    return {one for one in found if one and one not in plurals}


def _calls(path: Path, single: dict[str, int], plural: dict[str, tuple[int, int]]) -> Iterator[Text]:
    """Find the literal texts that functions of these names are called with."""
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        node.target.id: node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = node.func.id
        if name in single:
            said = node.args[single[name] : single[name] + 1]
            hints = [keyword.value for keyword in node.keywords if keyword.arg == "hint"]
            yield from _literals(said + hints if name in ERRORS else said, constants)
        elif name in plural:
            one, many = plural[name]
            for text in _literals(node.args[one : one + 1], constants):
                yield text, next(_literals(node.args[many : many + 1], constants), f"{text}s")


def _literals(arguments: Iterable[ast.expr], constants: Mapping[str, ast.expr]) -> Iterator[str]:
    """Give the texts that an argument can be: a literal, a constant of the module (or of its), or either."""
    waiting = [*arguments]
    while waiting:
        match waiting.pop():
            case ast.Constant(value=str(text)):
                yield text
            case ast.Name(id=name) if name in constants:
                waiting.append(constants[name])
            case ast.IfExp(body=one, orelse=other):
                waiting += [one, other]
            case ast.Subscript(value=ast.Name(id=name)) if isinstance(said := constants.get(name), ast.Dict):
                waiting += said.values


def _units(message: str) -> Iterator[str]:
    for part in message.split("{")[1:]:
        spec = part.partition("}")[0].partition(":")[2]
        if spec.endswith(_PLURAL):
            yield spec.removesuffix(_PLURAL)


def _help(command: Any) -> Iterator[str]:
    for name in ("help", "short_help", "epilog"):
        yield getattr(command, name) or ""
    for param in command.params:
        for name in ("help", "show_default"):
            if isinstance(text := getattr(param, name, None), str):
                yield text
    for below in getattr(command, "commands", {}).values():
        yield from _help(below)


def path_of(language: str) -> Path:
    """Return where a language's catalogue is."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """Read a language's catalogue; an empty one where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(language: str) -> Catalog:
    """Return the catalogue with every text of today and no other; what was translated stays."""
    before = read(language)
    catalog = Catalog(
        locale=language,
        project="spendaudit",
        version="1",
        fuzzy=False,
        charset="utf-8",
        header_comment="# Texts of spendaudit; `python tools/catalog.py` keeps them up to date.",
        creation_date=_LONG_AGO,
        revision_date=_LONG_AGO,
    )
    for one in sorted(texts(), key=lambda text: text if isinstance(text, str) else text[0]):
        known = before.get(one if isinstance(one, str) else one[0])
        kept = known.string if known and isinstance(known.string, str) == isinstance(one, str) else None
        catalog.add(one, kept or ("" if isinstance(one, str) else ("", "")))
    return catalog


def written(catalog: Catalog) -> bytes:
    """Write a catalogue as translators read it."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, no_location=True, sort_output=True)
    return stream.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Write a catalogue as the program reads it."""
    stream = io.BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def missing(language: str) -> Iterator[str]:
    """Tell what a language lacks."""
    for message in updated(language):
        if message.id and not _said(message):
            yield f"no text: {message.id!r}"
    for kind, pages in ENGLISH.items():
        english, told = pages(), {path.stem: path for path in (LOCALE / language / kind).glob("*.md")}
        for name in sorted(told):
            if name not in english:
                yield f"a page of nothing: {kind}/{name}"
            elif not told[name].read_text("utf-8").startswith(i18n.marked(english[name])):
                yield f"stale page: {kind}/{name} (the English one is {i18n.digest(english[name])} now)"
        if kind in WHOLE:
            yield from (f"no page: {kind}/{name}" for name in sorted(english.keys() - told))


def _said(message: Message) -> bool:
    return all(message.string if isinstance(message.string, tuple) else [message.string])


def main() -> int:
    """Run what the command line names."""
    if sys.argv[1:] == ["--missing"]:
        lacks = [f"{language}: {one}" for language in TRANSLATED for one in missing(language)]
        print("\n".join(lacks) or "nothing is missing")
        return bool(lacks)
    for language in TRANSLATED:
        catalog = updated(language)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_bytes(written(catalog))
        path_of(language).with_suffix(".mo").write_bytes(compiled(catalog))
        done = sum(_said(one) for one in catalog if one.id)
        print(f"{language}: {len(catalog)} texts, {done} translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
