"""What do the findings of a run say in the reader's language? Fills the sentences of their rules anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spendaudit.audit.message import sentence
from spendaudit.i18n import ENGLISH, language
from spendaudit.model.run import Finding, Run
from spendaudit.rules._rule import Rule


def retold(run: Run, rules: Mapping[str, Rule[Any]]) -> Run:
    """Return the run as the reader's language puts it; a run is kept in English.

    The sentence of a rule that is no longer installed stays as it is.
    """
    if language() == ENGLISH:
        return run
    messages = {name: rule.message for name, rule in rules.items()}
    return replace(
        run,
        findings=tuple(_retold(one, messages) for one in run.findings),
        known=tuple(_retold(one, messages) for one in run.known),
    )


def _retold(finding: Finding, messages: Mapping[str, str]) -> Finding:
    if finding.rule not in messages:
        return finding
    message = sentence(
        messages[finding.rule],
        finding.facts,
        members=len(finding.members),
        amount=finding.amount,
        currency=finding.currency,
        starts=finding.starts,
        ends=finding.ends,
    )
    return replace(finding, message=message)
