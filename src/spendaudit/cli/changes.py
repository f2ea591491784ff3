"""What is told of a comparison, part after part: rows, gaps and totals of each table, then findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from spendaudit.audit.coverage import called
from spendaudit.audit.diff import STATES, TableDiff
from spendaudit.cli.comparing import Compared
from spendaudit.i18n import number, t
from spendaudit.model.run import Finding
from spendaudit.model.tables import IDENTIFIER, PUBLISHED
from spendaudit.report.words import count, money, percent

_NOTHING: Final = Decimal(0)
_WORDS: Final = {
    "changed": "{rows} changed: the same identifiers, other words",
    "gone": "{rows} gone: not in the new release",
    "added": "{rows} added: not in the old release",
}
_STATES: Final = {"changed": "changed", "gone": "gone", "added": "added"}
#: What a row that is gone or was added is told by.
_TELLING: Final = frozenset(
    {"buyer_name", "supplier_name", "payer_name", "payee_name", "institution_name", "economic_label"}
    | {"title", "description", "amount", "currency", "approved", "adjusted", "executed", "bidder_name"}
)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the page: a title, a sentence, and a table."""

    title: str
    sentences: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    #: Columns of numbers.
    numbers: tuple[int, ...] = ()


def blocks(found: Compared, limit: int) -> Iterator[Block]:
    """Lay out the whole comparison, part after part."""
    yield Block(
        t("What was compared"),
        tuple(
            f"{name}: {', '.join(file.name for file in run.inputs)}"
            for name, run in ((t("old"), found.old), (t("new"), found.new))
        ),
    )
    for table in found.tables:
        yield _summary(table)
        yield from _differences(table)
        yield from _gaps(table, limit)
        yield from _totals(table, limit)
    yield from _findings(found, limit)


def _summary(table: TableDiff) -> Block:
    said = [
        t(
            "{rows} before, {now} now; {same} the same",
            rows=count(table.old, "row"),
            now=number(table.new),
            same=number(table.same),
        )
    ]
    said += [t(_WORDS[state], rows=count(many, "row")) for state, many in table.counts.items() if many]
    if table.old_only or table.new_only:
        said.append(
            t(
                "of months that only one release covers: {old} in the old one, {new} in the new one",
                old=number(table.old_only),
                new=number(table.new_only),
            )
        )
    if table.dropped:
        share = percent(1 - table.new / table.old)
        said.append(t("{share} fewer rows than before: is the new release whole?", share=share))
    if table.columns:
        columns = sorted(table.columns.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{name} ({number(many)})" for name, many in columns)
        said.append(t("what differs: {columns}", columns=named))
    return Block(t(called(table.table)), tuple(said))


def _differences(table: TableDiff) -> Iterator[Block]:
    """List rows: of changed ones what differs, of others what they were about."""
    for state in STATES:
        rows = [row for row in table.rows.iter_rows(named=True) if row["state"] == state]
        if not rows:
            continue
        told = tuple(
            (_name(table.table, row), str(row["period"] or ""), "; ".join(_changes(table.table, row, state)))
            for row in rows
        )
        yield Block(
            f"{t(called(table.table))}: {t(_STATES[state])}",
            _rest(len(rows), table.counts[state]),
            (
                IDENTIFIER[table.table],
                t("month"),
                t("what differs") if state == "changed" else t("what it says"),
            ),
            told,
        )


def _name(table: str, row: dict[str, Any]) -> str:
    name = IDENTIFIER[table]
    return str(row[f"new_{name}"] or row[f"old_{name}"] or "")


def _changes(table: str, row: dict[str, Any], state: str) -> Iterator[str]:
    for name in PUBLISHED[table]:
        old, new = row[f"old_{name}"], row[f"new_{name}"]
        if state == "changed" and old != new:
            yield f"{name}: {_shown(old)} -> {_shown(new)}"
        elif (
            state != "changed"
            and name in _TELLING
            and (value := new if state == "added" else old) is not None
        ):
            yield f"{name}: {_shown(value)}"


def _shown(value: Any) -> str:
    if value is None:
        return t("nothing")
    return money(value, None) if hasattr(value, "quantize") else str(value)


def _gaps(table: TableDiff, limit: int) -> Iterator[Block]:
    if table.gaps.is_empty():
        return
    rows = tuple(
        (row["institution"], str(row["period"]), number(row["old"]))
        for row in table.gaps.head(limit).iter_rows(named=True)
    )
    yield Block(
        f"{t(called(table.table))}: {t('institutions without a row where they had some')}",
        _rest(len(rows), table.gaps.height),
        (t("institution"), t("month"), t("rows before")),
        rows,
        (2,),
    )


def _totals(table: TableDiff, limit: int) -> Iterator[Block]:
    if table.totals.is_empty():
        return
    rows = tuple(
        (
            row["institution"] or "",
            str(row["period"] or ""),
            row["measure"],
            money(row["old"], None),
            money(row["new"], None),
            money((row["new"] or _NOTHING) - (row["old"] or _NOTHING), row["currency"]),
        )
        for row in table.totals.head(limit).iter_rows(named=True)
    )
    yield Block(
        f"{t(called(table.table))}: {t('totals of institutions that differ')}",
        _rest(len(rows), table.totals.height),
        (t("institution"), t("month"), "", t("before"), t("now"), t("difference")),
        rows,
        (3, 4, 5),
    )


def _findings(found: Compared, limit: int) -> Iterator[Block]:
    sizes = t(
        "{new} new, {gone} gone, {changed} changed, {same} the same",
        new=number(len(found.appeared)),
        gone=number(len(found.disappeared)),
        changed=number(len(found.changed)),
        same=number(found.same),
    )
    yield Block(t("findings"), (sizes,))
    headings = (t("severity"), t("finding"), t("rule"), t("amount"), t("question"))
    for title, some in (
        (t("findings: new"), found.appeared),
        (t("findings: gone"), found.disappeared),
    ):
        if some:
            rows = tuple(_row(one) for one in some[:limit])
            yield Block(
                title,
                _rest(len(rows), len(some)),
                headings,
                rows,
                (3,),
            )
    if found.changed:
        rows = tuple(
            (
                *_row(new)[:3],
                f"{money(old.amount, old.currency)} -> {money(new.amount, new.currency)}",
                new.message,
            )
            for old, new in found.changed[:limit]
        )
        yield Block(
            t("findings: the same rows, another amount"),
            _rest(len(rows), len(found.changed)),
            headings,
            rows,
            (3,),
        )


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        t(finding.severity.value).upper(),
        finding.fingerprint[:8],
        finding.rule,
        money(finding.amount, finding.currency),
        finding.message,
    )


def _rest(shown: int, total: int) -> tuple[str, ...]:
    if shown == total:
        return ()
    some, all_ = number(shown), number(total)
    return (t("{some} of {all} are shown; --limit 0 shows all", some=some, all=all_),)
