"""What the commands of `spendaudit baseline` do with a kept run and a file."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from spendaudit.audit.archive import load
from spendaudit.audit.baseline import Held, Known, answered, hold, known_apart, read, text
from spendaudit.audit.retell import retold_finding
from spendaudit.audit.select import matching
from spendaudit.cli.asking import grave, hide_persons
from spendaudit.cli.laid_out import kept_elsewhere
from spendaudit.cli.listing import write as write_listing
from spendaudit.cli.notes import Notes
from spendaudit.cli.options import FailOn, Stale
from spendaudit.cli.outputs import write_file
from spendaudit.cli.places import Places
from spendaudit.cli.today import today
from spendaudit.errors import DONE, FOUND, USAGE, UsageError
from spendaudit.i18n import day as say_day
from spendaudit.i18n import number, t, tell
from spendaudit.model.run import Finding, Run
from spendaudit.paths import default_store
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.words import CLOSING, count, money, words
from spendaudit.rules import load_rules

#: So many digits of a fingerprint are shown: no run has had two findings that share them.
_DIGITS: Final = 12
#: Entries that a table for people shows of each kind; files and other formats hold all.
_SHOWN: Final = 50
_FLAT: Final = pl.Schema(
    {
        "status": pl.String(),
        "rule": pl.String(),
        "fingerprint": pl.String(),
        "amount": pl.String(),
        "currency": pl.String(),
        "message": pl.String(),
        "reason": pl.String(),
        "expires": pl.String(),
    }
)
_TITLES: Final = {
    "new": "New: the baseline does not know them",
    "expired": "Expired: their reasons held until the date given",
    "gone": "Gone: the audit did not find them again; `spendaudit baseline prune` takes them out",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A run that was kept, and the store that keeps it."""

    run: Run
    store: Path

    @classmethod
    def of(cls, store: Path | None, run_id: str) -> Self:
        """Open a run by its id, or the last one."""
        root = store or default_store()
        return cls(load(root, run_id), root)

    def answer(
        self,
        file: Path,
        select: Sequence[str],
        reason: str,
        expires: date | None,
        *,
        besides: Collection[Known] = (),
    ) -> None:
        """Write the chosen findings, beside entries that are there."""
        if not reason.strip():
            raise UsageError("--reason is empty", hint="say why these findings are answered for")
        chosen = _chosen(self.run.findings, select)
        known = answered(chosen, reason.strip(), expires, besides=besides)
        _write(file, known)
        added = len(known) - len(besides)
        said = t(
            "{findings} added, {entries} in all",
            findings=count(added, "finding"),
            entries=_entries(len(known)),
        )
        Notes().say(f"{file}: {said}")

    def prune(self, file: Path) -> None:
        """Write the baseline without what is stale or has expired."""
        known = read(file)
        day = today()
        stale = {one.fingerprint for one in hold(self.run, known, day).stale}
        left = [one for one in known if one.fingerprint not in stale and one.holds(day)]
        _write(file, left)
        said = t(
            "{entries} taken out, {left} left",
            entries=_entries(len(known) - len(left)),
            left=_entries(len(left)),
        )
        Notes().say(f"{file}: {said}")

    def compare(self, file: Path, places: Places, fail_on: FailOn, *, show_personal: bool) -> int:
        """Show what is new, expired and gone; return the exit code."""
        shown = self.run if show_personal else hide_persons(self.run, self.store)
        held = hold(shown, read(file), today())
        entries = list(_entries_of(held))
        rows = pl.DataFrame([[entry[name] for name in _FLAT] for entry in entries], _FLAT, orient="row")
        write_listing(
            Listing("findings", rows, entries, lambda screen: _lines(held, entries, screen)), places
        )
        return FOUND if grave(held.new, fail_on) else DONE


