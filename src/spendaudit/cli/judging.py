"""Works out what helps to judge an audit: counts, other settings, overlaps, whom to read about first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from spendaudit.audit.archive import load_rows
from spendaudit.audit.overlap import overlaps
from spendaudit.audit.score import Who, scores, weigh
from spendaudit.audit.sensitivity import sensitivity
from spendaudit.audit.settings import alternatives
from spendaudit.cli.aids import overlapping, scored, sensitivities
from spendaudit.cli.asking import Questions
from spendaudit.cli.counted import statistics
from spendaudit.cli.outputs import Outputs
from spendaudit.cli.reading import Read
from spendaudit.config import Setting
from spendaudit.errors import UsageError
from spendaudit.model.run import Run
from spendaudit.model.tables import Tables
from spendaudit.report.listing import Listing
from spendaudit.rules import load_rules


@dataclass(frozen=True, slots=True)
class Aids:
    """What was asked for beside the findings."""

    #: As written: `SPL001.days=7,30,90`.
    settings: tuple[str, ...]
    overlap: bool
    statistics: bool
    who: Who | None
    #: By rule id.
    weights: Mapping[str, Decimal]

    @classmethod
    def of(
        cls,
        settings: Sequence[str],
        score: str,
        weights: Mapping[str, Setting],
        questions: Questions,
        outputs: Outputs,
        *,
        overlap: bool,
        statistics: bool,
    ) -> Self:
        """Read the options. Raises UsageError before any work is done."""
        rules = load_rules()
        written = {one.name for one in (*(named for _, named in outputs.files), outputs.printed) if one}
        if "csv" in written and bool(settings) + overlap + statistics + bool(score) > 1:
            raise UsageError(
                "CSV holds one list at a time",
                hint="give one of --statistics, --sensitivity, --overlap and --score, or write JSON, "
                "which holds all",
            )
        for setting in settings:
            alternatives(setting, rules, questions.params)
        known: dict[str, Decimal] = {}
        if score:
            try:
                known = weigh(rules, {name: setting.value for name, setting in weights.items()})
            except UsageError as error:
                origins = ", ".join(sorted({setting.origin for setting in weights.values()}))
                raise error.at(f"{origins}: score.weights") from None
        return cls(tuple(settings), overlap, statistics, _who(score), known)

    def lists(self, run: Run, found: Read, tables: Tables, questions: Questions) -> tuple[Listing, ...]:
        """Work everything out for a run as it may be shown, and what it was run on."""
        listed = []
        if self.statistics:
            listed.append(statistics(run))
        if self.settings:
            rules = load_rules()
            tried = [
                sensitivity(setting, rules, questions.params, tables, found.inputs, limits=questions.limits)
                for setting in self.settings
            ]
            listed.append(sensitivities(tried))
        if self.overlap:
            listed.append(overlapping(overlaps(run)))
        if self.who:
            rows = load_rows(found.kept, run.id)
            listed.append(scored(scores(run, self.who, self.weights, tables, rows), self.who))
        return tuple(listed)


def _who(score: str) -> Who | None:
    if score and score not in {*Who}:
        raise UsageError("--score: there is no score of {score}", hint="buyers or suppliers", score=score)
    return Who(score) if score else None
