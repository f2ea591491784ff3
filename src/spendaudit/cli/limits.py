"""`spendaudit limits`: which legal ceilings hold on a day, for which contracts, and where that was read."""

from typing import Annotated

import typer

from spendaudit.cli import options

Country = Annotated[
    str,
    typer.Option(
        "--country", metavar="CODE", help="Whose law: CL, MX, EU ...", show_default="what is known of all"
    ),
]
Day = Annotated[
    str,
    typer.Option("--date", metavar="DATE", help="On which day: 2024-12-12.", show_default="today"),
]
Category = Annotated[
    str, typer.Option("--category", metavar="NAME", help="Only of goods, services or works.")
]
Method = Annotated[
    str,
    typer.Option(
        "--method", metavar="NAME", help="Only of open, selective, limited or direct; or as published: AG."
    ),
]
Tier = Annotated[
    str,
    typer.Option(
        "--buyer-tier",
        metavar="NAME",
        help="Only of buyers of this tier (central) or level (national, regional, local).",
    ),
]


def limits(
    *,
    country: Country = "",
    day: Day = "",
    category: Category = "",
    method: Method = "",
    buyer_tier: Tier = "",
    output: options.ListOutput = [],  # noqa: B006 Typer copies it
    output_format: options.OutputFormat = "table",
    config: options.Config = None,
    quiet: options.Quiet = 0,
) -> None:
    """Show which legal ceilings hold on a day, for which contracts, and which law says so.

    \b
    Examples:
      spendaudit limits
      spendaudit limits --country CL --date 2024-12-12 --category goods
      spendaudit limits --country EU --buyer-tier central --output-format json
      spendaudit limits --country CL --method AG --output limits.csv

    Where the law counts in a unit of account, the sum is shown: how many, of which month, and where the
    unit's value was read. What no source was found for is not here; the notes say what is missing.

    `[limits.ID]` in spendaudit.toml sets a ceiling of yours in the place of one of these, or beside them;
    `[buyer-tiers]` says of which tier a buyer is. Both are shown as they hold.
    """
    from spendaudit.cli.ceilings import Asked, countries, in_force
    from spendaudit.cli.listing import choose, write
    from spendaudit.cli.notes import Notes
    from spendaudit.config import load_config
    from spendaudit.enrich.law import load_limits
    from spendaudit.enrich.own_limits import with_own

    notes = Notes(quiet)
    places = choose(output, output_format, quiet=quiet)
    settled = load_config(config)
    known = with_own(load_limits(), settled.limits, settled.buyer_tiers)
    asked = Asked.of(known, country, day, category=category, method=method, tier=buyer_tier)
    if asked is None:
        write(countries(known), places)
        return
    write(in_force(known, asked), places)
    if places.printed == "csv":
        for note in asked.notes(known):
            notes.say(note)
