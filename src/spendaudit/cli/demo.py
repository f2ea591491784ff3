"""`spendaudit demo`: the whole way on bundled files."""

from pathlib import Path
from typing import Annotated

import typer

from spendaudit.cli import options


def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where the flagged rows go, as CSV.")
    ] = Path("spendaudit-demo-findings.csv"),
    *,
    config: options.Config = None,
    store: options.Store = None,
    quiet: options.Quiet = 0,
) -> None:
    """Audit bundled purchase orders and a bundled budget.

    \b
    Example:
      spendaudit demo --output findings.csv

    The files are made up to show what findings look like: no buyer, supplier or amount in them exists.
    """
    from importlib.resources import as_file, files

    from spendaudit.cli.asking import Questions, ask
    from spendaudit.cli.notes import Notes
    from spendaudit.cli.outputs import choose, write
    from spendaudit.cli.reading import Wanted, read
    from spendaudit.i18n import t

    notes = Notes(quiet)
    outputs = choose([output], "table", quiet=quiet)
    with as_file(files("spendaudit").joinpath("data", "demo")) as bundled:
        # An editable install reads the files where they are kept: see force-include in pyproject.toml.
        folder = bundled if bundled.is_dir() else Path(__file__).parents[3] / "fixtures" / "demo"
        notes.say(t("These files are made up: the buyers, suppliers and amounts do not exist."))
        found = read(Wanted(paths=[str(folder)], store=store, period="2024"), notes)
    write(ask(found, Questions.of(), notes, show_personal=False), outputs, found.kept)
