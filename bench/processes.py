"""Writes compiled OCDS releases of ordinary processes with planted ones among them, and what was planted.

    python bench/processes.py --lines 1000 --out bench/data

Each family of questions has a kind of its own, and decoys made of what its pages call false positives: a day
more than asked about, a cent less, a bid that was withdrawn, a procedure in which nobody else could bid.
"""

import argparse
import csv
import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from awards import Party
from cases import DECOY, PLANTED
from generate import TRUTH
from releases import rut

_CENT: Final = Decimal("0.01")
_DAY: Final = dt.timedelta(days=1)
#: Mondays of two years, in which nothing is planted but by the cases themselves.
_MONDAYS: Final = 90
_BEGUN: Final = dt.date(2022, 1, 3)

Release = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bid:
    """What one bidder asked for."""

    bidder: int
    amount: Decimal
    day: dt.date
    status: str = "valid"


@dataclass(frozen=True, slots=True)
class Process:
    """One process, from its call to its contract; every date a weekday, every number in order."""

    number: int
    opens: dt.date
    closes: dt.date
    awarded: dt.date
    signed: dt.date
    starts: dt.date
    ends: dt.date
    estimate: Decimal
    bids: tuple[Bid, ...]
    #: Who won each of its contracts.
    winners: tuple[int, ...]
    method: str = "open"
    amended: tuple[dt.date, ...] = ()
    wrong_digit: bool = False
    amount: Decimal | None = None

    @property
    def contracts(self) -> list[str]:
        """Name its contracts."""
        return [f"C-{self.number}-{place}" for place in range(len(self.winners))]

    @property
    def won(self) -> Decimal:
        """What each contract is of."""
        first = next(bid for bid in self.bids if bid.bidder == self.winners[0])
        return first.amount if self.amount is None else self.amount


@dataclass(frozen=True, slots=True)
class Kind:
    """How to make a case out of an ordinary process, and what a rule must say of it."""

    rule: str
    kind: str
    variant: str
    made: Callable[[Process], Process]
    #: Whether the finding names the bids of the process, or its contracts.
    of_bids: bool = field(default=False)


def ordinary(number: int, rng: random.Random) -> Process:
    """Make up a process that no rule has a question about: four bids, the lowest wins, below the estimate."""
    opens = _BEGUN + dt.timedelta(weeks=rng.randrange(_MONDAYS))
    closes = opens + dt.timedelta(days=36)
    signed = closes + dt.timedelta(days=27)
    lowest = Decimal(rng.randrange(1_100_000, 9_700_000)) + Decimal(rng.randrange(1, 99)) / 100
    shares = (Decimal(1), *(Decimal(rng.randrange(at, at + 25)) / 1000 for at in (1070, 1130, 1190)))
    amounts = [(lowest * share).quantize(_CENT) for share in shares]
    day = opens + dt.timedelta(days=21)
    bids = tuple(Bid(4 * number + place, amount, day) for place, amount in enumerate(amounts))
    return Process(
        number=number,
        opens=opens,
        closes=closes,
        awarded=closes + dt.timedelta(days=14),
        signed=signed,
        starts=signed + dt.timedelta(days=7),
        ends=signed + dt.timedelta(days=7 + rng.randrange(90, 300)),
        estimate=(lowest * Decimal(rng.randrange(1040, 1090)) / 1000).quantize(_CENT),
        bids=bids,
        winners=(4 * number,),
    )


def _asks(process: Process, place: int, amount: Decimal) -> Process:
    bids = list(process.bids)
    bids[place] = replace(bids[place], amount=amount)
    return replace(process, bids=tuple(bids))


def _with_bid(process: Process, place: int, **changes: Any) -> Process:
    bids = list(process.bids)
    bids[place] = replace(bids[place], **changes)
    return replace(process, bids=tuple(bids))


def _estimated(process: Process, less: Decimal) -> Process:
    """Award a tenth more than was estimated, less so much."""
    whole = Decimal(int(process.estimate))
    amount = whole * Decimal("1.1") - less
    scaled = tuple(
        replace(bid, amount=(amount * (1 + Decimal(place) / 10)).quantize(_CENT))
        for place, bid in enumerate(process.bids)
    )
    return replace(process, estimate=whole, bids=scaled)


