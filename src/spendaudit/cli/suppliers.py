"""`spendaudit suppliers`: who was paid, how much, and which names may be one supplier's."""

from typing import Annotated

import typer

from spendaudit.cli import options


def suppliers(
    paths: options.Paths,
    *,
    suggest_merges: Annotated[
        bool,
        typer.Option(
            "--suggest-merges", help="List likely spellings of one supplier, with scores; nothing is merged."
        ),
    ] = False,
    at_least: Annotated[
        int,
        typer.Option("--at-least", metavar="SCORE", min=1, max=100, help="Lowest score to suggest."),
    ] = 85,
    source: options.Source = "",
    first: options.From = "",
    last: options.To = "",
    period: options.Period = "",
    mapping: options.Map = None,
    country: options.Country = "",
    currency: options.Currency = "",
    output: options.ListOutput = [],  # noqa: B006 Typer copies it
    output_format: options.OutputFormat = "table",
    config: options.Config = None,
    store: options.Store = None,
    show_personal: options.ShowPersonal = False,
    ignore_new_columns: options.IgnoreNewColumns = False,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = False,
) -> None:
    """List who was paid, or names that may be one supplier's.

    \b
    Examples:
      spendaudit suppliers contracts.csv
      spendaudit suppliers spend/ --suggest-merges
      spendaudit suppliers spend/ --suggest-merges --output merges.csv
      spendaudit suppliers mailed.csv --map mailed.toml

    A suggestion is a question, too. Its score tells how alike two names are (100: the same letters), weighed
    by how rare their words are; beside it stand the words that differ, and what speaks for and against.
    Suppliers with two different valid numbers are two, whatever their names, and are only counted. Nothing is
    merged, and no rule uses a suggestion.
    """
    from spendaudit.audit.mask_key import mask_key
    from spendaudit.cli.listing import choose, write
    from spendaudit.cli.notes import Notes
    from spendaudit.cli.payees import Payees
    from spendaudit.cli.reading import Wanted, read
    from spendaudit.engine.local import collect
    from spendaudit.enrich.suppliers import spellings
    from spendaudit.errors import DONE, UNREADABLE
    from spendaudit.load.tables import open_tables

    notes = Notes(quiet, verbose)
    places = choose(output, output_format, quiet=quiet)
    wanted = Wanted.of(locals())
    found = read(wanted, notes)
    key = None if show_personal else mask_key(found.kept / "mask.key")
    payees = Payees.of(collect(spellings(open_tables(found.inputs, found.store))), key)
    write(payees.suggestions(at_least, notes) if suggest_merges else payees.totals(), places)
    raise typer.Exit(UNREADABLE if found.refused else DONE)
