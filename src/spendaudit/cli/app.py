"""Which commands there are. Each one imports what it needs when it runs: `--help` must come at once."""

from typing import Annotated, Final

import typer

from spendaudit import __version__
from spendaudit.cli.audit import audit
from spendaudit.cli.baseline import baseline
from spendaudit.cli.command import Command, Group
from spendaudit.cli.config import config
from spendaudit.cli.coverage import coverage
from spendaudit.cli.demo import demo
from spendaudit.cli.diff import diff
from spendaudit.cli.doctor import doctor
from spendaudit.cli.explain import explain
from spendaudit.cli.fetch import fetch
from spendaudit.cli.init import init
from spendaudit.cli.limits import limits
from spendaudit.cli.map import map as map_
from spendaudit.cli.normalize import normalize
from spendaudit.cli.query import query
from spendaudit.cli.rules import rules
from spendaudit.cli.sources import sources
from spendaudit.cli.suppliers import suppliers
from spendaudit.errors import USAGE

_EXIT_CODES: Final = """\b
Exit codes:
  0    done; no findings at or above --fail-on
  1    findings at or above --fail-on
  2    wrong usage or configuration
  3    a source could not be read: network, changed layout, unreadable file
  4    incomplete, with --strict: a rule could not run, or rows were quarantined
  70   a bug in spendaudit
  130  interrupted

\b
Environment:
  SPENDAUDIT_CONFIG  settings to read in place of those that would be found (--config)
  SPENDAUDIT_LANG    the language: en, es or pt, also as in es-CL (--lang, anywhere on the line)
  SPENDAUDIT_STORE   where normalised and fetched files are kept (--store)
  SPENDAUDIT_PARAM   settings of rules: SPL001.days=60 PAY001.match=any-date (--param)
  SPENDAUDIT_SELECT, SPENDAUDIT_FAIL_ON ...
                     the other keys of spendaudit.toml; `spendaudit config` lists them
  SPENDAUDIT_MASK_KEY
                     the key that pseudonyms of persons are made with, in place of the store's
  SPENDAUDIT_DEBUG   show the traceback of a bug (-v)
  NO_COLOR           no colour

A finding is a question to ask, not a verdict.
"""

app = typer.Typer(
    name="spendaudit",
    cls=Group,
    # Plain help is printed twice as fast, and stays plain in a pipe.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EXIT_CODES,
)


@app.callback(invoke_without_command=True)
def spendaudit(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", "-V", help="Show the version.")] = False,
) -> None:
    """Lint public spending: from a portal's raw file to explained red flags.

    \b
    Start here:
      spendaudit demo                                 see what it does, on bundled data
      spendaudit audit contracts.csv                  audit a file as a portal publishes it
      spendaudit audit *.csv --output findings.csv    and keep every flagged row
      spendaudit map mailed.csv                       read a file of no known portal
      spendaudit sources                              which portals it reads
    """
    if version:
        typer.echo(f"spendaudit {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE)


_COMMANDS: Final = (
    audit,
    explain,
    coverage,
    diff,
    fetch,
    query,
    normalize,
    map_,
    sources,
    rules,
    limits,
    suppliers,
    init,
    config,
    demo,
    doctor,
)
for command in _COMMANDS:
    app.command(command.__name__, cls=Command)(command)
app.add_typer(baseline)
