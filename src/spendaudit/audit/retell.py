"""What do the findings of a run say in the reader's language? Fills the sentences of their rules anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spendaudit.audit.message import sentence
from spendaudit.audit.reasons import reason
from spendaudit.i18n import ENGLISH, anew, language, t
from spendaudit.model.remarks import NUMBERS, SENTENCES
from spendaudit.model.run import Finding, Input, Run
from spendaudit.rules._rule import Rule


def retold(run: Run, rules: Mapping[str, Rule[Any]]) -> Run:
    """Return the run as the reader's language puts it; a run is kept in English.

    The sentence of a rule that is no longer installed stays as it is.
    """
    if language() == ENGLISH:
        return run
    return replace(
        run,
        findings=tuple(retold_finding(one, rules) for one in run.findings),
        known=tuple(retold_finding(one, rules) for one in run.known),
        inputs=tuple(map(retold_input, run.inputs)),
        outcomes=tuple(replace(one, reason=reason(one.reason)) for one in run.outcomes),
    )


def retold_finding(finding: Finding, rules: Mapping[str, Rule[Any]]) -> Finding:
    """Return one finding as the reader's language puts it."""
    if finding.rule not in rules or language() == ENGLISH:
        return finding
    message = sentence(
        rules[finding.rule].message,
        finding.facts,
        members=len(finding.members),
        amount=finding.amount,
        currency=finding.currency,
        starts=finding.starts,
        ends=finding.ends,
    )
    return replace(finding, message=message)


def retold_input(file: Input) -> Input:
    """Say why rows of a file were put aside, and what else a reader should know of it."""
    return replace(
        file,
        quarantine={remark(reason): rows for reason, rows in file.quarantine.items()},
        notes=tuple(map(remark, file.notes)),
    )


def remark(said: str) -> str:
    """Say what a run keeps of a file: a note, or why a row was put aside."""
    return anew(said, SENTENCES, NUMBERS, _filled)


def _filled(name: str, text: str) -> str:
    match name:
        case "columns" | "column":
            # Headers are the portal's own words.
            return text.replace(" or ", t(" or "))
        case "taken":
            return text.replace(" from `", t(" from `"))
        case "meaning" | "what":
            return t(text)
        case _:
            return text
