"""How does a finding read? Fills a rule's sentence with its facts, in the language that is spoken."""

import re
import string
from collections.abc import Mapping
from datetime import date
from decimal import Context, Decimal
from functools import cache
from typing import Final

from spendaudit.i18n import day, n, number, t
from spendaudit.model.laws import source_of_limit
from spendaudit.model.run import Fact

#: Controls, line ends, and the marks that turn the direction of a line: published text steers no screen.
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")

#: Signs of a text that a sentence tells: some are pages. The facts and rows of a finding have all of it.
LONGEST: Final = 300

PLURAL: Final = "(s)"
#: What tells the fiscal year of figures, where the fact `YEAR` holds one.
IN_YEAR: Final = "in_year"
YEAR: Final = "fiscal_year"
#: What a rule's sentence may name besides the facts of its finding.
BESIDES_FACTS: Final = frozenset({"members", "amount", "currency", "starts", "ends", "when", IN_YEAR})
#: The canonical column that says whose limit it is.
_LAW: Final = "limit_source"
#: What stands in the place of a name that was not published, by the fact that would tell it.
ABSENT: Final = {
    "buyer_name": "an unnamed buyer",
    "institution_name": "an unnamed body",
    "line": "an unnamed line",
    "payee_name": "an unnamed payee",
    "payer_name": "an unnamed payer",
    "spender": "an unnamed body",
    "supplier_name": "an unnamed supplier",
    "title": "an untitled purchase",
    "winner": "an unnamed supplier",
}
#: What stands between several words of ours in one fact.
_BETWEEN: Final = re.compile("(, |; | > | and )")
_CENT: Final = Decimal("0.01")
#: Room for every digit of a sum of money (`TOTAL`), of which there are more than the usual 28.
_EXACT: Final = Context(prec=40)
_TENTH: Final = Decimal("0.1")


def sentence(
    template: str,
    facts: Mapping[str, Fact],
    *,
    members: int,
    amount: Decimal | None,
    currency: str | None,
    starts: date | None,
    ends: date | None,
) -> str:
    """Write what a finding says: the rule's sentence, with the facts and `BESIDES_FACTS` that it names.

    A decimal is money in the finding's currency unless the placeholder says otherwise: `{limit}` gives
    1,234,567 CLP, `{share:percent}` 35.5 % of a fraction, `{ratio:number}` 1.25. Whole numbers are grouped by
    thousands but for years, which are known by a name that ends in `year`, and for `{code:plain}`;
    `{files:file(s)}` gives 1 file, 2 files; `{side:words}` is in words of the rule's own (`Rule.words`);
    `{title:quoted}` stands in quotation marks.
    `{when}` is `on 2024-05-02`, or `from 2024-05-02 to 2024-06-01`; `{in_year}` tells of which fiscal year,
    and as of which day, the figures are, after a blank; nothing where no year is known. What is not known is
    said (`ABSENT`).
    """
    about = {"members": members, "amount": amount, "currency": currency, "starts": starts, "ends": ends}
    about["when"] = _when(starts, ends)
    known = {**facts, **about}
    said = parts(t(template))
    whole = "".join(
        literal if name is None else literal + _told(known, name, spec, currency)
        for literal, name, spec in said
    )
    literal, name, spec = said[0]
    ours = literal or spec == "words" or (name in ABSENT and known[name] is None)
    return capital(whole) if ours else whole


def capital(text: str) -> str:
    """Begin a sentence of ours with a capital; what was published stays as it is."""
    return text[:1].upper() + text[1:]


def _told(known: Mapping[str, Fact], name: str, spec: str, currency: str | None) -> str:
    if name == IN_YEAR:
        return _in_year(known.get(YEAR), known["ends"])
    return _written(known[name], name, spec, currency)


def _when(starts: date | None, ends: date | None) -> str:
    first, last = (day(one) if one else t("unknown") for one in (starts, ends))
    return t("on {day}", day=first) if starts == ends else t("from {first} to {last}", first=first, last=last)


def _in_year(year: Fact, last: Fact) -> str:
    if year is None:
        return ""
    if isinstance(last, date):
        return " " + t("in {year} (as of {day})", year=year, day=day(last))
    return " " + t("in {year}", year=year)


def plain(text: str) -> str:
    """Strip what a terminal or a browser would not show as text."""
    if text.isprintable() and "  " not in text and text == text.strip():
        return text  # as nearly all are; a run asks this of every name in every sentence
    return " ".join(_UNSEEN.sub(" ", text).split())


def brief(text: str) -> str:
    """Write a text as plainly as a sentence does, and cut one that is too long for any."""
    whole = plain(text)
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1].rstrip()}…"


def money(value: Decimal) -> str:
    """Write an amount: grouped by thousands, cents only when there are any, never in scientific notation."""
    rounded = _EXACT.add(value.quantize(_CENT, context=_EXACT), 0)  # which makes minus nothing nothing
    return number(rounded, 0 if rounded == rounded.to_integral_value() else 2)


@cache
def parts(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """Cut a template into literal text and the placeholder that follows it; a run fills it very often."""
    parsed = string.Formatter().parse(template)
    return tuple((literal, name, spec or "") for literal, name, spec, _ in parsed)


def _written(value: Fact, name: str, spec: str, currency: str | None) -> str:
    match value:
        case None:
            return t(ABSENT[name]) if name in ABSENT else t("unknown")
        case Decimal():
            return _decimal(value, spec, currency)
        case int():
            return _whole(value, name, spec)
        case date():
            return day(value)
        case _:
            return _text(brief(str(value)), name, spec)


def _whole(value: int, name: str, spec: str) -> str:
    if spec.endswith(PLURAL):
        one = spec.removesuffix(PLURAL)
        return f"{number(value)} {n(one, f'{one}s', value)}"
    return str(value) if spec == "plain" or name.endswith("year") else number(value)


def _text(value: str, name: str, spec: str) -> str:
    """Say what a fact puts in words of ours; names stay as they are."""
    if name == _LAW:
        return source_of_limit(value)
    if spec == "quoted":
        return t('"{text}"', text=value)
    return "".join(t(part) for part in _BETWEEN.split(value)) if spec == "words" else value


def _decimal(value: Decimal, spec: str, currency: str | None) -> str:
    if spec == "percent":
        share = (value * 100).quantize(_TENTH) + 0
        return f"{number(share, 0 if share == share.to_integral_value() else 1)} %"
    if spec == "number" or currency is None:
        return money(value)
    return f"{money(value)} {currency}"
