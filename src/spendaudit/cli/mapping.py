"""Shows a drafted mapping, asks what the file does not say, and writes it."""

import shlex
import sys
from pathlib import Path
from typing import Any

import typer

from spendaudit.cli.laid_out import bare_table
from spendaudit.cli.notes import Notes
from spendaudit.errors import ReadError, SpendauditError, UsageError, of_system
from spendaudit.i18n import number, t, tell
from spendaudit.ingest.archive import Published, published
from spendaudit.load.drafting.draft import Draft, level
from spendaudit.load.drafting.settings import Drafted, Question
from spendaudit.load.drafting.write import to_toml
from spendaudit.load.recognise import recognise
from spendaudit.model.tables import PUBLISHED
from spendaudit.report.safe import plain
from spendaudit.report.screen import show, standard_output
from spendaudit.report.words import words
from spendaudit.sources import load_sources
from spendaudit.wording import joined

_STYLE = {"sure": "green", "likely": "yellow", "doubtful": "red"}


def choose_part(file: Path, part: str) -> Published:
    """Find the one table of a file, or the part that is named. Raises UsageError where there are several."""
    if file.is_dir():
        raise UsageError(
            "{path} is a folder",
            hint="a mapping is drafted from one file: name one of those in it",
            path=file,
        )
    if not file.exists():
        raise UsageError("there is no file {path}", hint="check the path", path=file)
    parts = published(file)
    if part:
        found = [one for one in parts if one.part == part]
        if not found:
            raise UsageError(
                "{file} has no part {part}",
                hint="it has {parts}",
                file=file.name,
                part=part,
                parts=_listed(parts),
            )
        return found[0]
    if len(parts) > 1:
        raise UsageError(
            "{file} holds {number} tables",
            hint="choose one with --part: {parts}",
            file=file.name,
            number=len(parts),
            parts=_listed(parts),
        )
    return parts[0]


def _listed(parts: list[Published]) -> str:
    return ", ".join(f'"{one.part}"' for one in parts[:10])


def note_known_portal(one: Published, notes: Notes) -> None:
    """Say when no mapping is needed."""
    try:
        source = recognise(one, load_sources()).source
    except SpendauditError:
        return
    notes.say(
        t(
            "{file} is of {source}: {command} reads it without a mapping",
            file=one.label,
            source=source.id,
            command=f"`spendaudit audit {one.path}`",
        )
    )


def ask(draft: Draft, *, no_input: bool) -> Draft:
    """Ask on a terminal what the file does not decide; elsewhere it stays open."""
    if no_input or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return draft
    answers: dict[str, Any] = {}
    for question in draft.questions:
        if question.choices and (chosen := _chosen(question)):
            answers[question.canonical] = question.choices[chosen - 1][1]
    return draft.answered(answers)


def _chosen(question: Question) -> int:
    """Ask one question; 0 leaves it open."""

    def chosen(answer: str) -> int:
        if answer.strip().isdecimal() and int(answer) <= len(question.choices):
            return int(answer)
        raise typer.BadParameter(t("a number from 0 to {last}, please", last=len(question.choices)))

    asked = t("How is {column} to be read?", column=f"`{question.column}` ({question.canonical})")
    lines = [f"{asked} {tell(question.text)}"]
    lines += [f"  {place}  {tell(label)}" for place, (label, _) in enumerate(question.choices, start=1)]
    lines.append(f"  0  {t('I do not know: leave it open')}")
    sys.stderr.writelines(f"{plain(line)}\n" for line in lines)
    return int(typer.prompt(t("Which is it?"), default="0", value_proc=chosen, err=True))


def show_verdict(draft: Draft) -> None:
    """Print on standard error what the file is taken for, column by column."""
    sample = draft.sample
    lines = [
        t(
            "{file}: {table}, told from {extent}",
            file=sample.label,
            table=draft.table,
            extent=tell(sample.extent),
        )
    ]
    if sample.dialect:
        lines.append(f"{t('encoding')} {sample.encoding.encoding}: {tell(sample.encoding.why)}")
        lines += map(tell, sample.dialect.why)
    lines += [f"{t('note: ')}{tell(note)}" for note in draft.notes]
    table = bare_table()
    table.add_column(t("canonical"), no_wrap=True)
    for heading in (t("column of the file"), t("confidence"), t("evidence")):
        table.add_column(heading, overflow="fold")
    for one in draft.columns:
        table.add_row(*_row(one))
    for column, why in draft.ignored:
        table.add_row(
            words(("-", "dim")), words(column.name), words((t("not used"), "dim")), words((tell(why), "dim"))
        )
    show(sys.stderr, lambda _: [*(words(line) for line in lines), table])


def _row(one: Drafted) -> list[Any]:
    sure = level(one.sure)
    reads = one.settings.get("columns") or [one.settings.get("column", f"({one.settings['read']})")]
    asked = f" {t('ASKED')}" if one.question else ""
    return [
        words((one.canonical, "bold")),
        words(", ".join(reads)),
        words((f"{t(sure)} {number(one.sure, 2)}{asked}", _STYLE[sure])),
        words(tell(joined(one.evidence, "; "))),
    ]


def next_step(draft: Draft, file: Path, output: Path) -> str:
    """Name the command that reads the file by its mapping."""
    stated = any(one.canonical == "currency" for one in draft.columns) or draft.currency
    currency = "" if stated or "currency" not in PUBLISHED[draft.table] else " --currency CODE"
    period = " --period YEAR" if any(one.settings["read"] == "period" for one in draft.columns) else ""
    return f"spendaudit audit {shlex.quote(str(file))} --map {shlex.quote(str(output))}{currency}{period}"


def write(draft: Draft, output: Path | None) -> None:
    """Write the mapping to a new file, or to standard output."""
    text = to_toml(draft)
    if output is None:
        standard_output().write(text)
        return
    try:
        with output.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise ReadError(
            "{path} cannot be written: {error}",
            hint="choose another --output",
            path=plain(str(output)),
            error=of_system(error),
        ) from error
