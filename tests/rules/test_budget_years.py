"""What the examples of the rules on years and whole budgets cannot show: other settings, and their sums."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest
from asking import WAGES, frame, rows, told

CLOSE: Final = date(2024, 12, 31)
LINE: Final[dict[str, Any]] = {
    **WAGES,
    "file": "a",
    "period_end": CLOSE,
    "approved": Decimal(100),
    "adjusted": Decimal(100),
    "committed": Decimal(100),
    "executed": Decimal(100),
    "paid": Decimal(100),
}
#: What the table names, and Python cannot.
Change = dict[str, Any]


def found(rule_id: str, *changes: Change, **settings: Any) -> list[dict[str, Any]]:
    """Ask about one line for each change of it; rows count from 1."""
    return told(
        rule_id, {"budget": frame("budget", [LINE | change for change in changes], first=1)}, **settings
    )


def at(amounts: dict[str, str | int], **change: Any) -> Change:
    return {**{phase: Decimal(amount) for phase, amount in amounts.items()}, **change}


def test_commitments_may_exceed_by_the_tolerance_and_placeholders_are_left_out() -> None:
    over = at({"committed": "125.01"})

    assert found("BUD003", at({"committed": 125}), tolerance="0.25") == []
    assert rows(found("BUD003", over, tolerance="0.25")) == [[1]]
    assert found("BUD003", over, floor=100) == []


def test_a_fiscal_year_that_ends_in_march_closes_in_march() -> None:
    under = at({"executed": 10})
    december, march = under, {**under, "period_end": date(2025, 3, 31)}

    assert found("BUD004", december, closing_month=15) == []
    assert rows(found("BUD004", march, closing_month=15)) == [[1]]
    assert rows(found("BUD004", {**under, "period_end": date(2024, 3, 31)}, closing_month=3)) == [[1]]


def test_what_was_left_is_told_with_its_share() -> None:
    (finding,) = found("BUD004", at({"executed": 25, "approved": 500}))

    assert finding["amount"] == Decimal(75)
    assert finding["facts"]["appropriation"] == Decimal(100)
    assert finding["facts"]["share"] == Decimal("0.25")


@pytest.mark.parametrize(
    ("rule_id", "change"),
    [
        ("BUD004", {"executed": 10}),
        ("BUD008", {"adjusted": 200}),
        ("BUD011", {"paid": 0}),
        ("BUD014", {"executed": 10, "period_end": date(2024, 6, 30)}),
        ("BUD017", {"executed": 0, "period_end": date(2024, 9, 30)}),
    ],
)
def test_lines_at_the_floor_are_left_out(rule_id: str, change: Change) -> None:
    assert found(rule_id, change, floor=100) == []
    assert rows(found(rule_id, change, floor="99.99")) == [[1]]


@pytest.mark.parametrize("rule_id", ["BUD014", "BUD017"])
def test_months_are_counted_from_the_start_of_the_fiscal_year(rule_id: str) -> None:
    early = at({"executed": 0 if rule_id == "BUD017" else 1}, period_end=date(2024, 7, 31))

    assert rows(found(rule_id, early, from_month=4, closing_month=15)) == [[1]]
    assert found(rule_id, early, from_month=5, closing_month=15) == []


def test_a_change_counts_when_it_is_large_in_money_too() -> None:
    assert rows(found("BUD008", at({"adjusted": 200}), least=100)) == [[1]]
    assert found("BUD008", at({"adjusted": 200}), least="100.01") == []


def test_a_pace_is_told_with_where_it_leads() -> None:
    ahead, behind = at({"executed": 60}), at({"executed": 10}, line_id="22-01")
    june = {"period_end": date(2024, 6, 30)}

    first, second = found("BUD014", {**ahead, **june}, {**behind, **june})

    assert (first["facts"]["projected"], first["facts"]["side"], first["amount"]) == (120, "above", 20)
    assert (second["facts"]["projected"], second["facts"]["side"], second["amount"]) == (20, "below", 80)


def months(*amounts: int, phase: str = "executed", **change: Any) -> list[Change]:
    """Give the figures of a line from January on."""
    ends = pl.date_range(date(2024, 1, 1), date(2024, 12, 1), "1mo", eager=True).dt.month_end()
    return [
        {**change, "period_end": end, phase: Decimal(amount)}
        for end, amount in zip(ends, amounts, strict=False)
    ]


def test_figures_of_single_months_are_added_up() -> None:
    year = months(*[8] * 11, 20, phase="paid")
    own = {"figures": "paid-by-month"}

    (finding,) = found("BUD005", *year, **own)

    assert rows([finding]) == [[12]]
    assert (finding["amount"], finding["facts"]["spent_in_year"]) == (Decimal(20), Decimal(108))
    assert found("BUD005", *months(*[8] * 11, 15, phase="paid"), **own) == []
    assert found("BUD005", *year[1:], **own) == []
    assert found("BUD005", *year, {**year[0], "period_end": date(2023, 12, 31)}, **own) == [finding]


def test_payments_are_read_where_nothing_was_executed() -> None:
    year = months(*range(10, 120, 10), 200, phase="paid", executed=None)

    assert rows(found("BUD005", *year, figures="paid-to-date")) == [[12]]
    assert found("BUD005", *year) == []


def test_a_last_quarter_is_three_months() -> None:
    year = months(*[60] * 9, 60, 60, 100)
    settings = {"months": 3, "share": "0.33"}

    (finding,) = found("BUD005", *year, **settings)

    assert rows([finding]) == [[10, 11, 12]]
    assert finding["amount"] == Decimal(40)
    assert (finding["starts"], finding["ends"]) == (date(2024, 10, 31), CLOSE)
    assert found("BUD005", *year[:8], *year[9:], **settings) == []


def test_spending_is_added_up_for_whom_the_setting_says() -> None:
    late, even = (
        months(*[0] * 11, 100)[10:],
        months(*[900] * 11, 900, line_id="22", economic_label="Ink")[10:],
    )
    other = months(*[9000] * 12, institution_id="06", institution_name="School")[10:]

    assert found("BUD005", *late, *even, *other) == []
    assert [x["facts"]["spender"] for x in found("BUD005", *late, *even, *other, per="line")] == [
        "Ministry, Wages"
    ]
    assert [x["facts"]["spender"] for x in found("BUD005", *late, *other, share="0.9")] == ["Ministry"]
    (whole,) = found("BUD005", *late, *even, per="budget", share="0.09")
    assert whole["facts"]["spender"] == "portal"


@pytest.mark.parametrize(("spent", "grade"), [(105, "A"), (95, "A"), (106, "B"), (111, "C"), (84, "D")])
def test_an_outturn_is_graded_as_pefa_does(spent: int, grade: str) -> None:
    (finding,) = found("BUD006", at({"executed": spent}), tolerance="0.01")

    assert finding["facts"]["grade"] == grade
    assert finding["facts"]["outturn"] == Decimal(spent) / 100
    assert finding["amount"] == abs(spent - 100)


def test_institutions_are_judged_alone_when_asked() -> None:
    over, under = at({"executed": 150}), at({"executed": 50}, institution_id=None, institution_name="School")

    assert found("BUD006", over, under) == []
    assert [x["facts"]["budget"] for x in found("BUD006", over, under, per="institution")] == [
        "Ministry",
        "School",
    ]


def test_small_heads_are_one_head() -> None:
    large = at({"approved": 500, "executed": 500})
    up, down = at({"executed": 200}, institution_id="06"), at({"executed": 0}, institution_id="07")
    third = at({"approved": 99, "executed": 99}, institution_id="08")

    (finding,) = found("BUD007", large, up, down, third)

    assert finding["facts"]["furthest"] == "07"
    assert finding["amount"] == Decimal(200)
    assert found("BUD007", large, up, down, third, heads=2)[0]["facts"]["furthest"] == "others"
    second = at({"approved": 300, "executed": 300}, institution_id="05")
    assert found("BUD007", large, second, up, down, heads=2) == []
    assert rows(found("BUD007", large, second, up, down, heads=3)) == [[1, 2, 3, 4]]


@pytest.mark.parametrize(("by", "column"), [("function", "functional_code"), ("economic", "economic_code")])
def test_heads_are_what_the_setting_says(by: str, column: str) -> None:
    up, down = at({"executed": 200}, **{column: "1"}), at({"executed": 0}, **{column: "2"})

    (finding,) = found("BUD007", up, down, by=by)

    assert found("BUD007", up, down) == []
    assert (finding["facts"]["variance"], finding["facts"]["grade"]) == (Decimal(1), "D")


def test_years_are_compared_by_figures_that_reach_as_far() -> None:
    june = at({"executed": 10}, fiscal_year=2023, period_end=date(2023, 6, 30))
    close = at({"executed": 10}, fiscal_year=2023, period_end=date(2023, 12, 31))

    assert found("BUD013", june, {}, compare="executed") == []
    (finding,) = found("BUD013", close, {}, compare="executed")
    assert (finding["amount"], finding["facts"]["before"], finding["facts"]["after"]) == (90, 10, 100)
    assert (finding["facts"]["fiscal_year"], finding["facts"]["figure"]) == (2024, "executed")
    assert found("BUD013", at({"executed": 10}, fiscal_year=2023), {}, compare="adjusted") == []


def test_a_jump_counts_when_it_is_large_in_money_and_not_from_next_to_nothing() -> None:
    before = at({"approved": 10}, fiscal_year=2023)

    assert rows(found("BUD013", before, {}, least=90, floor="9.99")) == [[1, 2]]
    assert found("BUD013", before, {}, least="90.01") == []
    assert found("BUD013", before, {}, floor=10) == []


@pytest.mark.parametrize("phase", ["approved", "adjusted", "committed", "executed", "paid"])
def test_each_figure_of_a_total_is_compared_with_its_parts(phase: str) -> None:
    part = {"line_id": "21-03-01", "parent_line_id": "21-03", phase: Decimal(50)}

    (finding,) = found("BUD015", {}, part)

    assert (finding["amount"], finding["facts"]["differ"], finding["facts"]["parts"]) == (50, phase, 1)
    assert (finding["facts"]["line"], finding["facts"]["line_code"]) == ("Wages", "21-03")
    assert found("BUD015", {}, part, rounding=50) == []


@pytest.mark.parametrize("phase", ["adjusted", "committed", "executed", "paid"])
def test_each_figure_of_one_date_is_compared_between_files(phase: str) -> None:
    later = {"file": "b", phase: Decimal(150)}

    (finding,) = found("BUD016", {}, later)

    assert (finding["amount"], finding["facts"]["changed"], finding["facts"]["files"]) == (50, phase, 2)
    assert found("BUD016", {}, later, rounding=50) == []
    assert found("BUD016", {}, {**later, "period_end": date(2024, 11, 30)}) == []


def test_files_of_two_sources_are_compared_when_asked() -> None:
    law = {"source": "law", "period_end": None, "approved": Decimal(90)}

    assert found("BUD016", {}, law) == []
    assert rows(found("BUD016", {}, law, across=True)) == [[1, 2]]


def test_a_line_that_was_changed_in_several_ways_is_one_finding() -> None:
    later = {"file": "b", "approved": Decimal(150), "paid": Decimal(180)}

    (finding,) = found("BUD016", {}, later)

    assert rows([finding]) == [[1, 2]]
    assert (finding["amount"], finding["facts"]["changed"]) == (80, "approved, paid")
