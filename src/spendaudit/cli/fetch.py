"""`spendaudit fetch`: brings what a portal publishes into the store."""

from typing import Annotated

import typer

from spendaudit.cli import options

Source = Annotated[
    str, typer.Argument(metavar="SOURCE", help="The id of a source; `spendaudit sources` lists them.")
]
From = Annotated[
    str, typer.Option("--from", metavar="PERIOD", help="First period: 2024 or 2024-01.", show_default=False)
]
To = Annotated[
    str,
    typer.Option(
        "--to", metavar="PERIOD", help="Last period: 2024 or 2024-12.", show_default="the newest there is"
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be asked for, and ask nobody.")]


def fetch(
    source: Source,
    *,
    first: From,
    last: To = "",
    store: options.Store = None,
    dry_run: DryRun = False,
    quiet: options.Quiet = 0,
) -> None:
    """Download what a portal publishes, month by month or year by year.

    \b
    Examples:
      spendaudit fetch cl_mercado_publico_orders --from 2024-01 --to 2024-03
      spendaudit fetch mx_compranet_contracts --from 2015 --dry-run
      spendaudit audit cl_mercado_publico_orders --from 2024-01

    Only what is new is sent again, and what was cut goes on where it ended. A file that the portal has
    changed is kept beside its older version. A period that cannot be had does not stop the others; it is
    told, and the exit code is 3. Without --to, periods after the newest that the portal has are no error.
    """
    from spendaudit.cli.fetching import choose, keep, preview
    from spendaudit.cli.notes import Notes

    wanted = choose(source, first, last, store)
    if dry_run:
        preview(wanted)
    else:
        keep(wanted, Notes(quiet))
