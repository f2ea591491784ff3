"""Who takes part in a contracting process? Parties, by the numbers of registers and by name."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from spendaudit.enrich.schemes import SCHEMES
from spendaudit.sources._json_parts import Tree, first_text, object_of, text_of

#: Identifiers in which portals' programs write that there is none.
_NOTHING: Final = re.compile(r"[\W0_]*|N/?A|null|none|S/N", re.IGNORECASE)

#: A code of org-id.guide: where a register is kept, and which it is.
CODED: Final = re.compile(r"[A-Z]{2}-[A-Z0-9_]+")

#: Registers that a publisher names in words -> their codes. In Paraguay, until its releases had codes.
WORDED: Final = {
    "Registro Único de Contribuyente emitido por el Ministerio de Hacienda del Gobierno de Paraguay": "PY-RUC"
}

TAX_NUMBERS: Final = tuple(f"{scheme.name}-" for schemes in SCHEMES.values() for scheme in schemes)


class Parties:
    """The parties of one process, and those that it names without listing them."""

    def __init__(self, listed: Sequence[Tree]) -> None:
        """Take the list `parties` of a release."""
        self._by_id = {number: party for party in listed if (number := text_of(party.get("id")))}

    def known(self, reference: Tree) -> Tree:
        """Find the party that a reference means; publishers of OCDS 1.0 write it in its place."""
        return self._by_id.get(text_of(reference.get("id")) or "", reference)

    def named(self, reference: Tree) -> tuple[str | None, str | None]:
        """Return the number that a register gave to a party, and its name."""
        known = self.known(reference)
        identifier = object_of(reference.get("identifier")) or object_of(known.get("identifier"))
        name = first_text("name", reference, known) or text_of(identifier.get("legalName"))
        number = registered(text_of(identifier.get("scheme")), text_of(identifier.get("id")))
        return number or local(text_of(reference.get("id")), name), name

    def joint(self, references: Sequence[Tree]) -> tuple[str | None, str | None]:
        """Name one party, or several that act together: not one of them stands for the others."""
        return together(self.named(one) for one in references)


def registered(scheme: str | None, number: str | None) -> str | None:
    """Give the number of a register, the register's code before it; nothing for what only fills a place."""
    if not number or _NOTHING.fullmatch(number):
        return None
    scheme = WORDED.get(scheme or "", scheme)
    if scheme and CODED.fullmatch(scheme) and not number.startswith(f"{scheme}-"):
        return f"{scheme}-{number}"
    return number


def local(number: str | None, name: str | None) -> str | None:
    """Give the number by which one process calls a party, where that says more than its name."""
    return number if number and (not name or number.startswith(TAX_NUMBERS)) else None


def together(parties: Iterable[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
    """Name one party, or several that act together, by their numbers and names."""
    distinct = sorted(set(parties), key=lambda party: (party[1] or "", party[0] or ""))
    if len(distinct) == 1:
        return distinct[0]
    names = [name for _, name in distinct if name]
    if names:
        return None, "; ".join(names)
    return "; ".join(number for number, _ in distinct if number) or None, None


def references(numbers: Iterable[str | None]) -> str | None:
    """Give the numbers by which a process calls some parties, in order, `; ` between them.

    One without a number leaves its place empty, so that the others are not taken for all.
    """
    distinct = {number or "" for number in numbers}
    return "; ".join(sorted(distinct)) if any(distinct) else None
