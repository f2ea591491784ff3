"""What do people call the columns, facts and kinds that rules work with? Says them in the reader's language.

Programs know them by names that never change: `supplier_known_by`.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from spendaudit.i18n import day, number, t
from spendaudit.model.laws import source_of_limit
from spendaudit.report.safe import plain
from spendaudit.report.to_json import digits

#: Names that say what they mean as they are, but for the strokes in them.
_PLAIN: Final = """
act after amendments amount amount_now appropriation awarded before bidders bids budget buyers
categories category changed code codes committed contract contracts contradiction dates day days
days_before description deviation differ different digit distance documents doubt each election
equal estimate executed figure files first_amount first_name first_tender fiscal_year framework
from_month grade highest index initial_amount item item_code kinds known_since label lacking largest
last_bid last_name last_tender limit line lines list listed_from listed_to lots lower_quartile
lowest market measure median method months most names number_of_changes one other other_name paid
parts payee_known_by payees payments price processes quantity ratio registered_on registered_to
sample saving scheme second share side signed smallest source spellings spender spent subject
supplier supplier_known_by suppliers tender tenderers tenders times title titles to_month total
turns unit unit_price upper_quartile usual value variance weekday whose why winner wins won worth
year
"""
_TERMS: Final = {
    "added": "added since",
    "adjusted": "adjusted budget",
    "alike": "what is alike",
    "amount_change": "change of the amount",
    "approved": "approved budget",
    "band": "band below the limit",
    "buyer_name": "buyer",
    "by": "compared by",
    "calls": "calls for bids",
    "chi_square": "chi-square",
    "close": "how close",
    "closeness": "closeness that counts as equal",
    "contract_id": "contract",
    "date_basis": "kind of date",
    "disqualified": "disqualified bids",
    "early": "early amendments",
    "empty": "empty cells",
    "estimated": "estimated in all",
    "excess": "excess over the limit",
    "extension": "extension in days",
    "four": "share of the four largest",
    "further": "below that",
    "furthest": "furthest from the plan",
    "institution_name": "institution",
    "limit_source": "law of the limit",
    "line_code": "code of the line",
    "lowest_valid": "lowest valid bid",
    "method_details": "method as published",
    "named": "currencies named",
    "of_year": "of the year",
    "once": "amount of one",
    "outturn": "share executed",
    "paid_amount": "amount paid",
    "payee_name": "payee",
    "payer_name": "payer",
    "peak": "strongest window",
    "price_currency": "currency of the price",
    "prior": "before that",
    "projected": "projected for the year",
    "rounded": "round amounts",
    "shared": "what they share",
    "signed_end": "end as signed",
    "span": "days from first to last",
    "spent_in_year": "spent in the year",
    "supplier_id": "number of the supplier",
    "supplier_kind": "kind of supplier",
    "supplier_name": "supplier",
    "tender_amount": "estimate of the tender",
    "term": "term in days",
    "unknown_contracts": "contracts that are not in the data",
    "wanted": "cells to be filled",
    "with_digit": "with this digit",
    "without_amount": "without an amount",
}
#: Facts that are words of ours, and those words.
_OF_WORDS: Final = frozenset(
    {
        "buyer_level",
        "category",
        "date_basis",
        "method",
        "payee_known_by",
        "supplier_kind",
        "supplier_known_by",
    }
)
#: Facts that sentences say in words of their rule (`{doubt:words}`), which the catalogues hold.
SPOKEN: Final = frozenset(
    {"act", "changed", "contradiction", "day", "differ", "doubt", "figure", "furthest", "lacking", "measure"}
    | {"named", "one", "other", "prior", "shared", "side", "weekday", "whose", "why"}
)
#: What stands between several words in one of these.
_BETWEEN: Final = re.compile("(, |; | > | and )")
_WORDS: Final = {
    **dict.fromkeys(("identifier", "name", "open", "selective", "limited", "direct"), ""),
    **dict.fromkeys(("goods", "services", "works", "company", "person", "public", "unknown"), ""),
    **dict.fromkeys(("national", "regional", "local"), ""),
    "award_date": "award date",
    "contract_start": "start of the contract",
    "date_signed": "date of signature",
    "published_date": "date of publication",
}
#: How a sum, or one amount of several rows, is named where an amount is worked out.
_OF: Final = ("sum of {name}", "largest {name}")

_NAMED: Final = {name: name.replace("_", " ") for name in _PLAIN.split()} | _TERMS
_SAID: Final = {word: said or word for word, said in _WORDS.items()}


def texts() -> Iterator[str]:
    """Give all words that are looked up."""
    yield from _NAMED.values()
    yield from _SAID.values()
    yield from _OF


def known() -> frozenset[str]:
    """Return the names that have a word here."""
    return frozenset(_NAMED)


def term(name: str) -> str:
    """Say a name in the reader's language; `sum of amount` too, and names of plug-ins as they are."""
    for of in _OF:
        before, _, _ = of.partition("{")
        if name.startswith(before):
            return t(of, name=term(name.removeprefix(before)))
    return t(_NAMED.get(name, name.replace("_", " ")))


def value(name: str, fact: object) -> str:
    """Say a fact with every digit, as the reader writes numbers and dates; years are not grouped."""
    match fact:
        case None:
            return ""
        case Decimal():
            return number(fact, len(digits(fact).partition(".")[2]))
        case int() if not name.endswith("year"):
            return number(fact)
        case date():
            return day(fact)
        case _:
            return _text(name, plain(str(fact)))


def _text(name: str, said: str) -> str:
    if name == "limit_source":
        return source_of_limit(said)
    if name in SPOKEN:
        return "".join(t(word) for word in _BETWEEN.split(said))
    return ", ".join(t(_SAID.get(word, word)) for word in said.split(", ")) if name in _OF_WORDS else said
