"""`spendaudit fetch`: brings what a portal publishes into the store."""

from typing import Annotated

import typer

from spendaudit.cli import options
from spendaudit.cli.completion import source_ids

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="The id of a source; `spendaudit sources` lists them.",
        autocompletion=source_ids,
    ),
]
From = Annotated[
    str, typer.Option("--from", metavar="PERIOD", help="First period: 2024, 2024-01 or 2024-01-31.")
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="PERIOD",
        help="Last period: 2024, 2024-12 or 2024-12-31.",
        show_default="the newest there is",
    ),
]
Sample = Annotated[
    bool,
    typer.Option("--sample", help="Only the newest file that the portal has (between --from and --to)."),
]
Publication = Annotated[
    str,
    typer.Option(
        "--publication",
        metavar="ID",
        help="Which publication, where a source holds many: for ocds, a number of the OCP Data Registry.",
    ),
]
Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure",
        help="Download although the portal's certificate fails, where that is known; the manifest says so.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be asked for, and ask nobody.")]


def fetch(
    source: Source,
    *,
    first: From = "",
    last: To = "",
    sample: Sample = False,
    publication: Publication = "",
    insecure: Insecure = False,
    config: options.Config = None,
    store: options.Store = None,
    dry_run: DryRun = False,
    quiet: options.Quiet = 0,
) -> None:
    """Download what a portal publishes, period by period.

    \b
    Examples:
      spendaudit fetch cl_mercado_publico_orders --from 2024-01 --to 2024-03
      spendaudit fetch cl_mercado_publico_orders --sample
      spendaudit fetch mx_compranet_contracts --from 2015 --dry-run
      spendaudit fetch ocds --publication 41 --from 2024
      spendaudit audit cl_mercado_publico_orders --from 2024-01

    Only what is new is sent again, and what was cut goes on where it ended. A file that the portal has
    changed is kept beside its older version. A period that cannot be had does not stop the others; it is
    told, and the exit code is 3. Without --to, periods after the newest that the portal has are no error.

    A sample is a whole file, the newest: no part of a file is ever taken for all of it.

    What is not the file is refused: a web page, an error sent as data, an archive that does not open to its
    end, a table with fewer rows than the portal counts. Every file's line in the manifest (raw/manifest in
    the store) tells its address, time, licence, content hash, and whether the certificate was verified.
    """
    from spendaudit.cli.fetching import Request, choose, keep, preview
    from spendaudit.cli.notes import Notes

    request = Request(
        source=source, first=first, last=last, sample=sample, publication=publication, insecure=insecure
    )
    wanted = choose(request, store)
    if dry_run:
        preview(wanted)
    else:
        keep(wanted, Notes(quiet))