def _above_lowest(process: Process, more: Decimal) -> Process:
    """Let a bid be lower than the winner's, which is a twentieth and so much above it."""
    lowest = Decimal(int(process.won))
    return _asks(_asks(process, 1, lowest), 0, lowest * Decimal("1.05") + more)


def _close(process: Process, days: int) -> Process:
    bids = tuple(replace(bid, day=process.opens + 2 * _DAY) for bid in process.bids)
    return replace(process, closes=process.opens + days * _DAY, bids=bids)


def _lots(process: Process, *winners: int) -> Process:
    return replace(process, winners=tuple(process.bids[place].bidder for place in winners))


KINDS: Final = (
    Kind("COM001", PLANTED, "one bid", lambda one: replace(one, bids=one.bids[:1])),
    Kind("COM001", DECOY, "two bids", lambda one: replace(one, bids=one.bids[:2])),
    Kind("COM001", DECOY, "direct award", lambda one: replace(one, bids=one.bids[:1], method="direct")),
    Kind("TIM001", PLANTED, "14 days", lambda one: _close(one, 14)),
    Kind("TIM001", DECOY, "15 days", lambda one: _close(one, 15)),
    Kind("TIM001", DECOY, "by invitation", lambda one: replace(_close(one, 5), method="limited")),
    Kind("TIM005", PLANTED, "signed before", lambda one: replace(one, signed=one.awarded - _DAY)),
    Kind("TIM005", DECOY, "signed on the day", lambda one: replace(one, signed=one.awarded)),
    Kind("PRC001", PLANTED, "a tenth above", lambda one: _estimated(one, Decimal(0))),
    Kind("PRC001", DECOY, "a cent less", lambda one: _estimated(one, _CENT)),
    Kind("PRC012", PLANTED, "lower bid", lambda one: _above_lowest(one, _CENT)),
    Kind("PRC012", DECOY, "a twentieth", lambda one: _above_lowest(one, Decimal(0))),
    Kind(
        "PRC012",
        DECOY,
        "lower bid refused",
        lambda one: _with_bid(_above_lowest(one, _CENT), 1, status="disqualified"),
    ),
    Kind("BID004", PLANTED, "equal", lambda one: _asks(one, 2, one.bids[1].amount), of_bids=True),
    Kind(
        "BID004", DECOY, "a cent apart", lambda one: _asks(one, 2, one.bids[1].amount + _CENT), of_bids=True
    ),
    Kind(
        "BID004",
        DECOY,
        "withdrawn",
        lambda one: _with_bid(_asks(one, 2, one.bids[1].amount), 2, status="withdrawn"),
        of_bids=True,
    ),
    Kind("BID005", PLANTED, "late", lambda one: _with_bid(one, 0, day=one.closes + _DAY)),
    Kind("BID005", DECOY, "on the last day", lambda one: _with_bid(one, 0, day=one.closes)),
    Kind("BID005", DECOY, "another was late", lambda one: _with_bid(one, 1, day=one.closes + _DAY)),
    Kind("AMD005", PLANTED, "day 30", lambda one: replace(one, amended=(one.signed + 30 * _DAY,))),
    Kind("AMD005", DECOY, "day 31", lambda one: replace(one, amended=(one.signed + 31 * _DAY,))),
    Kind("CON006", PLANTED, "five lots", lambda one: _lots(one, 0, 0, 0, 0, 0)),
    Kind("CON006", DECOY, "four lots", lambda one: _lots(one, 0, 0, 0, 0)),
    Kind("CON006", DECOY, "two winners", lambda one: _lots(one, 0, 0, 0, 0, 1)),
    Kind("SUP004", PLANTED, "wrong digit", lambda one: replace(one, wrong_digit=True)),
    Kind("DQ003", PLANTED, "ends first", lambda one: replace(one, ends=one.starts - _DAY)),
    Kind("DQ003", DECOY, "one day", lambda one: replace(one, ends=one.starts)),
    Kind("DQ004", PLANTED, "a peso", lambda one: replace(one, amount=Decimal(1))),
    Kind("DQ004", DECOY, "a cent more", lambda one: replace(one, amount=1 + _CENT)),
)


def _reference(number: int, role: str, *, wrong: bool = False) -> dict[str, str]:
    party = Party(number, f"{'Municipio' if role == 'buyer' else 'Comercial'} Inventado {number}")
    code = rut(party, role)
    if wrong:
        code = code[:-1] + ("1" if code[-1] != "1" else "2")
    return {"id": f"CL-RUT-{code}", "name": party.name}


