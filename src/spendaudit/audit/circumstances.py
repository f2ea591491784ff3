"""Which innocent reasons do the rows of a finding speak for? Reads them from the page of its rule.

A reason is an item of the list under "False positives". What its words are about is looked for in the rows:
that some name a framework, include a tax, follow a month after one another. It is a hint where to look first;
what is not found is not ruled out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.i18n import number as say
from spendaudit.i18n import t

#: The columns in which a publisher says things in words.
_WORDED: Final = (
    "title", "description", "procurement_method_details", "reason", "category",
    "administrative_label", "functional_label", "economic_label", "fund_label",
)  # fmt: skip
#: Days between two of a month's bills.
_MONTH: Final = (27, 32)
#: A span of days that is more often a slip of typing than a term.
_TOO_LONG: Final = 3650


@dataclass(frozen=True, slots=True)
class Reason:
    """An innocent reason as the page puts it, and what in the rows speaks for it; empty: nothing is told."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Something that can be told of rows, and the words in which pages speak of it."""

    #: What the page's words are about, as a pattern of lower-case text.
    words: str
    #: What the rows that speak for it do: "2 of 3 rows ...".
    says: str
    #: Columns of which the rows must have all, or (for words) one.
    needs: tuple[str, ...]
    #: Tells of each row, in order of date, whether it speaks for it.
    holds: Callable[[], pl.Expr]

    def about(self, text: str) -> bool:
        """Tell whether a reason speaks of it."""
        return bool(re.search(self.words, text.lower()))


def _says(*stems: str) -> Callable[[], pl.Expr]:
    pattern = rf"(?i)\b({'|'.join(stems)})"
    return lambda: pl.col("words").str.contains(pattern)


CIRCUMSTANCES: Final = (
    Circumstance(
        "framework|call-off|under one agreement",
        "name a framework agreement",
        ("framework_id",),
        lambda: pl.col("framework_id").is_not_null(),
    ),
    Circumstance(
        "framework|call-off|under one agreement|catalogue",
        "speak of a framework or catalogue",
        (),
        _says("framework", "convenio marco", "acuerdo marco", "acordo-quadro", "contrato marco", "catalog",
              "catálog"),
    ),
    Circumstance(
        "emergenc|urgenc|epidemic|disaster|the year 2020|in 2020",
        "speak of an emergency",
        (),
        _says("emergenc", "urgen", "covid", "pandemi", "catástrof", "calamidad", "desastre", "disaster"),
    ),
    Circumstance(
        r"\btax\b(?! number)",
        "include tax",
        ("tax_included",),
        lambda: pl.col("tax_included"),
    ),
    Circumstance(
        r"\btax\b(?! number)",
        "do not say whether they include tax",
        ("tax_included",),
        lambda: pl.col("tax_included").is_null(),
    ),
    Circumstance(
        "amend|extended",
        "were amended",
        ("amendments",),
        lambda: pl.col("amendments") > 0,
    ),
    Circumstance(
        r"\blots\b|parts of one contract",
        "share a tender with another row",
        ("contract_id", "tender_id"),
        lambda: pl.col("tender_id").is_not_null() & pl.col("tender_id").is_duplicated(),
    ),
    Circumstance(
        r"several units|units of one buyer|cost cent|each cost centre|several sites|several places",
        "come from different units of the buyer",
        ("buyer_unit",),
        lambda: pl.col("buyer_unit").is_not_null() & (pl.col("buyer_unit").drop_nulls().n_unique() > 1),
    ),
    Circumstance(
        r"of one name|go by name|\brenamed|namesake",
        "know the supplier by name alone",
        ("supplier_id",),
        lambda: pl.col("supplier_id").is_null(),
    ),
    Circumstance(
        r"public bod|state compan|their own companies|public utilities|within one government",
        "are about a public body as the supplier",
        ("supplier_kind",),
        lambda: pl.col("supplier_kind").cast(pl.String()) == "public",
    ),
    Circumstance(
        r"\bpeople\b|\bpersons\b|landlord",
        "are about a natural person",
        ("supplier_kind",),
        lambda: pl.col("supplier_kind").cast(pl.String()) == "person",
    ),
    Circumstance(
        r"\bcredit|reversal",
        "have a negative amount",
        ("amount",),
        lambda: pl.col("amount") < 0,
    ),
    Circumstance(
        "one large contract|single large contract|one great project|one tender so large",
        "are more than half of the whole",
        ("amount",),
        lambda: (pl.len() > 1) & (pl.col("amount") * 2 > pl.col("amount").sum()),
    ),
    Circumstance(
        r"monthly|\brents?\b|rates and rents|subscription|instalment",
        "follow about a month after the row before",
        ("day",),
        lambda: pl.col("day").diff().dt.total_days().is_between(*_MONTH),
    ),
    Circumstance(
        r"year typed wrong|wrong year",
        "have dates more than ten years apart",
        ("contract_start", "contract_end"),
        lambda: (pl.col("contract_end") - pl.col("contract_start")).dt.total_days() > _TOO_LONG,
    ),
    Circumstance(
        "first of january|first of the month",
        "begin on the first of a month",
        ("contract_start",),
        lambda: pl.col("contract_start").dt.day() == 1,
    ),
    Circumstance(
        "interim",
        "stop before the end of the year",
        ("fiscal_year", "period_end"),
        lambda: (
            pl.col("period_end") < pl.date(pl.coalesce("fiscal_year", pl.col("period_end").dt.year()), 12, 1)
        ),
    ),
    Circumstance(
        "monopol|utilit|water|postage|power",
        "speak of a utility",
        (),
        _says("agua", "água", "water", "electric", "eléctric", "elétric", "energ", "gas natural", "telef",
              "telecom", "internet", "correos?", "postal", "postage"),
    ),
    Circumstance(
        r"\brents?\b|lease|landlord|insurance",
        "speak of a rent, a lease or insurance",
        (),
        _says("arriend", "arrend", "alquiler", "alugue", "locação", "rent", "lease", "seguros?", "insurance"),
    ),
    Circumstance(
        r"medicine|drugs|food|\bfuel|(?<!the )\bbooks\b",
        "speak of medicines, food, fuel or books",
        (),
        _says("medic", "fármac", "farmac", "drug", "vacun", "vacin", "aliment", "food", "combust", "fuel",
              "gasol", "diesel", "libros?", "livros?", "books?"),
    ),
    Circumstance(
        "debt service|deuda flotante|court ruling",
        "speak of debt or of court rulings",
        (),
        _says("deuda", "dívida", "debt", "sentencia", "sentença", "judicia", "court"),
    ),
    Circumstance(
        "exclusive|sole supplier|exclusive rights|legal exception",
        "speak of an exclusive or sole supplier",
        (),
        _says("exclusiv", "proveedor único", "proveedor unico", "fornecedor único", "sole"),
    ),
    Circumstance(
        r"\bwages\b|salaries|(?<!law )\bgrants?\b|\bpensions|\bfees\b",
        "speak of wages, grants or fees",
        (),
        _says("sueldo", "salari", "salári", "remunera", "wage", "payroll", "subsid", "subven", "grant",
              "honorari", "honorári", "fees?", "pension", "jubila"),
    ),
    Circumstance(
        "auction",
        "speak of an auction",
        (),
        _says("subasta", "auction", "pregão", "pregao", "leilão"),
    ),
)  # fmt: skip


