"""`spendaudit sources`: which portals are read, and the page of each."""

from typing import Annotated

import typer

from spendaudit.cli.completion import source_ids


def sources(
    source: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="The id of a source.", show_default=False, autocompletion=source_ids
        ),
    ] = "",
) -> None:
    """List the portals that are read, or show the page of one.

    \b
    Examples:
      spendaudit sources
      spendaudit sources mx_compranet_contracts

    A page tells what the portal publishes, how often, under which licence, and what to beware of.
    """
    from spendaudit.cli.pages import country_page, show_list, show_page, source_page
    from spendaudit.enrich.ids import ANYWHERE
    from spendaudit.i18n import t
    from spendaudit.sources import load_sources, no_source, unpublished

    known, silent = load_sources(), unpublished()
    if source in known:
        show_page(source_page(known[source]))
        return
    if source in silent:
        show_page(country_page(source, silent[source]))
        return
    if source:
        raise no_source(source, [*known, *silent])
    show_list(
        (t("source"), t("country"), t("fills"), t("comes by"), t("what it holds")),
        [
            (
                one.id,
                t("any") if one.jurisdiction in {"", ANYWHERE} else one.jurisdiction,
                ", ".join(one.fills),
                "fetch" if one.downloads else t("hand"),
                t(one.page.strip().partition("\n")[0]),
            )
            for one in known.values()
        ]
        + [
            (country, country.upper(), t("nothing"), "", t(page.partition("\n")[0]))
            for country, page in silent.items()
        ],
        t("`spendaudit sources ID` shows what a source holds, its licence and its caveats."),
    )
