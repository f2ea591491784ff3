"""`spendaudit baseline`: keeps the file of findings that are known and answered for."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from spendaudit.cli import options
from spendaudit.cli.command import Command, Group

File = Annotated[Path, typer.Argument(metavar="FILE", help="The baseline: a TOML file for git.")]
Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why these findings are answered for; reviewers ask.")
]
Expires = Annotated[
    datetime | None,
    typer.Option(
        "--expires",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="The last day on which the reason holds: 2027-06-30.",
        show_default="never",
    ),
]
Some = Annotated[
    list[str],
    typer.Option(
        "--select",
        metavar="RULES|FINGERPRINTS",
        help="Only findings of these rules, or these findings by the beginnings of their fingerprints.",
        show_default="all",
    ),
]
RunId = Annotated[
    str, typer.Option("--run", metavar="ID", help="An earlier audit, by its id.", show_default="the last one")
]

baseline = typer.Typer(
    name="baseline",
    cls=Group,
    help="Keep the findings that are known and answered for, so that the next audit tells what is new.\n\n"
    "\b\nExamples:\n"
    "  spendaudit audit release.csv\n"
    '  spendaudit baseline write known.toml --reason "see minutes 14"\n'
    "  spendaudit audit next.csv --baseline known.toml\n"
    "  spendaudit baseline diff known.toml\n"
    "  spendaudit baseline prune known.toml\n\n"
    "Each command works on the last audit. The file holds fingerprints, reasons and dates: no names, no "
    "amounts. A finding keeps its fingerprint for as long as its rule and its rows are the same; with one "
    "row more it is a new question.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@baseline.command(cls=Command)
def write(
    file: File,
    *,
    reason: Reason,
    expires: Expires = None,
    select: Some = [],  # noqa: B006 Typer copies it
    run_id: RunId = "",
    config: options.Config = None,
    store: options.Store = None,
) -> None:
    """Begin a baseline with the findings of the last audit."""
    from spendaudit.cli.baselines import Kept
    from spendaudit.errors import UsageError

    if file.exists():
        raise UsageError(
            "{path} is there already",
            hint="`spendaudit baseline update` adds to it and keeps its reasons",
            path=file,
        )
    Kept.of(store, run_id).answer(file, select, reason, expires.date() if expires else None)


@baseline.command(cls=Command)
def update(
    file: File,
    *,
    reason: Reason,
    expires: Expires = None,
    select: Some = [],  # noqa: B006 Typer copies it
    run_id: RunId = "",
    config: options.Config = None,
    store: options.Store = None,
) -> None:
    """Add the new findings of the last audit; entries that are there keep their reasons and dates."""
    from spendaudit.audit.baseline import read
    from spendaudit.cli.baselines import Kept

    besides = read(file)
    Kept.of(store, run_id).answer(file, select, reason, expires.date() if expires else None, besides=besides)


@baseline.command(cls=Command)
def prune(
    file: File, *, run_id: RunId = "", config: options.Config = None, store: options.Store = None
) -> None:
    """Take out what the last audit did not find again, and what has expired.

    Entries of rules that the audit did not ask, or could not judge, stay. Audit everything that the baseline
    is about before: a finding in a file that was not audited is not found again.
    """
    from spendaudit.cli.baselines import Kept

    Kept.of(store, run_id).prune(file)


@baseline.command(cls=Command)
def diff(
    file: File,
    *,
    run_id: RunId = "",
    output: options.ListOutput = [],  # noqa: B006 Typer copies it
    output_format: options.OutputFormat = "table",
    fail_on: options.FailOnOption = options.FailOn.HIGH,
    config: options.Config = None,
    store: options.Store = None,
    show_personal: options.ShowPersonal = False,
    quiet: options.Quiet = 0,
) -> None:
    """Show what the last audit found that the baseline does not know, and what it knows in vain.

    Exits with 1 if a new finding is as grave as --fail-on.
    """
    from spendaudit.cli.baselines import Kept
    from spendaudit.cli.listing import choose

    places = choose(output, output_format, quiet=quiet)
    kept = Kept.of(store, run_id)
    raise typer.Exit(kept.compare(file, places, fail_on, show_personal=show_personal))
