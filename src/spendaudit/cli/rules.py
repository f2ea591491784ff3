"""`spendaudit rules`: what the rules ask, and the page of each."""

from typing import Annotated

import typer

from spendaudit.cli.completion import rule_ids


def rules(
    rule: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A rule, by id, name or OCP number; a prefix lists several.",
            show_default=False,
            autocompletion=rule_ids,
        ),
    ] = "",
) -> None:
    """List the rules, or show the page of one.

    \b
    Examples:
      spendaudit rules
      spendaudit rules BUD
      spendaudit rules SPL001

    A page tells why the rule asks, its formula and settings, and when it is wrong.
    """
    from spendaudit.audit.select import matching
    from spendaudit.cli.pages import rule_page, show_list, show_page
    from spendaudit.i18n import t
    from spendaudit.rules import load_rules

    known = load_rules()
    chosen = [known[id_] for id_ in sorted(matching(known, rule))] if rule else list(known.values())
    if len(chosen) == 1:
        show_page(rule_page(chosen[0]))
        return
    show_list(
        (t("rule"), t("name"), t("severity"), "", t("reads"), t("what it asks")),
        [
            (
                one.id,
                one.name,
                t(one.severity.value),
                # A narrow list has no headings.
                t("{level} precision", level=t(one.precision.value)),
                ", ".join(one.needs),
                t(one.summary),
            )
            for one in chosen
        ],
        t("`spendaudit rules ID` shows why a rule asks, its settings, and when it is wrong."),
    )
