"""What helps to judge an audit, for people, spreadsheets and programs: other settings, overlaps, scores."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import polars as pl
from rich.console import RenderableType
from rich.text import Text

from spendaudit.audit.overlap import Overlap
from spendaudit.audit.score import DAMPING, Part, Score, Who
from spendaudit.audit.sensitivity import Sensitivity, Trial
from spendaudit.cli.laid_out import kept_elsewhere, table_of, titled, with_amounts
from spendaudit.i18n import number, t
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.to_json import digits
from spendaudit.report.words import count, money, percent, words

#: Entries that a table for people shows; files and other formats hold all.
_SHOWN: Final = 50
_SCORED: Final = 20

_TRIAL: Final = pl.Schema(
    {
        "setting": pl.String(),
        "value": pl.String(),
        "asked": pl.Boolean(),
        "findings": pl.Int64(),
        "flagged": pl.Int64(),
        "evaluated": pl.Int64(),
        "base_rate": pl.Float64(),
        "gained": pl.Int64(),
        "lost": pl.Int64(),
        "rows_gained": pl.Int64(),
        "rows_lost": pl.Int64(),
        "amounts": pl.String(),
    }
)
_OVERLAP: Final = pl.Schema(
    {
        "rule": pl.String(),
        "other": pl.String(),
        "rows": pl.Int64(),
        "rule_rows": pl.Int64(),
        "other_rows": pl.Int64(),
        "share": pl.Float64(),
        "rule_findings": pl.Int64(),
        "other_findings": pl.Int64(),
    }
)
_PART: Final = pl.Schema(
    {
        "key": pl.String(),
        "name": pl.String(),
        "score": pl.Decimal(20, 2),
        "rule": pl.String(),
        "weight": pl.Decimal(20, 4),
        "table": pl.String(),
        "flagged": pl.Int64(),
        "rows": pl.Int64(),
        "findings": pl.Int64(),
        "points": pl.Decimal(20, 2),
    }
)


def sensitivities(several: Sequence[Sensitivity]) -> Listing:
    """List what each value of some settings finds."""
    entries = [_trial(one, trial) for one in several for trial in one.trials]
    return with_amounts("sensitivity", entries, _TRIAL, lambda screen: _tried(several, screen))


def _trial(one: Sensitivity, trial: Trial) -> dict[str, Any]:
    return {
        "setting": f"{one.rule}.{one.setting}",
        "value": trial.value,
        "asked": trial.own,
        "findings": trial.findings,
        "flagged": trial.flagged,
        "evaluated": trial.evaluated,
        "base_rate": trial.base_rate,
        "gained": trial.gained,
        "lost": trial.lost,
        "rows_gained": trial.rows_gained,
        "rows_lost": trial.rows_lost,
        "amounts": [{"currency": currency, "amount": amount} for currency, amount in trial.amounts.items()],
    }


def _tried(several: Sequence[Sensitivity], screen: Screen) -> Iterator[RenderableType]:
    for one in several:
        moved = (t("gained"), t("lost"))
        headings = ("", t("findings"), *moved, t("rows"), *moved, t("share"), t("amount"))
        table = table_of(*headings, numbers=range(len(headings)))
        for trial in one.trials:
            table.add_row(
                words((trial.value, "bold"), (" *" if trial.own else "  ", "dim")),
                number(trial.findings),
                *_changed(trial, trial.gained, trial.lost),
                number(trial.flagged),
                *_changed(trial, trial.rows_gained, trial.rows_lost),
                "" if trial.base_rate is None else percent(trial.base_rate),
                words(", ".join(money(amount, currency) for currency, amount in trial.amounts.items())),
            )
        yield from titled(t("What {setting} changes", setting=f"{one.rule}.{one.setting}"), screen, table)
    yield words(
        t(
            "* the audit's own setting, with which the others are compared. A finding that has one row more "
            "or less is another finding: it counts as lost and as gained."
        )
    )


def _changed(trial: Trial, gained: int, lost: int) -> tuple[str, str]:
    return ("", "") if trial.own else (f"+{number(gained)}", f"-{number(lost)}")


def overlapping(found: Sequence[Overlap]) -> Listing:
    """List the pairs of rules that flag the same rows."""
    entries = [
        {
            "rules": list(one.rules),
            "rows": one.rows,
            "of": list(one.of),
            "share": one.share,
            "findings": list(one.findings),
        }
        for one in found
    ]
    flat = [(*one.rules, one.rows, *one.of, one.share, *one.findings) for one in found]
    return Listing(
        name="overlap",
        rows=pl.DataFrame(flat, _OVERLAP, orient="row"),
        entries=entries,
        lay_out=lambda screen: _shared(found, screen),
    )


def _shared(found: Sequence[Overlap], screen: Screen) -> Iterator[RenderableType]:
    table = table_of(
        *(t("rule"), t("flags"), t("and"), t("flags"), t("both"), t("share"), t("findings")),
        numbers=(1, 3, 4, 5, 6),
    )
    for one in found[:_SHOWN]:
        (first, second), (rows, others) = one.rules, one.of
        table.add_row(
            words((first, "bold")),
            number(rows),
            words((second, "bold")),
            number(others),
            number(one.rows),
            percent(one.share),
            f"{number(one.findings[0])} / {number(one.findings[1])}",
        )
    body = [table] if found else [Text(t("No row is flagged by two rules."))]
    yield from titled(t("Which rules flag the same rows"), screen, *body, *_rest(found, _SHOWN))
    if not found:
        return
    yield Text(
        t(
            "Share: of the rows that the first flags. Where it is near 100 %, the two ask one question of "
            "these data, and one may be left out with --ignore."
        )
    )


def scored(found: Sequence[Score], who: Who) -> Listing:
    """List buyers or suppliers in an order for reading, with every part of each sum."""
    flat = [(one.key, one.name, one.points, *_part(part).values()) for one in found for part in one.parts]
    return Listing(
        name="scores",
        rows=pl.DataFrame(flat, _PART, orient="row"),
        entries=[
            {
                "who": who.value,
                "key": one.key,
                "name": one.name,
                "score": one.points,
                "parts": [_part(part) for part in one.parts],
            }
            for one in found
        ],
        lay_out=lambda screen: _ordered(found, who, screen),
    )


def _part(part: Part) -> dict[str, Any]:
    return {
        "rule": part.rule,
        "weight": part.weight,
        "table": part.table,
        "flagged": part.flagged,
        "rows": part.rows,
        "findings": part.findings,
        "points": part.points,
    }


def _ordered(found: Sequence[Score], who: Who, screen: Screen) -> Iterator[RenderableType]:
    one_of = t("buyer") if who is Who.BUYERS else t("supplier")
    table = table_of(t("score"), one_of, t("the parts of the sum"), numbers=(0,))
    for one in found[:_SCORED]:
        table.add_row(words((number(one.points, 2), "bold")), words(one.name or one.key), words(_sum(one)))
    body = [table] if found else [Text(t("No rule that counts flagged a row of any of them."))]
    title = (
        t("Which buyers to read about first")
        if who is Who.BUYERS
        else t("Which suppliers to read about first")
    )
    yield from titled(title, screen, *body, *_rest(found, _SCORED))
    yield Text(
        t(
            "Each part: weight x 100 x flagged rows / (rows + {damping}). The score is an order for reading "
            "and no verdict: it says how much was flagged, not that anything is wrong. Weights are set in "
            "[score.weights] of spendaudit.toml; rules that are too blunt for these data count nothing.",
            damping=DAMPING,
        )
    )
    yield Text(
        t("Rules on bids and items have no part in it.")
        if who is Who.BUYERS
        else t("Rules on bids, items and budget lines have no part in it.")
    )


def _sum(one: Score) -> str:
    return " + ".join(
        t(
            "{points} {rule} ({weight} x {some} of {rows})",
            points=number(part.points, 2),
            rule=part.rule,
            weight=_weight(part.weight),
            some=number(part.flagged),
            rows=count(part.rows, "row"),
        )
        for part in one.parts
    )


def _weight(value: Decimal) -> str:
    written = digits(value)
    return number(value, len(written.partition(".")[2]))


def _rest(found: Sequence[object], shown: int) -> Iterator[RenderableType]:
    if len(found) > shown:
        yield kept_elsewhere(len(found) - shown)
