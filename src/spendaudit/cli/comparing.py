"""Compares two releases, or two kept runs: their rows, and what the rules found in each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import polars as pl

from spendaudit.audit.archive import load
from spendaudit.audit.diff import TableDiff, compare
from spendaudit.audit.mask_key import mask_key
from spendaudit.audit.masking import mask
from spendaudit.cli.asking import Questions, ask, grave, hide_persons
from spendaudit.cli.baselines import Answers
from spendaudit.cli.notes import Notes
from spendaudit.cli.options import FailOn
from spendaudit.cli.reading import Read, Wanted, read
from spendaudit.errors import DONE, FOUND, UNREADABLE, UsageError
from spendaudit.load.tables import open_tables
from spendaudit.model.run import Finding, Input, Run
from spendaudit.model.tables import PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What has changed, as it may be shown."""

    old: Run
    new: Run
    tables: tuple[TableDiff, ...]
    #: Findings that the old release does not have, and no baseline knows.
    appeared: tuple[Finding, ...]
    #: Findings that the new release does not have.
    disappeared: tuple[Finding, ...]
    #: The same question with another amount or other dates: before and after.
    changed: tuple[tuple[Finding, Finding], ...]
    #: How many are the same.
    same: int
    #: Files that could not be read.
    refused: int = 0

    def exit_code(self, fail_on: FailOn, *, restated: bool) -> int:
        """Sum the comparison up in the number that scripts act on."""
        if self.refused:
            return UNREADABLE
        if restated and any(table.restated for table in self.tables):
            return FOUND
        return FOUND if grave(self.appeared, fail_on) else DONE


@dataclass(frozen=True, slots=True)
class Releases:
    """Two releases that were read."""

    old: Read
    new: Read

    @classmethod
    def of(cls, old: str, new: str, wanted: Wanted, notes: Notes) -> Self:
        """Read both."""
        return cls(read(replace(wanted, paths=(old,)), notes), read(replace(wanted, paths=(new,)), notes))

    def compared(
        self,
        questions: Questions,
        answers: Answers | None,
        notes: Notes,
        *,
        limit: int,
        show_personal: bool,
    ) -> Compared:
        """Compare their rows, and put the rules to both."""
        tables = compare(*(open_tables(one.inputs, one.store) for one in (self.old, self.new)))
        old = ask(self.old, questions, notes, show_personal=True)
        new = ask(self.new, questions, notes, show_personal=True)
        shown = compared(
            old, new, answers, tables, limit=limit, show_personal=show_personal, store=self.new.kept
        )
        return replace(shown, refused=self.old.refused + self.new.refused)


def kept_runs(old: str, new: str, store: Path) -> tuple[Run, Run] | None:
    """Return two kept runs, if the words are their ids. Raises UsageError if one of them is."""
    kept = [
        not Path(word).exists() and (store / "runs" / Path(word).name / "run.json").exists()
        for word in (old, new)
    ]
    if all(kept):
        return load(store, old), load(store, new)
    if any(kept):
        raise UsageError(
            "{one} is a run, and {other} is not",
            hint="compare two runs, or two releases",
            one=old if kept[0] else new,
            other=new if kept[0] else old,
        )
    return None


def compared(
    old: Run,
    new: Run,
    answers: Answers | None,
    tables: Sequence[TableDiff],
    *,
    limit: int,
    show_personal: bool,
    store: Path,
) -> Compared:
    """Tell which findings are new, gone and changed; hide persons, unless they are to be shown.

    Of the rows of each table, the first `limit` of each state are kept.
    """
    tables = [_first(one, limit) for one in tables]
    if not show_personal:
        old, new = hide_persons(old, store), hide_persons(new, store)
        key = mask_key(store / "mask.key")
        tables = [_masked(one, (*old.inputs, *new.inputs), new, key) for one in tables]
    before = {one.fingerprint: one for one in old.findings}
    after = {one.fingerprint for one in new.findings}
    known = answers.fingerprints if answers else frozenset[str]()
    both = [(before[one.fingerprint], one) for one in new.findings if one.fingerprint in before]
    changed = tuple((was, is_) for was, is_ in both if _told(was) != _told(is_))
    return Compared(
        old=old,
        new=new,
        tables=tuple(tables),
        appeared=tuple(
            one for one in new.findings if one.fingerprint not in before and one.fingerprint not in known
        ),
        disappeared=tuple(one for one in old.findings if one.fingerprint not in after),
        changed=changed,
        same=len(both) - len(changed),
    )


def _first(table: TableDiff, limit: int) -> TableDiff:
    return (
        replace(table, rows=table.rows.group_by("state", maintain_order=True).head(limit)) if limit else table
    )


def _told(finding: Finding) -> tuple[object, ...]:
    return finding.amount, finding.currency, finding.starts, finding.ends


def _masked(table: TableDiff, inputs: tuple[Input, ...], run: Run, key: bytes) -> TableDiff:
    """Hide persons in the rows of both sides."""
    if table.rows.is_empty():
        return table
    names = [name.removeprefix("old_") for name in table.rows.columns if name.startswith("old_")]
    sides = [
        table.rows.select(pl.col(f"{side}_{name}").alias(name) for name in names) for side in ("old", "new")
    ]
    filled = [side.with_columns(pl.col("source").fill_null("")) for side in sides]
    both = pl.concat(filled)
    shown = mask(replace(run, inputs=inputs, findings=(), known=(), rows={table.table: both}), key, {}).rows[
        table.table
    ]
    height = table.rows.height
    parts = [
        shown.slice(start, height).select(pl.all().name.prefix(f"{side}_"))
        for side, start in (("old", 0), ("new", height))
    ]
    published = [f"{side}_{name}" for name in PUBLISHED[table.table] for side in ("old", "new")]
    rows = pl.concat([table.rows.select("state", "period"), *parts], how="horizontal")
    return replace(table, rows=rows.select("state", "period", *published))
