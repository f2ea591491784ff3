"""What must a reader know of the rules that a run asked? Read from their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from spendaudit.i18n import page, t
from spendaudit.model.run import Outcome, Run
from spendaudit.rules import load_rules
from spendaudit.rules._page import SECTIONS, sections

_EXAMPLE: Final = "Worked example"


@dataclass(frozen=True, slots=True)
class Method:
    """One rule that a run asked; of a rule that is no longer installed, only how it fared is known."""

    outcome: Outcome
    #: One sentence: what the rule looks for.
    summary: str
    stage: str
    version: int | None
    #: Numbers in the Open Contracting Partnership's guide.
    ocp: tuple[str, ...]
    #: What its page says, by heading.
    sections: Mapping[str, str]
    #: The settings that it ran with.
    settings: Mapping[str, Any]

    @property
    def reading(self) -> Mapping[str, str]:
        """The sections that a reader of findings needs: all but the worked example."""
        return {title: text for title, text in self.sections.items() if title != _EXAMPLE}


def methods(run: Run) -> tuple[Method, ...]:
    """Return what is known of each rule of the run, in the order of its outcomes."""
    known = load_rules()
    settings = run.settings.get("rules", {})
    found = []
    for outcome in run.outcomes:
        rule = known.get(outcome.id)
        ran_with = settings.get(outcome.id, {})
        if rule is None:
            found.append(Method(outcome, outcome.name, "", None, (), {}, ran_with))
        else:
            told = page(rule.id, rule.page, SECTIONS)
            parts = sections(told.text, told.headings)
            found.append(
                Method(outcome, t(rule.summary), rule.stage.value, rule.version, rule.ocp, parts, ran_with)
            )
    return tuple(found)
