"""How do findings change with a setting of their rule? Asks the rule again with other values of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from spendaudit.audit.run import audit
from spendaudit.audit.settings import alternatives, written
from spendaudit.enrich.law import Limits
from spendaudit.model.found import Findings
from spendaudit.model.run import Input, Run
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Params, Rule

#: How a row is told from another where several were published in one place.
_ROW = ("table", "id", "file", "row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one value of a setting finds, beside what the audit's own value finds."""

    value: str
    #: It is the audit's own value.
    own: bool
    findings: int
    flagged: int
    evaluated: int
    #: The findings' amounts added up, by currency; those without a currency are none.
    amounts: Mapping[str, Decimal]
    #: Findings that the audit's own value has not, and those that only it has. One that has another row is
    #: another finding.
    gained: int
    lost: int
    #: The same for flagged rows.
    rows_gained: int
    rows_lost: int

    @property
    def base_rate(self) -> float | None:
        """Flagged over evaluated rows; None when none could be judged."""
        return self.flagged / self.evaluated if self.evaluated else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """One setting with the values that were tried, in the order in which they were given."""

    rule: str
    setting: str
    trials: tuple[Trial, ...]


def sensitivity(
    assignment: str,
    rules: Mapping[str, Rule[Any]],
    params: Mapping[str, Params],
    tables: Tables,
    inputs: Sequence[Input],
    *,
    limits: Limits | None = None,
) -> Sensitivity:
    """Try every value of `SPL001.days=7,30,90`; the audit's own value is tried first if it is not among them.

    `params` are the audit's settings by rule id. Raises UsageError for a rule, setting or value there is not.
    """
    rule, setting, values = alternatives(assignment, rules, params)
    own = params[rule.id]
    ask = partial(_asked, rule=rule, tables=tables, inputs=inputs, limits=limits)
    before = ask(own)
    tried = {text: before if given == own else ask(given) for text, given in values.items()}
    if own not in values.values():
        tried = {written(getattr(own, setting)): before, **tried}
    return Sensitivity(
        rule=rule.id,
        setting=setting,
        trials=tuple(_trial(text, run, before) for text, run in tried.items()),
    )


def _asked(
    params: Params, *, rule: Rule[Any], tables: Tables, inputs: Sequence[Input], limits: Limits | None
) -> Run:
    return audit(tables, inputs, [rule], {rule.id: params}, limits=limits)


def _trial(value: str, run: Run, own: Run) -> Trial:
    (outcome,) = run.outcomes
    amounts: dict[str, Decimal] = {}
    for finding in run.findings:
        if finding.amount is not None and finding.currency:
            amounts[finding.currency] = amounts.get(finding.currency, Decimal(0)) + finding.amount
    found, before = ({finding.fingerprint for finding in one.findings} for one in (run, own))
    rows, rows_before = _rows(run), _rows(own)
    return Trial(
        value=value,
        own=run is own,
        findings=outcome.findings,
        flagged=outcome.flagged,
        evaluated=outcome.evaluated,
        amounts=dict(sorted(amounts.items())),
        gained=len(found - before),
        lost=len(before - found),
        rows_gained=rows.join(rows_before, on=_ROW, how="anti").height,
        rows_lost=rows_before.join(rows, on=_ROW, how="anti").height,
    )


def _rows(run: Run) -> pl.DataFrame:
    return Findings.of(run.findings).members.select(_ROW).unique()
