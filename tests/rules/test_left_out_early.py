"""Rules that leave out early what cannot be a finding find what one finds by hand, at every bound."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from asking import flagged, frame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Row = dict[str, Any]
#: Findings by the numbers of their rows. None of these rules names a row in two of them.
Findings = set[frozenset[int]]

any_rows = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def rows_of(**cells: Sequence[Any]) -> st.SearchStrategy[list[Row]]:
    """Up to sixty contracts, whose cells are any of these."""
    row = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in cells.items()})
    return st.lists(row, min_size=1, max_size=60)


def found(rule_id: str, rows: Sequence[Row], **setting: Any) -> Findings:
    contracts = frame("contracts", [{"file": "f", **row} for row in rows])
    return {frozenset(finding) for finding in flagged(rule_id, {"contracts": contracts}, **setting)}


def groups(rows: Sequence[Row], key: Callable[[Row], Hashable | None]) -> Iterator[dict[int, Row]]:
    """Put rows together by key, each by its number; leave out those that have none."""
    together: dict[Hashable, dict[int, Row]] = defaultdict(dict)
    for number, row in enumerate(rows):
        if key(row) is not None:
            together[key(row)][number] = row
    yield from together.values()


def purchases(*suppliers: str | None, amounts: str) -> st.SearchStrategy[list[Row]]:
    """Most of one buyer, market and year."""
    return rows_of(
        source=(*["one"] * 6, None),
        buyer_key=(*["Hill"] * 9, "Moor", None),
        supplier_key=suppliers,
        currency=(*["CLP"] * 9, "USD", None),
        decision_date=(*[date(2024, 1, 1), date(2024, 12, 31)] * 4, date(2025, 1, 1), None),
        item_scheme=(*["CPV"] * 9, None),
        item_code=(*["11", "12"] * 4, "21", None),
        amount=tuple(map(Decimal, amounts.split())),
    )


#: A few alike, one among a few, and so many that some share a heap, whatever their codes are.
MANY: Final = tuple(f"S{number}" for number in range(200))
PURCHASES: Final = (
    purchases("A", "B", "C", "D", amounts="1")
    | purchases(*"AAAAABCDEF", amounts="1 1 1 2")
    | purchases(*MANY, *MANY[:4] * 100, None, amounts="1 1 1 2 3 0.0001 500000000 0 -3")
)


def of_buyer(row: Row) -> Hashable | None:
    """Tell whose purchase of which year it is; None, if something that must be known is not."""
    return (row["source"], row["buyer_key"], *in_year(row)) if row["buyer_key"] and in_year(row) else None


def of_market(row: Row) -> Hashable | None:
    """Tell of what, by one digit of its code."""
    code = row["item_code"]
    return (row["source"], row["item_scheme"], code[0], *in_year(row)) if code and in_year(row) else None


def in_year(row: Row) -> tuple[Hashable, ...]:
    known = row["supplier_key"] and row["currency"] and row["decision_date"] and row["amount"] > 0
    return (row["currency"], row["decision_date"].year) if known else ()


def shares(group: dict[int, Row]) -> tuple[Decimal, Decimal]:
    """The index of concentration, of shares in millionths, and the share of the four largest."""
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for row in group.values():
        spent[row["supplier_key"]] += row["amount"]
    total = sum(spent.values(), Decimal(0))
    index = sum((one * 10**6 // total) ** 2 for one in spent.values())
    return Decimal(index) / 10**12, sum(sorted(spent.values())[-4:], Decimal(0)) / total


@pytest.mark.parametrize("of", ["buyer", "market"])
@pytest.mark.parametrize("measure", ["index", "largest-four"])
@any_rows
@given(
    rows=PURCHASES,
    bound=st.sampled_from(["0.0001", "0.125", "0.25", "0.3333", "0.375", "0.5", "0.8", "1"]),
    fewest=st.integers(2, 6),
)
def test_suppliers_are_as_concentrated_as_by_hand(
    measure: str, of: str, rows: list[Row], bound: str, fewest: int
) -> None:
    expected = {
        frozenset(group)
        for group in groups(rows, of_buyer if of == "buyer" else of_market)
        if len(group) >= fewest and shares(group)[measure == "largest-four"] >= Decimal(bound)
    }

    setting = {"index": bound, "four": bound, "min_contracts": fewest, "digits": 1}
    assert found("CON003", rows, measure=measure, of=of, **setting) == expected


def bought(*amounts: Decimal) -> list[Row]:
    """One purchase of each amount, each from another supplier."""
    alike = {"source": "one", "buyer_key": "Hill", "currency": "CLP", "decision_date": date(2024, 1, 1)}
    return [{**alike, "supplier_key": f"S{number}", "amount": one} for number, one in enumerate(amounts)]


@pytest.mark.parametrize(
    ("suppliers", "measure", "just", "above"),
    [(4, "index", "0.25", "0.2501"), (4, "largest-four", "1", None), (5, "largest-four", "0.8", "0.8001")],
)
def test_suppliers_who_share_alike_are_found_at_their_share(
    suppliers: int, measure: str, just: str, above: str | None
) -> None:
    rows = bought(*[Decimal(7)] * suppliers)

    assert found("CON003", rows, measure=measure, index=just, four=just, min_contracts=4)
    assert not above or not found("CON003", rows, measure=measure, index=above, four=above, min_contracts=4)


@pytest.mark.parametrize("cents", ["0", "0.01"])
def test_a_share_is_cut_to_millionths_however_near_it_is_to_more(cents: str) -> None:
    billion = Decimal(10**9)
    rows = bought(4 * billion, 3 * billion, 3 * billion - Decimal(cents), Decimal(cents))

    # 0.4, 0.3 and 0.3, or a millionth less.
    assert len(found("CON003", rows, index="0.34", min_contracts=3)) == (cents == "0")


@any_rows
@given(
    rows=rows_of(
        source=("one", "two", None), buyer_key=("Hill", "Moor", None), title=("road", "roof", "Road", None)
    ),
    fewest=st.integers(2, 6),
    share=st.sampled_from(["0.0001", "0.25", "0.3333", "0.5", "1"]),
)
def test_titles_are_repeated_as_often_as_by_hand(rows: list[Row], fewest: int, share: str) -> None:
    expected = {
        frozenset(alike)
        for titled in groups(rows, lambda row: row["title"] and (row["source"], row["buyer_key"]))
        for alike in (
            {number for number, row in titled.items() if row["title"] == title}
            for title in {row["title"] for row in titled.values()}
        )
        if len(alike) >= fewest and len(alike) >= Decimal(share) * len(titled)
    }

    assert found("DQ014", rows, min_contracts=fewest, share=share) == expected


@any_rows
@given(
    rows=rows_of(
        source=("one", "one", "two"),
        tender_id=("T1", "T2", "T3", "T4", None),
        contract_id=("a", "b", "c", "d", "e", None),
        supplier_key=("Ash", "Ash", "Ash", "Ash", "Ash", "Bay", None),
        procurement_method=("open", "selective", "limited", "direct", None),
    ),
    lots=st.integers(2, 4),
)
def test_lots_go_to_one_as_by_hand(rows: list[Row], lots: int) -> None:
    def tender(row: Row) -> Hashable | None:
        several = row["procurement_method"] in {"open", "selective", "limited"}
        known = several and row["tender_id"] and row["contract_id"]
        return (row["source"], row["tender_id"]) if known else None

    expected = {
        frozenset(contracts)
        for contracts in groups(rows, tender)
        if len({row["contract_id"] for row in contracts.values()}) >= lots
        and {row["supplier_key"] for row in contracts.values()} in ({"Ash"}, {"Bay"})
    }

    assert found("CON006", rows, lots=lots) == expected


@any_rows
@given(
    rows=rows_of(
        buyer_key=("Hill", "Moor", None),
        supplier_key=("Ash", "Bay", None),
        currency=("CLP", "CLP", "USD", None),
        amount=tuple(map(Decimal, ("-1000", "99", "100", "110", "1000", "1010", "20000", "3000000000000"))),
    ),
    fewest=st.integers(2, 6),
    share=st.sampled_from(["0.0001", "0.3333", "0.5", "0.75", "1"]),
)
def test_amounts_are_as_round_as_by_hand(rows: list[Row], fewest: int, share: str) -> None:
    def pair(row: Row) -> Hashable | None:
        known = row["buyer_key"] and row["supplier_key"] and row["currency"] and row["amount"] >= 100
        return (row["buyer_key"], row["supplier_key"], row["currency"]) if known else None

    expected = set()
    for contracts in groups(rows, pair):
        digits = {number: len(f"{row['amount']:.0f}") for number, row in contracts.items()}
        even = {
            number
            for number, row in contracts.items()
            if row["amount"] % 10 ** (1 + (digits[number] - 1) // 2) == 0
        }
        if len(contracts) >= fewest and even and len(even) >= Decimal(share) * len(contracts):
            expected.add(frozenset(even))

    assert found("PRC007", rows, floor=100, min_contracts=fewest, share=share) == expected
