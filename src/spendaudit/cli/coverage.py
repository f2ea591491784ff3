"""`spendaudit coverage`: what a data set allows each rule to judge, and what it would take to judge more."""

import typer

from spendaudit.cli import options


def coverage(
    paths: options.Paths,
    *,
    source: options.Source = "",
    first: options.From = "",
    last: options.To = "",
    period: options.Period = "",
    mapping: options.Map = None,
    country: options.Country = "",
    currency: options.Currency = "",
    select: options.Select = [],  # noqa: B006 Typer copies it
    ignore: options.Ignore = [],  # noqa: B006 Typer copies it
    param: options.Param = [],  # noqa: B006 Typer copies it
    lists: options.Lists = [],  # noqa: B006 Typer copies it
    output: options.ListOutput = [],  # noqa: B006 Typer copies it
    output_format: options.OutputFormat = "table",
    config: options.Config = None,
    store: options.Store = None,
    ignore_new_columns: options.IgnoreNewColumns = False,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = False,
) -> None:
    """Say rule by rule how many rows can be judged, and which missing column keeps how many rules from it.

    \b
    Examples:
      spendaudit coverage contracts-2014.csv
      spendaudit coverage folder/ --output coverage.csv
      spendaudit coverage *.csv --select SPL --output-format json | jq .unlocks

    No rule is run: a rule that could judge every row is evaluable, whatever it would find. The columns that
    most rules wait for come first: they are what to ask the publisher for.
    """
    from spendaudit.audit.run import cover
    from spendaudit.cli.asking import Questions, opened, tell_of_tiers
    from spendaudit.cli.covered import listing
    from spendaudit.cli.listing import choose, write
    from spendaudit.cli.lists import Listed
    from spendaudit.cli.notes import Notes
    from spendaudit.cli.reading import Wanted, read
    from spendaudit.config import load_config
    from spendaudit.errors import DONE, UNREADABLE

    notes = Notes(quiet, verbose)
    places = choose(output, output_format, quiet=quiet)
    questions = Questions.of(select, ignore, param, load_config(config))
    wanted = Wanted.of(locals())
    listed = Listed.of(lists)
    found, tables = opened(read(wanted, notes), notes, listed)
    tell_of_tiers(found, questions, notes)
    covered = cover(tables, found.inputs, questions.rules, questions.params, limits=questions.limits)
    write(listing(questions.rules, covered), places)
    raise typer.Exit(UNREADABLE if found.refused else DONE)
