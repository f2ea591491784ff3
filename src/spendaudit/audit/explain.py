"""What is behind one finding? Its rows, the sum worked out, where they stand, what would settle it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from spendaudit.audit.circumstances import Reason, reasons
from spendaudit.audit.named_rows import named_rows
from spendaudit.errors import UsageError
from spendaudit.i18n import page
from spendaudit.model.findings import PLACE, TOTAL
from spendaudit.model.run import Finding, Members, Outcome, Run
from spendaudit.model.tables import AMOUNT, DATE, IDENTIFIER
from spendaudit.model.working import Term, amounts_of, working
from spendaudit.rules._page import SECTIONS, sections
from spendaudit.rules._rule import Rule
from spendaudit.wording import Words, meant

#: How many findings an ambiguous prefix lists.
_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that a reader needs to check one finding by hand."""

    finding: Finding
    outcome: Outcome
    #: The settings that the rule ran with.
    settings: Mapping[str, Any]
    #: The rows with all their canonical columns, by date.
    rows: pl.DataFrame
    #: One line a row, by date: `date`, `id`, `amount` and its running `total` (null in a table without any),
    #: `currency`, `limit` and `limit_source` where one is known, `path` (the published file), `row`, `url`.
    sum: pl.DataFrame
    #: Columns of the rows that hold amounts the rule reads, the one that `sum` adds up first.
    amounts: tuple[str, ...]
    #: The rule compares with a limit, of which `sum` tells what it was.
    limited: bool
    #: Terms that give the finding's amount; none where it is no sum or difference of what is known.
    working: tuple[Term, ...]
    #: What the rule's page says, by heading.
    sections: Mapping[str, str]
    #: The page's innocent reasons, those first for which the rows speak.
    reasons: tuple[Reason, ...]
    #: Other findings about some of these rows, in the order of the run.
    beside: tuple[Finding, ...]


def explain(run: Run, prefix: str, rules: Mapping[str, Rule[Any]]) -> Explanation:
    """Work out the finding whose fingerprint begins with the prefix.

    Raises UsageError when no finding or more than one does, and when its rule is no longer installed.
    """
    finding = find_finding(run, prefix)
    if finding.rule not in rules:
        raise UsageError(
            "{fingerprint} was found by {rule}, which is not installed",
            hint="install the plug-in that the rule came with",
            fingerprint=finding.fingerprint,
            rule=finding.rule,
        )
    rule = rules[finding.rule]
    rows = _rows(run, finding)
    said = sections(rule.page)
    told = page(rule.id, rule.page, SECTIONS)
    shown = sections(told.text, told.headings)
    amounts = amounts_of(rule.subject, rule.columns(rule.subject), rows)
    return Explanation(
        finding=finding,
        outcome=next(outcome for outcome in run.outcomes if outcome.id == finding.rule),
        settings=run.settings["rules"][finding.rule],
        rows=rows,
        sum=_sum(run, rule.subject, rows),
        amounts=amounts,
        limited="limit" in rule.columns(rule.subject),
        working=working(finding, rows, amounts, rule.placeholders),
        sections=shown,
        reasons=reasons(said["False positives"], rows, DATE.get(rule.subject), shown["False positives"]),
        beside=_beside(run, finding),
    )


def find_finding(run: Run, prefix: str) -> Finding:
    """Return the one finding whose fingerprint begins with the prefix; UsageError when it is not one."""
    wanted = prefix.strip().lower()
    found = [finding for finding in run.findings if finding.fingerprint.startswith(wanted)] if wanted else []
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(finding.fingerprint for finding in found[:_NAMED])
        raise UsageError(
            "{number} findings begin with {prefix!r}: {several}",
            hint="write more of the fingerprint",
            number=len(found),
            prefix=prefix,
            several=several,
        )
    known = [finding.fingerprint for finding in run.findings]
    where = Words("the audit's table and CSV name each finding's fingerprint")
    raise UsageError(
        "no finding of run {run} begins with {prefix!r}",
        hint=meant(wanted, known, where, cutoff=0.5),
        run=run.id,
        prefix=prefix,
    )


def _rows(run: Run, finding: Finding) -> pl.DataFrame:
    """Fetch the rows of a finding by date, those without a date last."""
    members = Members.of(finding.members).frame
    table = str(members["table"][0])
    order = [name for name in (DATE.get(table), *PLACE) if name]
    # The sort is stable: rows that were published in one place keep their order.
    return run.rows[table][members["position"].sort()].sort(order, nulls_last=True, maintain_order=True)


def _beside(run: Run, finding: Finding) -> tuple[Finding, ...]:
    named = named_rows(run)
    own = Members.of(finding.members).frame.select("table", "position").unique()
    places = named.join(own, on=["table", "position"], how="semi")["finding"].unique().sort()
    others = (run.findings[place] for place in places)
    return tuple(other for other in others if other.fingerprint != finding.fingerprint)


def _sum(run: Run, table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Lay the rows out as a person would add them up."""
    paths = {file.file: file.name for file in run.inputs}
    amount = pl.col(AMOUNT[table]).cast(TOTAL) if table in AMOUNT else pl.lit(None, TOTAL)
    known = {
        name: pl.col(name) for name in ("currency", "limit", "limit_source", "url") if name in rows.columns
    }
    return rows.select(
        date=pl.col(DATE[table]) if table in DATE else pl.lit(None, pl.Date()),
        id=pl.col(IDENTIFIER[table]),
        amount=amount,
        total=amount.cum_sum(),
        currency=known.get("currency", pl.lit(None, pl.String())),
        limit=known.get("limit", pl.lit(None, TOTAL)),
        limit_source=known.get("limit_source", pl.lit(None, pl.String())),
        path=pl.col("file").replace(paths),
        row=pl.col("row"),
        url=known.get("url", pl.lit(None, pl.String())),
    )
