"""How much does each rule find? Counts its findings, rows and money: for people, spreadsheets, programs."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import polars as pl
from rich.console import RenderableType
from rich.text import Text

from spendaudit.cli.laid_out import table_of, titled, with_amounts
from spendaudit.i18n import number, t
from spendaudit.model.run import Outcome, Run
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.words import NOTHING, count, money, percent, words

_COUNT: Final = pl.Schema(
    {
        "rule": pl.String(),
        "name": pl.String(),
        "severity": pl.String(),
        "status": pl.String(),
        "findings": pl.Int64(),
        "known": pl.Int64(),
        "flagged": pl.Int64(),
        "evaluated": pl.Int64(),
        "base_rate": pl.Float64(),
        "amounts": pl.String(),
    }
)


def statistics(run: Run) -> Listing:
    """Count the findings of each rule of a run, those of the most findings first.

    Findings are those that no baseline knows, `known` the others; rows are flagged by either.
    """
    new, known = (Counter(one.rule for one in found) for found in (run.findings, run.known))
    totals: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in run.findings:
        if one.amount is not None:
            totals[one.rule][one.currency or ""] += one.amount
    ordered = sorted(run.outcomes, key=lambda one: (-new[one.id], one.id))
    entries = [_entry(one, new[one.id], known[one.id], totals[one.id]) for one in ordered]
    return with_amounts("statistics", entries, _COUNT, lambda screen: _laid_out(entries, screen))


def _entry(outcome: Outcome, new: int, known: int, totals: Mapping[str, Decimal]) -> dict[str, Any]:
    return {
        "rule": outcome.id,
        "name": outcome.name,
        "severity": outcome.severity.value,
        "status": outcome.state.value,
        "findings": new,
        "known": known,
        "flagged": outcome.flagged,
        "evaluated": outcome.evaluated,
        "base_rate": outcome.base_rate,
        "amounts": [{"currency": currency, "amount": total} for currency, total in sorted(totals.items())],
    }


def _laid_out(entries: Sequence[Mapping[str, Any]], screen: Screen) -> Iterator[RenderableType]:
    headings = (t("findings"), t("severity"), t("rule"), t("rows"), t("share"), t("amount"))
    table = table_of(*headings, numbers=(0, 3, 4))
    found = [one for one in entries if one["findings"]]
    for one in found:
        table.add_row(
            words((number(one["findings"]), "bold")),
            t(one["severity"]),
            words((one["rule"], "bold"), f" {one['name']}"),
            number(one["flagged"]),
            percent(one["base_rate"] or 0),
            words(", ".join(money(total["amount"], total["currency"]) for total in one["amounts"])),
        )
    yield from titled(t("Findings by rule"), screen, table if found else Text(t(NOTHING)))
    judged = sum(bool(one["evaluated"]) for one in entries) - len(found)
    yield Text(
        t(
            "Of {rules}, {judged} judged rows and found nothing new; {others} had none to judge.",
            rules=count(len(entries), "rule"),
            judged=number(judged),
            others=number(len(entries) - len(found) - judged),
        )
    )
