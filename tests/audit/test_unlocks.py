from spendaudit.audit.coverage import Coverage
from spendaudit.audit.unlocks import Unlock, unlocks
from spendaudit.model.run import Gap, State


def covered(*gaps: Gap, state: State | None = State.NOT_EVALUABLE) -> Coverage:
    return Coverage(rows=2, applicable=2, evaluated=0, reason="", state=state, gaps=gaps)


TITLE = Gap("contracts", "title", 2, everywhere=True)
SOME_AMOUNTS = Gap("contracts", "amount", 1, everywhere=False)
BIDS = Gap("bids", "", 0, everywhere=True)


def test_a_column_that_alone_keeps_rules_from_judging_comes_first() -> None:
    known = {
        "AAA001": covered(TITLE),
        "AAA002": covered(TITLE, SOME_AMOUNTS),
        "AAA003": covered(TITLE, BIDS),
        "AAA004": covered(SOME_AMOUNTS, state=None),
    }

    assert unlocks(known) == (
        Unlock(table="contracts", column="title", alone=("AAA001", "AAA002"), among=("AAA003",), more=()),
        Unlock(table="bids", column="", alone=(), among=("AAA003",), more=()),
        Unlock(table="contracts", column="amount", alone=(), among=(), more=("AAA004",)),
    )


def test_where_no_column_is_missing_everywhere_all_of_them_are_waited_for() -> None:
    known = {"AAA001": covered(SOME_AMOUNTS, Gap("contracts", "title", 1, everywhere=False))}

    assert [(one.column, one.among) for one in unlocks(known)] == [
        ("amount", ("AAA001",)),
        ("title", ("AAA001",)),
    ]


def test_a_rule_that_is_about_none_of_the_rows_waits_for_nothing() -> None:
    assert (
        unlocks({"AAA001": covered(SOME_AMOUNTS, state=State.NOT_APPLICABLE), "AAA002": covered(state=None)})
        == ()
    )
