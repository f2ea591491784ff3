"""`spendaudit query`: SQL over the canonical tables, and over what the last audit found."""

from typing import Annotated

import typer

from spendaudit.cli import options

Sql = Annotated[
    str,
    typer.Argument(
        metavar="SQL",
        help="A query; without one, the tables and their columns are listed.",
        show_default=False,
    ),
]
Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH",
        help="Files, folders or a store to read.",
        show_default="all that was normalised",
    ),
]


def query(
    sql: Sql = "",
    paths: Paths = [],  # noqa: B006 Typer copies it
    *,
    run_id: Annotated[
        str,
        typer.Option("--run", metavar="ID", help="An earlier audit, by its id.", show_default="the last one"),
    ] = "",
    output: options.ListOutput = [],  # noqa: B006 Typer copies it
    output_format: options.OutputFormat = "table",
    config: options.Config = None,
    store: options.Store = None,
    show_personal: options.ShowPersonal = False,
    quiet: options.Quiet = 0,
    verbose: options.Verbose = False,
) -> None:
    """Ask the tables a question of your own, in SQL.

    \b
    Examples:
      spendaudit query
      spendaudit query "SELECT buyer_name, currency, SUM(amount) AS total
                        FROM contracts GROUP BY 1, 2 ORDER BY total DESC LIMIT 10"
      spendaudit query "SELECT * FROM payments
                        WHERE amount > 1000000" spend/ --output large.csv
      spendaudit query "SELECT rule, message FROM findings ORDER BY amount DESC"
      spendaudit query "SELECT c.supplier_name, COUNT(*) AS flags
                        FROM members AS m JOIN contracts AS c
                        ON m.file = c.file AND m.row = c.row GROUP BY 1"

    The tables are the canonical ones (contracts, items, bids, amendments, budget, payments), the same columns
    for every country; `findings` and `members` are those of the last audit. Amounts are exact decimals:
    mind that SUM adds currencies up unless you group by them.

    Names and numbers of persons are hidden; texts such as titles stay as they were published.
    """
    from spendaudit.cli.listing import choose, write
    from spendaudit.cli.notes import Notes
    from spendaudit.cli.queries import Source, answered, described
    from spendaudit.errors import DONE, UNREADABLE

    places = choose(output, output_format, quiet=quiet)
    source = Source.of(paths, store, run_id, Notes(quiet, verbose), show_personal=show_personal)
    write(answered(sql, source.tables) if sql.strip() else described(source.tables), places)
    raise typer.Exit(UNREADABLE if source.refused else DONE)
