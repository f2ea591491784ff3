"""Options that several commands share, each with its one help text."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from spendaudit.cli.completion import rule_ids, source_ids


class FailOn(StrEnum):
    """From which severity on findings make the exit code 1."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    NEVER = "never"


def _settle(context: typer.Context, file: Path | None) -> Path | None:
    """Let what files and variables settle stand where the command line says nothing."""
    if not context.resilient_parsing:
        from spendaudit.config import load_config

        context.default_map = load_config(file).for_command(context.command_path.partition(" ")[2])
    return file


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings to read in place of spendaudit.toml and pyproject.toml.",
        # Before all others: it settles what they are where nobody says.
        is_eager=True,
        callback=_settle,
        show_default=False,
    ),
]
Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH",
        help="Files as a portal publishes them (CSV, Excel, JSON or XML, also gzipped or zipped), folders of "
        "them, a store, or the id of a source that was fetched.",
        show_default=False,
    ),
]
Source = Annotated[
    str,
    typer.Option(
        "--source",
        metavar="ID",
        help="The portal the files are of, instead of recognising it.",
        autocompletion=source_ids,
    ),
]
From = Annotated[
    str, typer.Option("--from", metavar="PERIOD", help="First period of a fetched source: 2024 or 2024-01.")
]
To = Annotated[
    str, typer.Option("--to", metavar="PERIOD", help="Last period of a fetched source: 2024 or 2024-12.")
]
Period = Annotated[
    str,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="Year or month that the files are about (2024 or 2024-01), where they do not say it.",
    ),
]
Map = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="FILE",
        help="A mapping (TOML) for files of no known portal; `spendaudit map` drafts one.",
        show_default=False,
    ),
]
Country = Annotated[
    str,
    typer.Option(
        "--country",
        metavar="CODE",
        help="Country of a file of no known portal, such as CL, where its mapping leaves it open.",
    ),
]
Currency = Annotated[
    str,
    typer.Option(
        "--currency",
        metavar="CODE",
        help="Currency of its amounts, such as CLP, where file and mapping do not say it.",
    ),
]
IgnoreNewColumns = Annotated[
    bool,
    typer.Option("--ignore-new-columns", help="Read files although the portal has added columns."),
]
Store = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="DIR", help="Where normalised and fetched files are kept.", show_default="per user"
    ),
]
Select = Annotated[
    list[str],
    typer.Option(
        "--select",
        metavar="RULES",
        help="Rules to ask, by id, prefix, name or OCP number: SPL001, SPL, R011. Repeat it or use commas.",
        show_default="all",
        autocompletion=rule_ids,
    ),
]
Ignore = Annotated[
    list[str],
    typer.Option(
        "--ignore",
        metavar="RULES",
        help="Rules to leave out, named in the same ways.",
        autocompletion=rule_ids,
    ),
]
Param = Annotated[
    list[str],
    typer.Option(
        "--param", metavar="RULE.NAME=VALUE", help="A setting of a rule: SPL001.days=60. Repeatable."
    ),
]
Lists = Annotated[
    list[str],
    typer.Option(
        "--list",
        metavar="NAME=FILE",
        help="A reference list that parties and days are looked up in: sanctions, registry, connections, "
        "plan, election_dates, holidays. Repeatable.",
        show_default=False,
    ),
]


class Persona(StrEnum):
    """Who asks: a reader is spared the rules that say little by themselves."""

    READER = "reader"
    AUDITOR = "auditor"


PersonaOption = Annotated[
    Persona,
    typer.Option(
        "--persona",
        help="Who asks: a reader is spared the rules of low precision, and told which they are; an auditor "
        "gets all.",
    ),
]
Sensitivity = Annotated[
    list[str],
    typer.Option(
        "--sensitivity",
        metavar="RULE.NAME=VALUES",
        help="Show how findings change with a setting, in place of the findings: SPL001.days=7,30,90. "
        "Repeatable.",
    ),
]
Statistics = Annotated[
    bool,
    typer.Option(
        "--statistics", help="Count the findings and their money by rule, in place of the findings."
    ),
]
Overlap = Annotated[
    bool,
    typer.Option("--overlap", help="Show which rules flag the same rows, in place of the findings."),
]
Score = Annotated[
    str,
    typer.Option(
        "--score",
        metavar="buyers|suppliers",
        help="Show an order for reading, with every part of each sum, in place of the findings.",
        show_default=False,
    ),
]
Output = Annotated[
    list[Path],
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the findings to a file too; its name says the format: .csv, .xlsx, .html, .md, .json, "
        ".sarif, .db ... Repeatable.",
    ),
]
ReportFormat = Annotated[
    str,
    typer.Option(
        "--output-format",
        metavar="FORMAT",
        help="What to write on standard output, and in files whose name does not say: table, csv, xlsx, "
        "html, md, json, jsonl, sqlite, parquet, sarif, junit, github, gitlab.",
    ),
]
OutputFormat = Annotated[
    str,
    typer.Option(
        "--output-format",
        metavar="table|csv|json",
        help="What to write on standard output, and in files whose name does not say.",
    ),
]
FailOnOption = Annotated[
    FailOn, typer.Option("--fail-on", help="Exit with 1 if there are findings of this severity or above.")
]


class Stale(StrEnum):
    """What entries of a baseline are worth that the audit did not find again."""

    ERROR = "error"
    WARN = "warn"
    IGNORE = "ignore"


Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="Findings that are known and answered for: they are left out, and do not count for --fail-on.",
        show_default=False,
    ),
]
StaleOption = Annotated[
    Stale,
    typer.Option(
        "--stale",
        help="When this audit did not find again what the baseline knows: exit with 2, tell, or say nothing.",
    ),
]
ListOutput = Annotated[
    list[Path],
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the list to a file too; .csv, .json and .txt name its format. Repeatable.",
    ),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Exit with 4 if a selected rule could not run or rows were quarantined."),
]
LowMemory = Annotated[
    bool,
    typer.Option(
        "--low-memory", help="Search large tables part by part: the same findings, less memory, more time."
    ),
]
ShowPersonal = Annotated[
    bool,
    typer.Option("--show-personal", help="Show the names and numbers of natural persons, masked otherwise."),
]
Quiet = Annotated[
    int,
    typer.Option(
        "--quiet",
        "-q",
        count=True,
        help="No progress and no notes; -qq: the exit code only.",
        show_default=False,
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more; show the traceback of a bug.")]
