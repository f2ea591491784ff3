"""Writes a run as one page for a browser: to look through, to filter, to print, to send on.

The page asks no network for anything and says so to the browser (`_policy`); it holds its style, its script
and its data. Without a script it still tells what was audited, the charts and the gravest findings.
"""

import os.path
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePath
from string import Template
from typing import Final, TextIO

from spendaudit.i18n import language, t
from spendaudit.model.run import Run
from spendaudit.report import (
    _page_charts,
    _page_code,
    _page_data,
    _page_findings,
    _page_rules,
    _page_summary,
    _page_tallies,
)
from spendaudit.report._page_markup import text
from spendaudit.report._page_rows import Rows
from spendaudit.report.formats import Options
from spendaudit.report.methods import methods
from spendaudit.report.places import Places
from spendaudit.report.words import CLOSING
from spendaudit.rules._rule import Stage

SUFFIXES: Final = (".html", ".htm")
ENCODING: Final = "utf-8"
FOR_PEOPLE: Final = True

#: Findings that a browser still filters at once.
MOST_FINDINGS: Final = 20_000


def report(run: Run, stream: TextIO, options: Options) -> None:  # noqa: ARG001 a page to send on is whole
    """Write the whole page."""
    style = _page_code.style()
    script = _page_code.script() if run.findings else ""
    stream.write(
        Template(_page_code.frame()).substitute(
            language=language(),
            policy=_policy(style, script),
            title=text(t("What deserves a question")),
            style=style,
            script=script,
            body="".join(_body(run)),
        )
    )


def _policy(style: str, script: str) -> str:
    """Forbid the browser everything but this one style and this one script."""
    style_hash, script_hash = (b64encode(sha256(one.encode()).digest()).decode() for one in (style, script))
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _body(run: Run) -> Iterator[str]:
    asked = methods(run)
    rows = Rows.of(run)
    about_data = {one.outcome.id for one in asked if one.stage == Stage.DATA_QUALITY}
    data_only = frozenset(place for place, one in enumerate(run.findings) if one.rule in about_data)
    places = Places.of(run, _root(run))
    parties = {party: _page_tallies.by_party(rows, party, data_only) for party in ("buyer", "supplier")}
    yield f'<a class="skip" href="#findings">{text(t("Go to the findings"))}</a>'
    yield f"<header><h1>{text(t('What deserves a question'))}</h1>"
    yield from _page_summary.lead(run)
    yield "</header><main>"
    yield from _page_summary.read(run, places)
    yield from _page_summary.doubts(asked, run.settings.get("left_out", ()))
    if run.findings:
        yield from _charts(run, rows, parties, data_only)
        yield from _page_findings.asked(run, MOST_FINDINGS, places)
    worked = _page_data.work_out(run.findings[:MOST_FINDINGS], rows)
    terms = zip(run.findings, worked["worked"], strict=False)
    unworked = {one.rule for one, found in terms if one.amount is not None and not found}
    yield from _page_rules.pages(asked, run.findings, unworked)
    yield "</main><footer>"
    check = t("Check the published rows before you publish anything about them.")
    yield f"<p>{text(f'{t(CLOSING)} {check}')}<p>spendaudit {text(run.version)}, {text(run.id)}</footer>"
    charted = {
        party: [one.name for one in tallies[: _page_charts.BARS]] for party, tallies in parties.items()
    }
    data = _page_data.document(run.findings[:MOST_FINDINGS], rows, places, charted, worked)
    yield f'\n<script type="application/json" id="data">{data}</script>\n'


def _root(run: Run) -> str:
    """Name the folder of all files, where they were given from the root: no reader needs to see it."""
    folders = {str(PurePath(file.path).parent) for file in run.inputs}
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # no file, files on several drives, or some from the root and some not
        return ""
    return common if PurePath(common).is_absolute() else ""


def _charts(
    run: Run, rows: Rows, parties: dict[str, list[_page_tallies.Tally]], data_only: frozenset[int]
) -> Iterator[str]:
    shown = _page_tallies.currencies(run)
    names = {one.rule: f"{one.rule} {one.rule_name}" for one in run.findings}
    yield f'<section id="charts"><h2>{text(t("Where to look"))}</h2>'
    yield f"<p>{text(t('Follow a name or a column to see its findings.'))} "
    yield text(
        t(
            "Money by rule is what its findings ask about. By buyer, supplier and time it is the contracts "
            "and payments that findings rest on, each counted once; budgets are not added up. Currencies are "
            "never added to one another."
        )
    )
    yield '</p><div class="charts">'
    yield from _page_charts.bars(t("rule"), "rule", _page_tallies.by_rule(run), shown, names)
    for party, title in (("buyer", t("buyer")), ("supplier", t("supplier"))):
        yield from _page_charts.bars(title, party, parties[party], shown, {})
    yield from _page_charts.columns(_page_tallies.over_time(rows, data_only), shown)
    yield "</div></section>"
