"""Invented awards as OCDS: compiled releases, a line each, or one package with every release of a process."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from awards import Award, Party

_CURRENCY: Final = "CLP"


def lines(awards: Iterable[Award]) -> Iterator[bytes]:
    """Write a compiled release a line."""
    for award in awards:
        release = _stage(award, "compiled", "parties", "buyer", "tender", "bids", "awards", "contracts")
        yield _written(release) + b"\n"


def package(awards: Iterable[Award]) -> Iterator[bytes]:
    """Write a release package: of every fifth process three releases, of the others one that tells all."""
    yield b'{"uri": "https://compras.ejemplo.example/1", "version": "1.1", "license": "CC-BY-4.0", '
    yield b'"releases": ['
    begun = False
    for award in awards:
        whole: tuple[str, ...] = ("parties", "buyer", "tender", "bids", "awards", "contracts")
        stages = [("contract", whole)]
        if award.number % 5 == 0:
            stages = [
                ("tender", ("parties", "buyer", "tender")),
                ("award", ("bids", "awards")),
                ("contract", ("contracts",)),
            ]
        for tag, parts in stages:
            yield (b", " if begun else b"") + _written(_stage(award, tag, *parts))
            begun = True
    yield b"]}"


def _written(release: dict[str, Any]) -> bytes:
    return json.dumps(release, ensure_ascii=False).encode()


def _stage(award: Award, tag: str, *parts: str) -> dict[str, Any]:
    """Make a release that holds some parts of what is known of a process."""
    ocid = f"ocds-zz9zz1-{award.number}"
    known = {
        "parties": [_party(award.buyer, "buyer"), *(_party(bidder, "tenderer") for bidder, _ in award.bids)],
        "buyer": _reference(award.buyer, "buyer"),
        "tender": _tender(award),
        "bids": {"details": [_bid(award, place) for place in range(len(award.bids))]},
        "awards": [_award(award)],
        "contracts": [_contract(award)],
    }
    head = {
        "ocid": ocid,
        "id": f"{award.number}-{tag}",
        "date": _moment(award, tag),
        "tag": [tag],
        "initiationType": "tender",
        "language": "es",
    }
    return head | {part: known[part] for part in parts}


def _moment(award: Award, tag: str) -> str:
    day = award.asked if tag == "tender" else award.awarded
    return f"{day}T{'18' if tag == 'contract' else '09'}:00:00-03:00"


def rut(party: Party, role: str) -> str:
    """Give a party a number as its country would, check digit included."""
    number = (60_500_000 if role == "buyer" else 76_000_000) + party.number
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(str(number))))
    return f"{number}-{'0K987654321'[total % 11]}"


def _reference(party: Party, role: str) -> dict[str, str]:
    return {"id": f"CL-RUT-{rut(party, role)}", "name": party.name}


def _party(party: Party, role: str) -> dict[str, Any]:
    return {
        **_reference(party, role),
        "identifier": {"scheme": "CL-RUT", "id": rut(party, role), "legalName": party.name.upper()},
        "address": {
            "streetAddress": f"Calle Inventada {party.number}",
            "region": "Maule",
            "countryName": "Chile",
        },
        "contactPoint": {"name": "Persona Inventada", "email": f"persona{party.number}@ejemplo.example"},
        "roles": [role],
    }


def _value(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": _CURRENCY}


def _items(award: Award) -> list[dict[str, Any]]:
    return [
        {
            "id": str(place),
            "description": f"{award.title}, parte {place}",
            "classification": {
                "scheme": "UNSPSC",
                "id": f"1111{award.number % 9000:04d}",
                "description": "Varios",
            },
            "quantity": count,
            "unit": {"name": "Unidad", "value": _value(price)},
        }
        for place, (count, price) in enumerate(award.items, start=1)
    ]


def _tender(award: Award) -> dict[str, Any]:
    return {
        "id": f"T-{award.number}",
        "title": award.title,
        "description": award.description,
        "status": "complete",
        "procurementMethod": "open",
        "procurementMethodDetails": "Licitación pública",
        "mainProcurementCategory": "goods",
        "procuringEntity": _reference(award.buyer, "buyer"),
        "value": _value(award.amount * 11 // 10),
        "tenderPeriod": {
            "startDate": f"{award.asked}T09:00:00-03:00",
            "endDate": f"{award.awarded}T09:00:00-03:00",
        },
        "numberOfTenderers": len(award.bids),
        "items": _items(award),
    }


def _bid(award: Award, place: int) -> dict[str, Any]:
    bidder, amount = award.bids[place]
    return {
        "id": f"{award.number}-{place}",
        "date": f"{award.asked}T12:00:00-03:00",
        "status": "valid",
        "tenderers": [_reference(bidder, "tenderer")],
        "value": _value(amount),
    }


def _award(award: Award) -> dict[str, Any]:
    return {
        "id": str(award.number),
        "title": award.title,
        "status": "active",
        "date": f"{award.awarded}T09:00:00-03:00",
        "value": _value(award.amount),
        "suppliers": [_reference(award.supplier, "tenderer")],
        "items": _items(award),
    }


def _contract(award: Award) -> dict[str, Any]:
    return {
        "id": str(award.number),
        "awardID": str(award.number),
        "title": award.title,
        "status": "active",
        "dateSigned": f"{award.awarded}T18:00:00-03:00",
        "value": _value(award.amount),
        "uri": f"https://compras.ejemplo.example/contrato/{award.number}",
    }