def _party(reference: dict[str, str], role: str) -> Release:
    code = reference["id"].removeprefix("CL-RUT-")
    return {**reference, "identifier": {"scheme": "CL-RUT", "id": code}, "roles": [role]}


def _ocid(process: Process) -> str:
    return f"ocds-zz9zz2-{process.number:07d}"


def _value(amount: Decimal) -> Release:
    return {"amount": float(amount), "currency": "CLP"}


def _moment(day: dt.date, hour: int = 12) -> str:
    return f"{day}T{hour:02d}:00:00-03:00"


def release(process: Process) -> Release:
    """Lay a process out as one compiled release."""
    number = process.number
    buyer = _reference(number, "buyer")
    names = {bid.bidder: _reference(bid.bidder, "tenderer") for bid in process.bids}
    if process.wrong_digit:
        names[process.winners[0]] = _reference(process.winners[0], "tenderer", wrong=True)
    value = _value(process.won)
    ids = process.contracts
    awards = [
        {
            "id": name,
            "title": f"Adquisición {number}, parte {place}",
            "status": "active",
            "date": _moment(process.awarded),
            "value": value,
            "suppliers": [names[winner]],
        }
        for place, (name, winner) in enumerate(zip(ids, process.winners, strict=True))
    ]
    contracts: list[Release] = [
        {
            "id": name,
            "awardID": name,
            "status": "active",
            "dateSigned": _moment(process.signed),
            "value": value,
            "period": {"startDate": _moment(process.starts), "endDate": _moment(process.ends)},
            "amendments": [
                {"id": str(place), "date": _moment(day)} for place, day in enumerate(process.amended)
            ],
        }
        for name in ids
    ]
    return {
        "ocid": _ocid(process),
        "id": f"{number}-compiled",
        "date": _moment(process.signed, 18),
        "tag": ["compiled"],
        "language": "es",
        "initiationType": "tender",
        "parties": [_party(buyer, "buyer"), *(_party(one, "tenderer") for one in names.values())],
        "buyer": buyer,
        "tender": {
            "id": f"T-{number}",
            "title": f"Adquisición {number}",
            "status": "complete",
            "value": _value(process.estimate),
            "procurementMethod": process.method,
            "tenderPeriod": {"startDate": _moment(process.opens), "endDate": _moment(process.closes)},
            "numberOfTenderers": len(process.bids),
        },
        "bids": {
            "details": [
                {
                    "id": str(place),
                    "date": _moment(bid.day),
                    "status": bid.status,
                    "tenderers": [names[bid.bidder]],
                    "value": _value(bid.amount),
                }
                for place, bid in enumerate(process.bids)
            ]
        },
        "awards": awards,
        "contracts": contracts,
    }


def invented(count: int, seed: int) -> Iterator[tuple[Process, Kind | None]]:
    """Make up processes; two of every kind in a thousand, and two at least."""
    rng = random.Random(seed)  # noqa: S311 no secret
    kinds: list[Kind | None] = [kind for kind in KINDS for _ in range(max(2, count // 500))]
    kinds += [None] * (count - len(kinds))
    rng.shuffle(kinds)
    for number, kind in enumerate(kinds, start=1):
        process = ordinary(number, rng)
        yield (process if kind is None else kind.made(process)), kind


def _truth(process: Process, kind: Kind) -> Iterator[tuple[str, ...]]:
    ocid = _ocid(process)
    members = [ocid] if kind.of_bids else [f"{ocid}/contracts/{name}" for name in process.contracts]
    table = "bids" if kind.of_bids else "contracts"
    for member in members:
        yield (kind.rule, f"P{process.number}", kind.kind, kind.variant, table, member, "")


def main() -> None:
    """Read the options and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("bench/data"))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with (
        (asked.out / "processes.jsonl").open("w", encoding="utf-8") as lines,
        (asked.out / "truth_processes.csv").open("w", encoding="utf-8", newline="") as file,
    ):
        truth = csv.writer(file, lineterminator="\n")
        truth.writerow(TRUTH)
        for process, kind in invented(asked.lines, asked.seed):
            lines.write(json.dumps(release(process), ensure_ascii=False) + "\n")
            if kind is not None:
                truth.writerows(_truth(process, kind))


if __name__ == "__main__":
    main()