def reasons(section: str, rows: pl.DataFrame, date: str | None, shown: str = "") -> tuple[Reason, ...]:
    """List the innocent reasons of a page's section, those first for which the rows speak.

    `rows` are those of the finding, by the column `date`. `shown` is the section as the reader's language has
    it, item by item; the English one is what the rows are held against.
    """
    texts = [*items(section)]
    told = [*items(shown)]
    if len(told) != len(texts):
        told = texts
    known = [Reason(said, _evidence(text, rows, date)) for text, said in zip(texts, told, strict=True)]
    return tuple(sorted(known, key=lambda reason: not reason.evidence))


def items(section: str) -> Iterator[str]:
    """Cut a section into the items of its list, each on one line; other text is left out."""
    for block in section.split("\n\n"):
        for item in re.split(r"^- ", block, flags=re.MULTILINE)[1:]:
            yield " ".join(item.split())


def _evidence(text: str, rows: pl.DataFrame, date: str | None) -> str:
    told = rows.with_columns(
        words=pl.concat_str(
            [pl.col(name).cast(pl.String()) for name in _WORDED if name in rows.columns] or [pl.lit("")],
            separator=" ",
            ignore_nulls=True,
        )
    )
    if date:
        told = told.with_columns(day=pl.col(date))
    for one in CIRCUMSTANCES:
        if one.about(text) and {*one.needs} <= {*told.columns}:
            number = told.select(one.holds().fill_null(value=False).sum()).item()
            if number and rows.height == 1:
                return one_row(one.says)
            if number:
                some, every = say(number), say(rows.height)
                return t("rows that {say}: {some} of {all}", say=t(one.says), some=some, all=every)
    return ""


def one_row(says: str) -> str:
    """Put what several rows do as what one does."""
    verb, _, rest = says.partition(" ")
    return t(f"the row {_SINGULAR.get(verb, f'{verb}s')} {rest}")


_SINGULAR: Final = {"are": "is", "were": "was", "have": "has", "do": "does"}
