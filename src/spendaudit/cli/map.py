"""`spendaudit map`: drafts how a file of no known portal is read."""

from pathlib import Path
from typing import Annotated

import typer

from spendaudit.cli import options

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A table of no known portal: CSV, gzip, Excel, or a zip of one.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the mapping to a new file.",
        show_default="standard output",
    ),
]
Table = Annotated[
    str,
    typer.Option(
        "--table",
        metavar="TABLE",
        help="What the file fills, instead of the likeliest: contracts, payments, budget, ...",
    ),
]
Part = Annotated[
    str, typer.Option("--part", metavar="NAME", help="The table in a zip, or the sheet of a workbook.")
]
NoInput = Annotated[bool, typer.Option("--no-input", help="Ask nothing, even on a terminal.")]


def map(  # noqa: A001 the command's name
    file: File,
    *,
    output: Output = None,
    table: Table = "",
    part: Part = "",
    country: options.Country = "",
    currency: options.Currency = "",
    no_input: NoInput = False,
    quiet: options.Quiet = 0,
) -> None:
    """Draft a mapping for a file that no known portal published.

    \b
    Examples:
      spendaudit map payments.csv                       what it is taken for, and why
      spendaudit map payments.csv --output payments.toml
      spendaudit map orders.zip --part 2024.csv --country CL --currency CLP
      spendaudit audit payments.csv --map payments.toml

    The draft is TOML for you to check: for every column how sure it is (sure, likely, doubtful) and the
    evidence, taken from header words in Spanish, Portuguese and English, and from the cells. Names and
    numbers that may be a person's are shown by their shape only. A column of which nothing can be told is
    listed so.

    Where the cells do not tell day from month (05/01/2024) or thousands from decimals (1.234), nothing is
    guessed: you are asked on a terminal; elsewhere the draft says "?", `audit --map` refuses it, and the exit
    code is 2.
    """
    from spendaudit.cli.mapping import (
        ask,
        choose_part,
        next_step,
        note_known_portal,
        show_verdict,
        write,
    )
    from spendaudit.cli.notes import Notes
    from spendaudit.errors import DONE, USAGE, ReadError, UsageError
    from spendaudit.i18n import t, tell
    from spendaudit.load.drafting.check import checked
    from spendaudit.load.drafting.draft import draft as draft_mapping
    from spendaudit.load.drafting.sample import take_sample
    from spendaudit.model.tables import PUBLISHED

    notes = Notes(quiet)
    if output and output.exists():
        raise UsageError(
            "{path} is there already",
            hint="choose another --output: it may have been edited",
            path=output,
        )
    if table and table not in PUBLISHED:
        raise UsageError(
            "there is no table {table}", hint="tables are {known}", table=table, known=", ".join(PUBLISHED)
        )
    published = choose_part(file, part)
    note_known_portal(published, notes)
    sample = take_sample(published)
    draft = draft_mapping(sample, table=table, country=country, currency=currency)
    if draft is None:
        names = ", ".join(f'"{name}"' for name in sample.names[:12])
        raise ReadError(
            "{file}: no idea what table it fills; its columns are {names}",
            hint="--table payments (or contracts, budget, ...) drafts what there is of one",
            file=published.label,
            names=names,
        )
    draft = ask(checked(draft), no_input=no_input)
    if not quiet:
        show_verdict(draft)
    write(draft, output)
    for question in draft.questions:
        column = f"`{question.column}` ({question.canonical})"
        notes.say(t("open: how to read {column}: {text}", column=column, text=tell(question.text)))
    if output:
        command = next_step(draft, file, output)
        notes.say(t("{file} is yours to check; then:", file=output))
        notes.hand(command)
    raise typer.Exit(USAGE if draft.questions else DONE)
