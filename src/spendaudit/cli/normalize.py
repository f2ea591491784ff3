"""`spendaudit normalize`: from files as a portal publishes them to canonical Parquet."""

from typing import Annotated

import typer

from spendaudit.cli import options, thrift


def normalize(
    paths: options.Paths,
    *,
    source: options.Source = "",
    first: options.From = "",
    last: options.To = "",
    period: options.Period = "",
    mapping: options.Map = None,
    country: options.Country = "",
    currency: options.Currency = "",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 if rows were quarantined.")] = False,
    config: options.Config = None,
    store: options.Store = None,
    ignore_new_columns: options.IgnoreNewColumns = False,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = False,
) -> None:
    """Read what a portal published into canonical Parquet tables.

    \b
    Examples:
      spendaudit normalize orders-2024-01.zip
      spendaudit normalize folder/ --store out/     then: spendaudit audit out/

    Rows read are rows loaded, merged into another row of the same contract, or quarantined with the reason
    and the raw text. What was normalised once is found again by its content. The tables are in the store,
    below tables/<table>/source=<id>/file=<content id>/.
    """
    thrift.begin(thrift.READING)
    from spendaudit.cli.notes import Notes
    from spendaudit.cli.reading import Wanted, read
    from spendaudit.errors import DONE, INCOMPLETE, UNREADABLE
    from spendaudit.i18n import ENGLISH, language, t
    from spendaudit.report.inputs import lines
    from spendaudit.report.screen import show, standard_output

    notes = Notes(quiet, verbose)
    wanted = Wanted.of(locals())
    found = read(wanted, notes)
    read_in = found.inputs
    if language() != ENGLISH:
        # It loads all rules, which nothing is asked of here.
        from spendaudit.audit.retell import retold_input

        read_in = tuple(map(retold_input, read_in))
    if quiet < 2:  # noqa: PLR2004 -qq: the exit code only
        show(standard_output(), lambda screen: lines(read_in, wide=screen.wide, limit=None))
    notes.say(t("the tables are in {store}", store=found.store.root))
    if found.refused:
        raise typer.Exit(UNREADABLE)
    aside = any(file.rows_quarantined for file in found.inputs)
    raise typer.Exit(INCOMPLETE if strict and aside else DONE)
