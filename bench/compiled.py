"""Invented compiled releases, a line each: some 3 KB and 3.8 bids, and what portals write beside the rule.

Of a hundred processes five have two awards, four are tenders still, three have an award without a contract,
two one that was cancelled; in four some tenderers bid together, in four several suppliers share an award. One
bid in fifteen is refused or withdrawn, and one in two hundred has no value. Offsets of dates differ, one
amount in four has decimals, one process in thirty another currency, one title in fifty quotes in it.

    python bench/compiled.py --lines 1000000 --out releases.jsonl

The same seed and number of lines give the same bytes.
"""

import argparse
import datetime as dt
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from awards import Award, Party, invented
from releases import rut

#: How many bids a process has, and how often of a hundred: 3.8 on average.
_BIDS: Final = ((1, 6), (2, 20), (3, 24), (4, 20), (5, 14), (6, 8), (8, 8))
_METHODS: Final = ((("open", "Licitación pública"), 70), (("selective", "Licitación privada"), 10))
_METHODS_REST: Final = ((("limited", "Convenio marco"), 10), (("direct", "Trato directo"), 10))
_STATES: Final = (("valid", 933), ("disqualified", 60), ("withdrawn", 7))
_OFFSETS: Final = (("-03:00", 60), ("Z", 25), ("-04:00", 10), ("", 5))

Release = dict[str, Any]


