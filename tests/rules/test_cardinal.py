"""Where settings ask for it, rules on OCDS give the results of Cardinal, organisations and values alike.

Cardinal's own cases are read where they are beside the project; others, of the same form, are in `fixtures`:
`R003-threshold-10.jsonl` holds compiled releases, the setting is in the name, and `.expected` says, by group
and identifier, which value Cardinal writes.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest

from spendaudit.audit.run import audit
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import normalize
from spendaudit.load.tables import open_tables
from spendaudit.model.run import Finding, Run
from spendaudit.model.tables import Tables
from spendaudit.rules import load_rules

OWN: Final = Path(__file__).parents[2] / "fixtures" / "cardinal"
CARDINALS: Final = Path("ocds") / "cardinal_fixtures" / "indicators"

Results = dict[str, dict[str, float]]
Row = dict[str, Any]

#: The rules, with the settings under which they are Cardinal's. Its tests leave out tenders of the method
#: `EXC`, and take it that price does not decide in those of the method `NPC`.
RULES: Final[Mapping[str, tuple[str, tuple[Mapping[str, Any], ...]]]] = {
    "R003": ("TIM001", ({"methods": "any", "counted": "hours"},)),
    "R018": ("COM001", ({"call_offs": True},)),
    "R024": ("BID001", ({"against": "quartiles", "other_methods": ["NPC"]},)),
    "R025": ("BID003", ({"against": "quartiles", "min_tenders": 1},)),
    "R028": ("BID004", ({"other_methods": ["NPC"]},)),
    "R030": ("BID005", ({},)),
    "R035": ("BID006", ({},)),
    "R036": ("BID007", ({"other_methods": ["NPC"]},)),
    "R038": (
        "BID008",
        tuple(
            {"by": by, "against": "quartiles", "min_bids": 2, "min_tenders": 1}
            for by in ("buyer", "entity", "bidder")
        ),
    ),
    "R048": ("CON008", ({"measure": "fence"},)),
    "R058": ("BID002", ({"against": "quartiles", "other_methods": ["NPC"]},)),
}

#: What Cardinal's settings are called here.
CALLED: Final[Mapping[str, Mapping[str, str]]] = {
    "R003": {"threshold": "days"},
    "R024": {"threshold": "threshold"},
    "R025": {"threshold": "max_share", "percentile": "percentile"},
    "R035": {"threshold": "min_disqualified"},
    "R038": {"threshold": "min_share"},
    "R048": {"threshold": "kinds", "digits": "digits", "minimum_contracting_processes": "min_processes"},
    "R058": {"threshold": "threshold"},
}


def asked(name: str) -> tuple[str, list[dict[str, Any]]]:
    """The indicator, and the settings of our rule, that a case is named after."""
    code, *rest = name.split("-")
    # A single word tells cases apart, and is no setting.
    if len(rest) % 2 and rest[0] != "procurement_method_details":
        rest = rest[1:]
    _, every = RULES[code]
    settings = [{"left_out": ["EXC"], "cardinal": True, **one} for one in every]
    if rest and rest[0] == "procurement_methods":
        assert rest[1] == "open+selective"
        given: dict[str, Any] = {"methods": "selective"}
    elif rest and rest[0] == "procurement_method_details":
        pairs = zip(rest[1::2], rest[2::2], strict=True)
        given = {"days_by_details": [f"{details}={days}" for details, days in pairs]}
    else:
        given = {CALLED[code][setting]: value for setting, value in zip(rest[::2], rest[1::2], strict=True)}
        if "threshold" in rest[::2] and "against" in settings[0]:
            given["against"] = "threshold"
        if "threshold" in rest[::2] and code == "R048":
            given["measure"] = "kinds"
    return code, [one | given for one in settings]


def results(path: Path, store: Path) -> Results:
    """What our rule finds, as Cardinal would write it."""
    code, settings = asked(path.stem)
    rule = load_rules()[RULES[code][0]]
    loaded = normalize([path], Store(store))
    assert not loaded.refused
    tables = open_tables(loaded.inputs, Store(store))
    found: Results = defaultdict(dict)
    for setting in settings:
        run = audit(tables, loaded.inputs, [rule], {rule.id: rule.params.model_validate(setting)})
        for group, identifier, value in told(code, run, Said(tables), setting.get("by", "")):
            found[group][identifier] = value
    return dict(found)


class Said:
    """The rows of a file, by the process that they are of."""

    def __init__(self, tables: Tables) -> None:
        self.contracts = self._by_process(tables, "contracts")
        self.bids = self._by_process(tables, "bids")

    def counted(self) -> Iterable[Row]:
        """The bids in tenders that are not left out."""
        for process, bids in self.bids.items():
            about = self.contracts[process][0]
            if about["tender_status"] != "cancelled" and about["procurement_method_details"] != "EXC":
                yield from bids

    @staticmethod
    def _by_process(tables: Tables, table: str) -> Mapping[str, list[Row]]:
        rows = defaultdict(list)
        if table in tables:
            for row in tables[table].sort("file", "row").collect().iter_rows(named=True):
                rows[row["tender_id"]].append(row)
        return rows


@dataclass(frozen=True)
class Told:
    """A finding, the rows it names, and what else is said of their processes."""

    finding: Finding
    rows: list[Row]
    said: Said

    @property
    def process(self) -> str:
        (process,) = {row["tender_id"] for row in self.rows}
        return str(process)

    @property
    def winners(self) -> set[str]:
        return {name for row in self.rows for name in parties(row["supplier_refs"])}

    def ratio(self) -> float:
        won, second = (float(str(self.finding.facts[name])) for name in ("won", "second"))
        return (second - won) / won

    def one_of_all(self, column: str) -> set[str]:
        """Who stands in every row."""
        return set.intersection(*({*parties(row[column])} for row in self.rows))


def parties(references: str | None) -> list[str]:
    return [name for name in (references or "").split("; ") if name]


def told(code: str, run: Run, said: Said, by: str) -> Iterator[tuple[str, str, float]]:
    """Write findings as Cardinal does: group, identifier and value."""
    rows = {table: frame.to_dicts() for table, frame in run.rows.items()}
    for finding in run.findings:
        members = [rows[member.table][member.position] for member in finding.members]
        one = Told(finding, members, said)
        yield from TELLING[code](one, by)


def once_a_process(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    yield "OCID", one.process, 1.0


def close_bids(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    yield "OCID", one.process, one.ratio()
    second = next(
        bid["bidder_refs"]
        for bid in one.said.bids[one.process]
        if bid["status"] == "valid"
        and (bid["amount"], bid["currency"]) == (one.finding.facts["second"], one.finding.currency)
        and bid["bidder_refs"] not in one.winners
    )
    yield from (("Tenderer", name, 0.0) for name in (*one.winners, second))


def heavy_discounts(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    yield "OCID", one.process, one.ratio()
    yield from (("Tenderer", name, 0.0) for name in one.winners)


def unsuccessful(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    (bidder,) = one.one_of_all("bidder_refs")
    wins, tenders = (int(str(one.finding.facts[name])) for name in ("wins", "tenders"))
    yield "Tenderer", bidder, wins / tenders


def identical_prices(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    yield "OCID", one.process, 1.0
    for bid in one.rows:
        yield from (("Tenderer", name, 1.0) for name in parties(bid["bidder_refs"]))


def late_bids(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    yield "OCID", one.process, 1.0
    close = one.rows[0]
    for bid in one.said.bids[one.process]:
        known = bid["time"] is not None and close["tender_end_time"] is not None
        if (
            bid["status"] == "valid"
            and known
            and published(bid, "time") > published(close, "tender_end_time")
        ):
            its = {*parties(bid["bidder_refs"])} & one.winners
            yield from (("Tenderer", name, 1.0) for name in its)


def published(row: Row, moment: str) -> str:
    """Write a moment as it was published."""
    offset = row[f"{moment.removesuffix('time')}offset" if moment != "time" else "time_offset"]
    clock = pl.select(pl.lit(row[moment]) + pl.duration(minutes=offset)).item()
    hours, minutes = divmod(abs(offset), 60)
    mark = f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}" if offset else "Z"
    return f"{clock:%Y-%m-%dT%H:%M:%S}{mark}"


def all_but_one(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    yield "OCID", one.process, float(str(one.finding.facts["disqualified"]))
    yield from (("Tenderer", name, 0.0) for name in one.winners)


def disqualified(one: Told, by: str) -> Iterator[tuple[str, str, float]]:
    facts = one.finding.facts
    bids, out = int(str(facts["bids"])), int(str(facts["disqualified"]))
    if by == "bidder":
        for name in one.one_of_all("bidder_refs"):
            if sum(made(bid, name) for bid in one.said.counted()) == bids:
                yield "Tenderer", name, out / bids
        return
    column, group = {"buyer": ("buyer_ref", "Buyer"), "entity": ("procuring_entity_ref", "ProcuringEntity")}[
        by
    ]
    (name,) = {one.said.contracts[bid["tender_id"]][0][column] for bid in one.rows}
    yield group, name, out / bids


def made(bid: Row, name: str) -> bool:
    return name in parties(bid["bidder_refs"]) and bid["status"] not in {"invited", "withdrawn", None}


def heterogeneous(one: Told, _by: str) -> Iterator[tuple[str, str, float]]:
    (name,) = one.winners
    yield "Tenderer", name, float(str(one.finding.facts["kinds"]))


TELLING: Final[Mapping[str, Callable[[Told, str], Iterator[tuple[str, str, float]]]]] = {
    "R003": once_a_process,
    "R018": once_a_process,
    "R024": close_bids,
    "R025": unsuccessful,
    "R028": identical_prices,
    "R030": late_bids,
    "R035": all_but_one,
    "R036": once_a_process,
    "R038": disqualified,
    "R048": heterogeneous,
    "R058": heavy_discounts,
}


def expected(path: Path) -> Results:
    said: dict[str, dict[str, dict[str, float]]] = json.loads(
        path.with_suffix(".expected").read_text("utf-8")
    )
    code = path.stem.partition("-")[0]
    return {
        group: {identifier: values[code] for identifier, values in of.items()} for group, of in said.items()
    }


@pytest.mark.parametrize("path", sorted(OWN.glob("*.jsonl")), ids=lambda path: path.stem)
def test_gives_the_results_of_cardinal(path: Path, tmp_path: Path) -> None:
    assert results(path, tmp_path) == expected(path)


def test_gives_the_results_of_cardinal_on_its_own_cases(real_data: Path, tmp_path: Path) -> None:
    paths = sorted((real_data / CARDINALS).glob("*.jsonl"))

    found = {path.stem: results(path, tmp_path) for path in paths}
    assert {name.partition("-")[0] for name in found} == {*RULES}
    assert found == {path.stem: expected(path) for path in paths}


def flagged(case: str, rule_id: str, store: Path, **setting: Any) -> set[str]:
    """The processes in which our rule finds something, under these settings alone."""
    rule = load_rules()[rule_id]
    loaded = normalize([OWN / f"{case}.jsonl"], Store(store))
    tables = open_tables(loaded.inputs, Store(store))
    run = audit(tables, loaded.inputs, [rule], {rule.id: rule.params.model_validate(setting)})
    places = [(finding, next(iter(finding.members)).table) for finding in run.findings]
    rows = {table: frame["tender_id"].to_list() for table, frame in run.rows.items()}
    return {rows[table][member.position] for finding, table in places for member in finding.members}


def test_bids_are_late_by_moments_and_not_by_texts(tmp_path: Path) -> None:
    assert flagged("R030-offsets", "BID005", tmp_path) == {
        "earlier by the clock, later in fact",
        "one of two together won with others",
        "on time, and late again",
    }


def test_without_hours_a_bid_is_late_from_the_next_day_on(tmp_path: Path) -> None:
    assert flagged("R030-offsets", "BID005", tmp_path, compared="days") == {
        "one of two together won with others",
    }


def test_every_tender_is_compared_in_its_own_currency(tmp_path: Path) -> None:
    assert flagged("R036-ties", "BID007", tmp_path) == {
        "disqualified first",
        "valid first",
        "another currency",
    } | {"an award in force beside a pending one"}
    assert flagged("R036-ties", "BID007", tmp_path, currency="CLP") == {"another currency"}


def test_the_fewest_tenders_are_compared_with_tenders(tmp_path: Path) -> None:
    settings = {"by": "bidder", "min_bids": 2, "cardinal": True, "min_share": "0.1"}

    assert flagged("R038-together", "BID008", tmp_path, min_tenders=1, **settings) != set()
    assert flagged("R038-together", "BID008", tmp_path, min_tenders=2, **settings) == set()


def test_a_period_is_counted_in_days_of_the_calendar_or_in_hours(tmp_path: Path) -> None:
    by_days = flagged("R003-offsets", "TIM001", tmp_path, methods="any")
    by_hours = flagged("R003-offsets", "TIM001", tmp_path, methods="any", counted="hours")

    assert by_days == {"days alone", "no offset"}
    assert by_hours == {
        "a second short, an hour of it by the offset",
        "short through the offset",
        "parts of a second",
    }


def test_what_stands_under_a_cancelled_tender_came_to_nothing(tmp_path: Path) -> None:
    loaded = normalize([OWN / "R018-awards.jsonl"], Store(tmp_path))
    rows = open_tables(loaded.inputs, Store(tmp_path))["contracts"].collect()

    void = dict(zip(rows["ocid"], rows["is_void"], strict=True))
    assert void == {"cancelled award": True, "cancelled tender": True, "two awards": False, "left out": False}
