"""What must a reader know of the rules that a run asked? Read from their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from spendaudit.model.run import Outcome, Run
from spendaudit.rules import load_rules
from spendaudit.rules._rule import SECTIONS

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
            page = sections(rule.page)
            found.append(
                Method(outcome, rule.summary, rule.stage.value, rule.version, rule.ocp, page, ran_with)
            )
    return tuple(found)


def sections(page: str) -> dict[str, str]:
    """Cut a rule's page into the text below each of its headings."""
    starts = sorted((page.index(f"\n{title}\n"), title) for title in SECTIONS if f"\n{title}\n" in page)
    bounds = pairwise([*(start for start, _ in starts), len(page)])
    return {
        # The line below a heading underlines it.
        title: page[start:end].strip().split("\n", 2)[-1].strip()
        for (_, title), (start, end) in zip(starts, bounds, strict=True)
    }
