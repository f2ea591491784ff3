"""`spendaudit explain`: the rows behind a finding, their sum, where they stand, and what would settle it."""

from typing import Annotated

import typer

from spendaudit.cli import options


def explain(
    fingerprint: Annotated[
        str, typer.Argument(metavar="FINGERPRINT", help="A finding's fingerprint, or its beginning.")
    ],
    *,
    run_id: Annotated[
        str,
        typer.Option("--run", metavar="ID", help="An earlier audit, by its id.", show_default="the last one"),
    ] = "",
    config: options.Config = None,
    store: options.Store = None,
    show_personal: options.ShowPersonal = False,
) -> None:
    """Show the rows behind a finding of the last audit.

    \b
    Example:
      spendaudit audit contracts.csv
      spendaudit explain 1bbd611d

    The rows are added up, and each is shown with the file and the row where it was published, so that it can
    be checked by hand; then the settings that the rule ran with, what would settle the question, and when the
    rule is wrong.
    """
    from spendaudit.audit.archive import load
    from spendaudit.audit.explain import explain as explain_finding
    from spendaudit.audit.retell import retold
    from spendaudit.cli.asking import hide_persons
    from spendaudit.cli.explained import lines
    from spendaudit.cli.quoting import quote
    from spendaudit.paths import default_store
    from spendaudit.report.screen import show, standard_output
    from spendaudit.rules import load_rules

    root = store or default_store()
    run, rules = load(root, run_id), load_rules()
    whole = explain_finding(retold(run, rules), fingerprint, rules)
    shown = whole
    if not show_personal:
        shown = explain_finding(retold(hide_persons(run, root), rules), fingerprint, rules)
    quoted = quote(whole, run, root, hidden=not shown.rows.equals(whole.rows))
    show(standard_output(), lambda screen: lines(shown, quoted, screen))
