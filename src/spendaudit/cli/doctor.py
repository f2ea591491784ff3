"""`spendaudit doctor`: what this machine has that spendaudit needs, in lines fit for a bug report."""

import typer

from spendaudit.cli import options


def doctor(*, config: options.Config = None, store: options.Store = None) -> None:
    """Check what spendaudit needs of this machine.

    \b
    Example:
      spendaudit doctor

    It looks at Python and the libraries, the store and its disk, the terminal, and the age of the legal data.
    Exits with 2 if something must be mended before spendaudit can work.
    """
    from rich.table import Table
    from rich.text import Text

    from spendaudit.cli.checks import State, all_checks
    from spendaudit.config import load_config
    from spendaudit.errors import DONE, USAGE
    from spendaudit.i18n import t
    from spendaudit.paths import default_store
    from spendaudit.report.screen import show, standard_output

    checks = list(all_checks(store or default_store(), load_config(config).files))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    style = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red"}
    for check in checks:
        table.add_row(Text(t(check.state.value), style[check.state]), Text(check.name), Text(check.found))
    show(standard_output(), lambda _screen: [table])
    raise typer.Exit(USAGE if any(check.state is State.FAIL for check in checks) else DONE)