@dataclass(frozen=True, slots=True)
class Answers:
    """A baseline that an audit is held against."""

    file: Path
    known: tuple[Known, ...]
    day: date

    @classmethod
    def of(cls, file: Path | None) -> "Answers | None":
        """Read the file before any work is done."""
        return cls(file, read(file), today()) if file else None

    @property
    def fingerprints(self) -> frozenset[str]:
        """Findings that are answered for today."""
        return frozenset(one.fingerprint for one in self.known if one.holds(self.day))

    def apply(self, run: Run, stale: Stale, notes: Notes) -> tuple[Run, int]:
        """Put the known findings beside the new ones; return the run, and the exit code of stale entries."""
        held = hold(run, self.known, self.day)
        if held.expired:
            first = min(map(_end, held.expired))
            said = t(
                "{entries} expired, the first on {day}: their findings count as new",
                entries=_entries(len(held.expired)),
                day=say_day(first),
            )
            notes.say(f"{self.file}: {said}")
        told = known_apart(run, held)
        if not held.stale or stale is Stale.IGNORE:
            return told, DONE
        stale_ones = UsageError(
            "{file} knows 1 finding that this audit did not find again"
            if len(held.stale) == 1
            else "{file} knows {findings:,} findings that this audit did not find again",
            hint="`spendaudit baseline diff {file}` shows them, `baseline prune` takes them out",
            file=self.file,
            findings=len(held.stale),
        )
        if stale is Stale.ERROR:
            notes.refuse(str(self.file), stale_ones)
            return told, USAGE
        notes.say(f"{tell(stale_ones.said)}: {tell(stale_ones.advice)}")
        return told, DONE


def _end(known: Known) -> date:
    return known.expires or date.max


def _entries(number: int) -> str:
    return count(number, "entry", "entries")


def _write(file: Path, known: Collection[Known]) -> None:
    if not file.parent.is_dir():
        raise UsageError(
            "{path}: there is no folder {folder}", hint="make it first", path=file, folder=file.parent
        )
    write_file(file, "utf-8", lambda stream: stream.write(text(known)))


def _chosen(findings: Sequence[Finding], select: Sequence[str]) -> list[Finding]:
    """Find what each word means: a fingerprint's beginning, or rules."""
    asked = [word for option in select for part in option.split(",") if (word := part.strip())]
    if not asked:
        return list(findings)
    rules, prints = load_rules(), set[str]()
    for word in asked:
        begun = {one.fingerprint for one in findings if one.fingerprint.startswith(word.lower())}
        prints |= begun or {one.fingerprint for one in findings if one.rule in matching(rules, word)}
    return [one for one in findings if one.fingerprint in prints]


def _entries_of(held: Held) -> Iterator[dict[str, Any]]:
    lapsed = {one.fingerprint: one for one in held.expired}
    for finding in held.new:
        before = lapsed.get(finding.fingerprint)
        yield _entry("expired" if before else "new", finding, before)
    for finding in held.known:
        yield _entry("known", finding, None)
    for one in held.stale:
        yield _entry("gone", None, one)


def _entry(status: str, finding: Finding | None, known: Known | None) -> dict[str, Any]:
    named = finding or known
    return {
        "status": status,
        "rule": named.rule if named else "",
        "fingerprint": named.fingerprint if named else "",
        "amount": f"{finding.amount:f}" if finding and finding.amount is not None else None,
        "currency": finding.currency if finding else None,
        "message": finding.message if finding else None,
        "reason": known.reason if known else None,
        "expires": known.expires.isoformat() if known and known.expires else None,
    }


def _lines(held: Held, entries: Sequence[dict[str, Any]], screen: Screen) -> Iterator[RenderableType]:
    shown = (*held.new, *held.known)
    amounts = {one.fingerprint: money(one.amount, one.currency) for one in shown}
    rules = load_rules()
    messages = {one.fingerprint: retold_finding(one, rules).message for one in shown}
    for status in _TITLES:
        title = t(_TITLES[status])
        some = [entry for entry in entries if entry["status"] == status]
        if not some:
            continue
        yield Text(f"{title} ({number(len(some))})", style="bold")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for _ in range(3 if screen.wide else 2):
            table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for entry in some[:_SHOWN]:
            print_ = words((entry["fingerprint"][:_DIGITS], "dim"))
            amount = [words(amounts.get(entry["fingerprint"], ""))] if screen.wide else []
            until = t(" (until {day})", day=entry["expires"]) if entry["expires"] else ""
            said = f"{entry['reason']}{until}" if entry["reason"] else ""
            table.add_row(
                words((entry["rule"], "bold")),
                print_,
                *amount,
                words(": ".join(filter(None, (said, messages.get(entry["fingerprint"]))))),
            )
        yield table
        if len(some) > _SHOWN:
            yield kept_elsewhere(len(some) - _SHOWN)
        yield Text("")
    total = t(
        "{new} new, {known} known, {gone} gone",
        new=number(len(held.new)),
        known=number(len(held.known)),
        gone=number(len(held.stale)),
    )
    yield Text(f"{total}. {t(CLOSING)}", style="italic")
