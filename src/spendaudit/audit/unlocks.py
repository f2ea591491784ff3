"""Which missing column keeps how many rules from judging? Says what to ask a publisher for."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from spendaudit.audit.coverage import Coverage
from spendaudit.model.run import Outcome, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """A column that is missing, or a table that nobody loaded, and the rules (ids) that wait for it."""

    table: str
    #: As in `Gap`: a column, a choice of columns, or empty for the whole table.
    column: str
    #: Rules that judge nothing for want of this alone.
    alone: tuple[str, ...]
    #: Rules that judge nothing for want of this and something else.
    among: tuple[str, ...]
    #: Rules that judge some rows, and would judge more.
    more: tuple[str, ...]


def unlocks(coverage: Mapping[str, Coverage | Outcome]) -> tuple[Unlock, ...]:
    """Sum up what rules lack, column by column: first what lets most rules judge.

    `coverage` tells by id what each rule could judge, or how it fared.
    """
    alone, among, more = (defaultdict[tuple[str, str], list[str]](list) for _ in range(3))
    for id_, covered in sorted(coverage.items()):
        if covered.state is State.NOT_APPLICABLE:
            continue
        idle = covered.state is State.NOT_EVALUABLE
        bars = [gap for gap in covered.gaps if gap.everywhere] if idle else []
        for gap in bars or covered.gaps:
            waiting = (alone if len(bars) == 1 else among) if idle else more
            waiting[gap.table, gap.column].append(id_)
    found = [
        Unlock(
            table=table,
            column=column,
            alone=tuple(alone[table, column]),
            among=tuple(among[table, column]),
            more=tuple(more[table, column]),
        )
        for table, column in {**alone, **among, **more}
    ]
    return tuple(
        sorted(
            found,
            key=lambda one: (-len(one.alone), -len(one.among), -len(one.more), one.table, one.column),
        )
    )
