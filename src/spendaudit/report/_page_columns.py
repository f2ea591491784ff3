"""What does a page tell of the rows that findings rest on? Lays each row out once, column beside column."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from spendaudit.model.laws import source_of_limit
from spendaudit.model.run import Finding
from spendaudit.report._page_markup import web
from spendaudit.report._page_rows import Rows
from spendaudit.report.to_json import digits
from spendaudit.rules import load_rules

#: What limit was in force on a row, and by which law.
LIMIT: Final = ("limit", "limit_source")
#: Where the part of an address ends that many rows share.
_ENDS: Final = "/?&=#"


def rows_told(rows: Rows, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return the rows that are shown, each with the amounts and the limit that a rule that names it reads."""
    rules = {one.rule for one in findings}
    under_limit = {rule for rule in rules if limited(rule)}
    money = {name for names in rows.amounts.values() for name in names}
    read = {name: {rule for rule in rules if name in rows.amounts.get(rule, ())} for name in money}
    read |= dict.fromkeys(LIMIT, under_limit)
    shown = rows.shown()

    def by(rules: Collection[str]) -> pl.Expr:
        asked = [place for place, one in enumerate(findings) if one.rule in rules]
        return pl.col("finding").is_in(asked).any().over("table", "position")

    return shown.with_columns(
        pl.when(by(read[name])).then(name) for name in sorted(read) if name in shown.columns
    )


def limited(rule: str) -> bool:
    """Whether a rule reads the limit of the rows that it is about."""
    known = load_rules().get(rule)
    return known is not None and "limit" in known.columns(known.subject)


def laid_out(
    shown: pl.DataFrame, names: Mapping[str, Sequence[str]], rows: Rows, findings: int
) -> tuple[list[list[int]], list[dict[str, Any]]]:
    """Lay every row out once, by table; list which rows each finding rests on, counted over all tables."""
    lists: list[list[int]] = [[] for _ in range(findings)]
    tables = []
    start = 0
    money = list(dict.fromkeys(name for names in rows.amounts.values() for name in names))
    for table in sorted(shown["table"].drop_nulls().unique()):
        of_table = shown.filter(pl.col("table") == table)
        once = of_table.unique("position", keep="first", maintain_order=True)
        place = {position: start + number for number, position in enumerate(once["position"])}
        for finding, position in of_table.select("finding", "position").iter_rows():
            lists[finding].append(place[position])
        tables.append({"table": table, "start": start, **_columns(once, names, money)})
        start += once.height
    return lists, tables


def _columns(rows: pl.DataFrame, names: Mapping[str, Sequence[str]], money: Iterable[str]) -> dict[str, Any]:
    """Return the columns of a table that are filled; what all rows share stands once, instead of a list."""
    known = {
        facet: {name: number for number, name in enumerate(names[facet])} for facet in ("buyer", "supplier")
    }
    columns: dict[str, list[Any]] = {
        "date": [one and one.isoformat() for one in rows["date"]],
        **{facet: [known[facet].get(one) for one in rows[facet]] for facet in known},
        **{name: rows[name].to_list() for name in ("id", "about", "currency", "file")},
        "limit_source": [one and source_of_limit(one) for one in rows["limit_source"]],
        **{
            name: [None if one is None else digits(one) for one in rows[name]]
            for name in ("limit", *money)
            if name in rows.columns
        },
    }
    filled = {
        name: values[0] if len({*values}) == 1 else values
        for name, values in columns.items()
        if any(one is not None for one in values)
    }
    links = [_link(url, name) for url, name in rows.select("url", "id").iter_rows()]
    return {**filled, **({"url": links} if any(links) else {}), "row": rows["row"].to_list()}


def _link(url: str | None, name: str | None) -> list[str | None] | None:
    """Cut an address into what it shares with others and its end; none where that is the name of the row."""
    address = web(url)
    if not address:
        return None
    place = max(address.rfind(sign) for sign in _ENDS) + 1
    end = address[place:]
    return [address[:place], None if end == name else end]
