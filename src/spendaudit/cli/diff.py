"""`spendaudit diff`: what has changed between two releases, or between two audits."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from spendaudit.cli import options

Old = Annotated[str, typer.Argument(metavar="OLD", help="A release: a file, folder or store; or a run's id.")]
New = Annotated[str, typer.Argument(metavar="NEW", help="The release, or the run, that came after it.")]
Limit = Annotated[
    int,
    typer.Option(
        "--limit", metavar="N", min=0, help="Rows, totals and findings of each kind to show at most; 0: all."
    ),
]
FailOnRestated = Annotated[
    bool,
    typer.Option(
        "--fail-on-restated",
        help="Exit with 1, too, if rows of months that both releases cover were changed or are gone.",
    ),
]
OutputFormat = Annotated[
    str,
    typer.Option(
        "--output-format",
        metavar="table|json|markdown",
        help="What to write on standard output, and in files whose name does not say.",
    ),
]
Output = Annotated[
    list[Path],
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the comparison to a file too; .json, .md and .txt name its format. Repeatable.",
    ),
]


def diff(
    old: Old,
    new: New,
    *,
    source: options.Source = "",
    period: options.Period = "",
    mapping: options.Map = None,
    country: options.Country = "",
    currency: options.Currency = "",
    select: options.Select = [],  # noqa: B006 Typer copies it
    ignore: options.Ignore = [],  # noqa: B006 Typer copies it
    param: options.Param = [],  # noqa: B006 Typer copies it
    baseline: options.Baseline = None,
    limit: Limit = 20,
    output: Output = [],  # noqa: B006 Typer copies it
    output_format: OutputFormat = "table",
    fail_on: options.FailOnOption = options.FailOn.HIGH,
    fail_on_restated: FailOnRestated = False,
    store: options.Store = None,
    show_personal: options.ShowPersonal = False,
    ignore_new_columns: options.IgnoreNewColumns = False,
    config: options.Config = None,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = False,
) -> None:
    """Tell what has changed between two releases: rows, totals, gaps, findings.

    \b
    Examples:
      spendaudit diff budget-2024-05.csv budget-2024-06.csv
      spendaudit diff old/ new/ --output changes.md --fail-on-restated
      spendaudit diff before.csv after.csv --select BUD --baseline known.toml
      spendaudit diff 3f2c9d0a11b2c3d4 9a8b7c6d5e4f0011       two runs: their findings alone

    A row is the same if it stands in both releases word for word; changed if its identifiers do. Rows of
    months that only one release covers are counted apart. An institution that had rows in a month and has
    none now is a gap. Totals of institutions are compared over the months that both cover; of a budget, over
    lines of expense that no other line details.

    Files that do not say their period (--period is one for both) are normalised first, each into a store of
    its own: `spendaudit normalize may.csv --period 2024-05 --store may/`, then `spendaudit diff may/ june/`.

    Exits with 1 if the new release has a finding that the old one does not have, as grave as --fail-on.
    """
    from spendaudit.cli.asking import Questions
    from spendaudit.cli.baselines import Answers
    from spendaudit.cli.comparing import Releases, compared, kept_runs
    from spendaudit.cli.diffs import choose, write
    from spendaudit.cli.notes import Notes
    from spendaudit.cli.reading import Wanted
    from spendaudit.config import load_config
    from spendaudit.paths import default_store

    notes = Notes(quiet, verbose)
    limit = limit or sys.maxsize
    places = choose(output, output_format, quiet=quiet)
    answers = Answers.of(baseline)
    root = store or default_store()
    if runs := kept_runs(old, new, root):
        found = compared(*runs, answers, (), limit=limit, show_personal=show_personal, store=root)
    else:
        wanted = Wanted.of(locals())
        questions = Questions.of(select, ignore, param, load_config(config))
        releases = Releases.of(old, new, wanted, notes)
        found = releases.compared(questions, answers, notes, limit=limit, show_personal=show_personal)
    write(found, places, limit)
    raise typer.Exit(found.exit_code(fail_on, restated=fail_on_restated))
