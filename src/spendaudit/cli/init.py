"""`spendaudit init`: writes a commented spendaudit.toml to begin with."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where it is written.", show_default="here")]


def init(folder: Folder = Path()) -> None:
    """Write a spendaudit.toml in which everything is explained and nothing is set.

    \b
    Examples:
      spendaudit init
      spendaudit init project/

    A file that is there is not touched. `spendaudit config --origin` shows what holds, and why.
    """
    from spendaudit.cli.configuration import starter
    from spendaudit.config import NAME
    from spendaudit.errors import UsageError
    from spendaudit.i18n import t

    path = folder / NAME
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(starter())
    except FileExistsError:
        raise UsageError(
            "{path} is there already", hint="it is yours, and is not written over", path=path
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError("there is no folder {folder}", hint="make it first", folder=folder) from None
    said = t("{file} is yours to edit; `spendaudit config --origin` shows what holds, and why", file=path)
    typer.echo(said, err=True)