class Writer:
    """Makes releases of awards, each with some oddity or none."""

    def __init__(self, count: int, seed: int) -> None:
        """So many lines."""
        self._count = count
        self._rng = random.Random(seed)  # noqa: S311 no secret
        self._parties: dict[tuple[str, int], Release] = {}

    def lines(self) -> Iterator[bytes]:
        """Write all releases."""
        for award in invented(self._count, self._rng.randrange(1 << 30)):
            release = self._release(award)
            yield json.dumps(release, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def _release(self, award: Award) -> Release:
        bidders = [party for party, _ in award.bids]
        wanted = self._one_of(_BIDS)
        while len(bidders) < wanted:
            bidders.append(self._another(bidders))
        bidders = bidders[:wanted]
        self._offset = self._one_of(_OFFSETS)
        self._currency = "USD" if self._of(30) else "CLP"
        self._decimals = self._of(4)
        buyer = award.buyer
        method, details = self._one_of((*_METHODS, *_METHODS_REST))
        bids = [self._bid(award, place, bidder) for place, bidder in enumerate(bidders)]
        kind = self._rng.randrange(100)
        items = self._items(award)
        release: Release = {
            "ocid": f"ocds-zz9zz1-{award.number:07d}",
            "id": f"ocds-zz9zz1-{award.number:07d}-2026-01-05T06:00:00Z",
            "date": self._moment(award.awarded, 18),
            "tag": ["compiled"],
            "language": "es",
            "initiationType": "tender",
            "parties": [self._party(buyer, "buyer"), *(self._party(one, "tenderer") for one in bidders)],
            "buyer": _reference(buyer, "buyer"),
            "tender": {
                "id": f"T-{award.number}",
                "title": f'{award.title} "fase 2"' if self._of(50) else award.title,
                "description": f"{award.title}, según bases",
                "status": "active" if kind < 4 else "complete",
                "procuringEntity": _reference(buyer, "buyer"),
                "value": self._value(award.amount * 11 // 10),
                "procurementMethod": method,
                "procurementMethodDetails": details,
                "mainProcurementCategory": self._rng.choice(("goods", "services", "works")),
                "tenderPeriod": {
                    "startDate": self._moment(award.asked, 9),
                    "endDate": self._moment(award.asked + dt.timedelta(days=self._open(award)), 15),
                },
                "numberOfTenderers": len(bidders),
            },
            "bids": {"details": bids},
        }
        if self._of(16) and len(bidders) > 2:
            together = bids.pop()
            bids[-1]["tenderers"] += together["tenderers"]
        if kind < 4 or self._of(3):
            release["tender"]["items"] = items
        if kind >= 4:
            awards = [self._award(award, place, bidders, items) for place in range(2 if kind < 9 else 1)]
            release["awards"] = awards
            if kind in {10, 11}:
                awards[0]["status"] = "cancelled"
            elif kind not in {12, 13, 14}:
                release["contracts"] = [self._contract(award, one) for one in awards]
        return release

    def _open(self, award: Award) -> int:
        """Tell for how many days offers are taken: before the award, and seldom too few."""
        return 5 if self._of(100) else min(30, (award.awarded - award.asked).days - 1)

    def _of(self, count: int) -> bool:
        return self._rng.randrange(count) == 0

    def _one_of(self, weighed: Sequence[tuple[Any, int]]) -> Any:
        place = self._rng.randrange(sum(weight for _, weight in weighed))
        for one, weight in weighed:
            if place < weight:
                return one
            place -= weight
        raise AssertionError

    def _another(self, parties: list[Party]) -> Party:
        """Name one more bidder, who has won another time."""
        party = parties[self._rng.randrange(len(parties))]
        number = party.number + self._rng.randint(1, 40)
        return Party(number, f"Comercial Inventada {number} Ltda.")

    def _moment(self, day: dt.date, hour: int) -> str:
        return f"{day}T{hour:02d}:{self._rng.randrange(60):02d}:00{self._offset}"

    def _value(self, amount: int) -> Release:
        stated = amount + self._rng.randrange(100) / 100 if self._decimals else amount
        return {"amount": stated, "currency": self._currency}

    def _party(self, party: Party, role: str) -> Release:
        if known := self._parties.get((role, party.number)):
            return known
        number = party.number
        made = {
            **_reference(party, role),
            "identifier": {"scheme": "CL-RUT", "id": rut(party, role), "legalName": party.name.upper()},
            "address": {"region": "Región del Maule", "countryName": "Chile"},
            "roles": [role],
        }
        self._parties[role, number] = made
        return made

    def _items(self, award: Award) -> list[Release]:
        return [
            {
                "id": str(place),
                "description": award.title,
                "classification": {"scheme": "UNSPSC", "id": f"1111{award.number % 9000:04d}"},
                "quantity": count,
                "unit": {"name": "Unidad", "value": self._value(price)},
            }
            for place, (count, price) in enumerate(award.items[:1], start=1)
        ]

    def _bid(self, award: Award, place: int, bidder: Party) -> Release:
        bid = {
            "id": f"{award.number}-{place}",
            "date": self._moment(award.asked, 12),
            "status": self._one_of(_STATES),
            "tenderers": [_reference(bidder, "tenderer")],
        }
        if not self._of(200):
            bid["value"] = self._value(int(award.amount * (1 + self._rng.random() * place / 4)))
        return bid

    def _award(self, award: Award, place: int, bidders: list[Party], items: list[Release]) -> Release:
        winners = bidders[:2] if self._of(25) else bidders[place % len(bidders) :][:1]
        return {
            "id": str(place + 1),
            "title": award.title,
            "status": "active",
            "date": self._moment(award.awarded, 9),
            "value": self._value(award.amount),
            "suppliers": [_reference(one, "tenderer") for one in winners],
            "items": items,
        }

    def _contract(self, award: Award, its: Release) -> Release:
        return {
            "id": its["id"],
            "awardID": its["id"],
            "status": "active",
            "dateSigned": self._moment(award.awarded, 18),
            "value": its["value"],
            "uri": f"https://compras.ejemplo.example/contrato/{award.number}",
        }


def _reference(party: Party, role: str) -> dict[str, str]:
    return {"id": f"CL-RUT-{rut(party, role)}", "name": party.name}


def main() -> None:
    """Read the options and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    # Aside first: a file is complete or absent.
    aside = asked.out.with_suffix(".part")
    with aside.open("wb") as stream:
        stream.writelines(Writer(asked.lines, asked.seed).lines())
    aside.rename(asked.out)


if __name__ == "__main__":
    main()
