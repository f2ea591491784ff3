"""Tells which rows a page shows of each finding, and what it says of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL
from spendaudit.model.run import Finding, Members, Run
from spendaudit.model.tables import AMOUNT, DATE, IDENTIFIER, LIMITS, MONEY, SCHEMAS
from spendaudit.report.flagged import tidy
from spendaudit.rules import load_rules

#: The columns that know a party, the steadiest first, and those that name it to a reader.
_BUYER: Final = {
    "contracts": (("buyer_key", "buyer_name", "buyer_id"), ("buyer_name", "buyer_id")),
    "payments": (("payer_key", "payer_name", "payer_id"), ("payer_name", "payer_id")),
    "budget": (("institution_id", "institution_name"), ("institution_name", "institution_id")),
    "plan": (("buyer_id", "buyer_name"), ("buyer_name", "buyer_id")),
}
_SUPPLIER: Final = {
    "contracts": (("supplier_key", "supplier_name", "supplier_id"), ("supplier_name", "supplier_id")),
    "payments": (("payee_key", "payee_name", "payee_id"), ("payee_name", "payee_id")),
    "bids": (("bidder_name", "bidder_id"), ("bidder_name", "bidder_id")),
    "parties": (("name", "party_id"), ("name", "party_id")),
}
#: What a row is about, in the publisher's words: the first of these that is filled.
_ABOUT: Final = (
    "title", "description", "economic_label", "functional_label", "administrative_label", "reason",
)  # fmt: skip
#: Signs of these words, and of a name, that are shown.
_LONGEST: Final = 140
_LONGEST_NAME: Final = 300
#: Rows in a page, those of several findings counted several times: as many of each finding as fit into that.
MOST_ROWS: Final = 12_000
_STEPS: Final = (200, 100, 50, 25, 12, 8, 6, 4, 3, 2, 1)

#: A row in a finding as a page tells it. `own` is the amount that adds up; what rules read stands beside.
ROW: Final = pl.Schema(
    {
        "finding": pl.UInt32(),
        "table": pl.String(),
        "position": pl.UInt32(),
        "date": pl.Date(),
        "id": pl.String(),
        "buyer": pl.String(),
        "supplier": pl.String(),
        "about": pl.String(),
        "currency": pl.String(),
        "own": TOTAL,
        "limit": MONEY,
        "limit_source": pl.String(),
        "file": pl.String(),
        "row": pl.UInt32(),
        "url": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Every row of every finding, by finding and date; findings are numbered as the run has them."""

    frame: pl.DataFrame
    #: The amounts of a row that a rule reads, by rule, the one that adds up first.
    amounts: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, run: Run) -> "Rows":
        """Look the rows of a run up."""
        amounts = _amounts(run.findings)
        members = _members(run.findings)
        money = dict.fromkeys(name for names in amounts.values() for name in names)
        tables = [_told(run.rows[name], members, name, money) for name in SCHEMAS if name in run.rows]
        empty = pl.DataFrame(schema=ROW).with_columns(buyer_known=pl.lit(""), supplier_known=pl.lit(""))
        every = pl.concat([empty, *tables], how="diagonal")
        for party in ("buyer", "supplier"):
            every = _one_name(every, party)
        order = ["finding", "date", "file", "row", "position"]
        return cls(every.sort(order, nulls_last=True, maintain_order=True), amounts)

    def first(self, findings: int) -> "Rows":
        """Return the rows of the first findings."""
        return Rows(self.frame.filter(pl.col("finding") < findings), self.amounts)

    def shown(self) -> pl.DataFrame:
        """Return the rows that a page has room for, of each finding those of the largest amounts, by date."""
        ranked = (
            self.frame.with_row_index("place")
            .with_columns(size=pl.col("own").abs())
            .sort("finding", "size", "place", descending=[False, True, False], nulls_last=True)
        )
        ranked = ranked.with_columns(rank=pl.int_range(pl.len()).over("finding"))
        counts = self.frame.group_by("finding").len()["len"]
        most = next((step for step in _STEPS if counts.clip(0, step).sum() <= MOST_ROWS), _STEPS[-1])
        return ranked.filter(pl.col("rank") < most).sort("place").drop("place", "size", "rank")


def _amounts(findings: Iterable[Finding]) -> dict[str, tuple[str, ...]]:
    known = load_rules()
    asked = {one.rule: one.members[0].table for one in reversed(list(findings)) if len(one.members)}
    found = {}
    for rule, table in asked.items():
        read = known[rule].columns(table) if rule in known and known[rule].subject == table else ()
        money = [name for name in read if SCHEMAS[table][name] == MONEY and name not in LIMITS.get(table, ())]
        found[rule] = tuple(dict.fromkeys((*([AMOUNT[table]] if table in AMOUNT else []), *money)))
    return found


def _members(findings: Sequence[Finding]) -> pl.DataFrame:
    """Lay the members of all findings under one another, each beside the number of its finding."""
    counts = [len(one.members) for one in findings]
    members = Members.joined(one.members for one in findings).select("table", "position", "url")
    numbers = pl.DataFrame(
        {"finding": range(len(counts)), "rows": counts}, {"finding": pl.UInt32(), "rows": pl.UInt32()}
    )
    return members.with_columns(numbers.select(pl.col("finding").repeat_by("rows").explode()).to_series())


def _told(rows: pl.DataFrame, members: pl.DataFrame, table: str, money: Iterable[str]) -> pl.DataFrame:
    """Tell of each row of a table that stands in a finding what a reader wants to know of it."""

    def first(names: Iterable[str]) -> pl.Expr:
        filled = [_words(name) for name in names if name in rows.columns]
        return pl.coalesce(*filled, pl.lit(None, pl.String()))

    def own(name: str | None, kind: pl.DataType) -> pl.Expr:
        return pl.col(name).cast(kind) if name in rows.columns else pl.lit(None, kind)

    buyer, buyer_name = _BUYER.get(table, ((), ()))
    supplier, supplier_name = _SUPPLIER.get(table, ((), ()))
    told = rows.with_row_index("position").select(
        "position",
        *(pl.col(name).cast(TOTAL) for name in money if name in rows.columns),
        date=own(DATE.get(table), pl.Date()),
        id=first([IDENTIFIER[table]]),
        buyer_known=first(buyer),
        buyer=_cut(first(buyer_name), _LONGEST_NAME),
        supplier_known=first(supplier),
        supplier=_cut(first(supplier_name), _LONGEST_NAME),
        about=_cut(first(_ABOUT), _LONGEST),
        currency=own("currency", pl.String()),
        own=own(AMOUNT.get(table), TOTAL),
        limit=own("limit", MONEY),
        limit_source=first(["limit_source"]),
        file=pl.col("file"),
        row=pl.col("row"),
    )
    return members.filter(pl.col("table") == table).join(told, on="position", how="left")


def _words(name: str) -> pl.Expr:
    return tidy(pl.col(name)).str.replace_all(r"\s+", " ").str.strip_chars().replace("", None)


def _cut(text: pl.Expr, most: int) -> pl.Expr:
    return pl.when(text.str.len_chars() > most).then(text.str.head(most) + "…").otherwise(text)


def _one_name(rows: pl.DataFrame, party: str) -> pl.DataFrame:
    """Call a party by one name wherever it stands: the one that its rows have most often."""
    known = f"{party}_known"
    names = (
        rows.unique(["table", "position"])
        .group_by(known, party)
        .len()
        .drop_nulls()
        .sort("len", party, descending=[True, False])
        .unique(known, keep="first", maintain_order=True)
    )
    return rows.drop(party).join(names.drop("len"), on=known, how="left", maintain_order="left").drop(known)
