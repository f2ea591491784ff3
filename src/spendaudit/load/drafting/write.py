"""Writes a draft as TOML that a person reads and edits: the evidence stands beside every setting."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from spendaudit.i18n import t, tell
from spendaudit.load.drafting.draft import Draft, level
from spendaudit.load.drafting.profile import Column
from spendaudit.load.drafting.settings import Drafted
from spendaudit.load.mapping_file import OPEN
from spendaudit.wording import joined

_HEAD: Final = """\
# A mapping: how `spendaudit audit --map THIS_FILE FILE...` reads a file of no known portal. It was drafted by
# `spendaudit map` from {rows} of {file}; check it before you trust what it yields.
#
# Every column of the file is used in [columns.*], or named in `ignored`. Each [columns.NAME] fills one column
# of the canonical table:
#   read = "text"         words as published             column
#   read = "join"         several columns as one         columns, between
#   read = "money"        an exact amount                column, decimal ("," "." "none"), scale, zeros, nulls
#   read = "quantity"     an exact number of units       column, decimal
#   read = "integer"      a count or a year              column
#   read = "date"         strptime patterns              column, patterns, nulls
#   read = "worded-date"  5 de enero de 2024             column, patterns (%d-m%m-%Y: parts between dashes)
#   read = "month"        its last day                   column, patterns ("%Y%m")
#   read = "currency"     ISO 4217 codes                 column, meanings (published word = code)
#   read = "code"         a closed list                  column, meanings (published word = code)
#   read = "flag"         yes or no                      column, yes, no
#   read = "constant"     the same in every row          value
#   read = "period"       what --period states
# decimal = "none": no cell of the sample has a comma or a point; one that has is put aside, never guessed.
# scale = 1000: the file states thousands. tax_number = true: an identifier is a tax number of `country`.
# "{open}" is a question that the file does not answer: the mapping is refused until you do.
"""

_DECIDE: Final = """\
# DECIDE: lines of one contract repeat one amount. If it is the contract's total, it must
# count once: take the signs before these two settings away."""

#: Canonical columns whose cells may stand in a draft as they are. All others may name a person.
_HARMLESS: Final = frozenset(
    {
        *("procurement_method", "procurement_method_details", "status", "currency", "category", "quantity"),
        *(
            "main_procurement_category",
            "main_procurement_category_details",
            "item_code",
            "unit",
            "fiscal_year",
        ),
        *("buyer_name", "buyer_id", "buyer_region", "payer_name", "payer_id", "fund_code", "fund_label"),
        *("institution_id", "institution_name", "administrative_code", "administrative_label"),
        *("functional_code", "functional_label", "economic_code", "economic_label"),
    }
)
_LONGEST: Final = 40
_EXAMPLES: Final = 3


def to_toml(draft: Draft) -> str:
    """Write a draft; `to_toml` and `spendaudit.load.mapping_text.parse` agree."""
    return "\n".join([*_top(draft), *(line for one in draft.columns for line in _column(one, draft)), ""])


def _top(draft: Draft) -> Iterator[str]:
    sample = draft.sample
    yield t(_HEAD, rows=tell(sample.extent), file=_comment(sample.label), open=OPEN)
    yield from (t("# NOTE: {note}", note=_comment(tell(note))) for note in draft.notes)
    yield f"id = {_text(draft.id)}"
    yield f"table = {_text(draft.table)}"
    of_country = t("ISO 3166, such as CL: whose limits and tax numbers hold")
    yield f"country = {_text(draft.country)}  # {of_country}"
    if not any(one.canonical == "currency" for one in draft.columns):
        yield f"currency = {_text(draft.currency)}  # {t('of every amount; ISO 4217')}"
    yield 'homepage = ""'
    yield 'licence = ""'
    if draft.personal:
        yield t("# Columns that can name a natural person: reports mask them.")
        yield f"personal = {_value(list(draft.personal))}"
    if draft.one_per:
        yield t(_DECIDE)
        yield f"# one_per = {_text(draft.one_per)}"
        yield '# repeated = ["amount"]'
    if draft.totals:
        yield t("# A row with the word Total in one of these columns is a sum of others, and is put aside.")
        yield f"totals = {_value(list(draft.totals))}"
    if draft.required:
        yield t("# A row in which none of these is filled is a sum or a remark, and is put aside.")
        yield f"required = {_value(list(draft.required))}"
    if draft.ignored:
        yield t("# Columns that are not used.")
        yield "ignored = ["
        yield from (f"    {_text(name)},  # {_comment(why)}" for name, why in _ignored(draft).items())
        yield "]"
    yield ""
    yield from _layout(draft)


def _ignored(draft: Draft) -> Mapping[str, str]:
    return {draft.sample.twice.get(column.name, column.name): tell(why) for column, why in draft.ignored}


def _layout(draft: Draft) -> Iterator[str]:
    sample = draft.sample
    yield "[layout]"
    if sample.dialect is None:
        yield 'form = "workbook"'
    else:
        name = {"ascii": "utf-8", "latin_1": "cp1252"}.get(sample.encoding.encoding, sample.encoding.encoding)
        yield f"encoding = {_text(name)}  # {_comment(tell(sample.encoding.why))}"
        yield f"separator = {_text(sample.dialect.separator)}  # {_comment(tell(sample.dialect.why[0]))}"
        yield f"quote = {_text(sample.dialect.quote)}  # {_comment(tell(sample.dialect.why[1]))}"
        yield from (f"# {_comment(tell(why))}" for why in sample.dialect.why[2:])
    if draft.nulls:
        yield f"nulls = {_value(list(draft.nulls))}  # {t('words for nothing that were met')}"


def _column(one: Drafted, draft: Draft) -> Iterator[str]:
    yield ""
    yield f"# {t(level(one.sure))} ({one.sure:.2f}): {_comment(tell(joined(one.evidence, '; ')))}"
    if one.source and (examples := _examples(one, one.source, draft)):
        yield t("# for example {examples}", examples=_comment(examples))
    if one.question:
        yield t("# QUESTION: {text}", text=_comment(tell(one.question.text)))
        yield from (
            f"#   {one.question.setting} = {_value(value)}  {tell(words)}"
            for words, value in one.question.choices
        )
    yield f"[columns.{one.canonical}]"
    for name, value in one.settings.items():
        if name == "meanings":
            continue
        yield f"{name} = {_value(value)}"
    if meanings := one.settings.get("meanings"):
        yield f"[columns.{one.canonical}.meanings]"
        yield from (f"{_text(word)} = {_text(code)}" for word, code in meanings.items())


def _examples(one: Drafted, column: Column, draft: Draft) -> str:
    cells = draft.sample.frame[column.name].drop_nulls().unique(maintain_order=True)
    filled = cells.filter((cells.str.strip_chars() != "") & ~cells.str.strip_chars().is_in(list(draft.nulls)))
    plain = one.canonical in _HARMLESS or one.settings.get("read") in {
        "money",
        "date",
        "worded-date",
        "month",
        "integer",
    }
    shown = [cell if plain else masked(cell) for cell in filled[:_EXAMPLES]]
    return ", ".join(f"`{cell if len(cell) <= _LONGEST else cell[:_LONGEST] + '...'}`" for cell in shown)


def masked(cell: str) -> str:
    """Show the shape of a cell and not what it says: `Aaaa Aaaaa`, `99.999.999-9`."""
    return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", lambda sign: "A" if sign[0].isupper() else "a", cell))


def _comment(text: str) -> str:
    """Keep published text from ending its comment line."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for one sign.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(_value(part) for part in value)}]"
        case str():
            return _text(value)
        case _:
            return str(value)
