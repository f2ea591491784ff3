"""Writes findings as JSON lines for programs that read line by line: one finding a line, nothing else.

A line holds `schema_version`, the id of the `run`, and what JSON says of a finding. How the rules fared and
what was read is in JSON alone: a file without a line is of a run that found nothing, not of one that judged
everything.
"""

from typing import Final, TextIO

from spendaudit.model.run import Run
from spendaudit.report._entries import entries, put
from spendaudit.report.formats import Options
from spendaudit.report.to_json import SCHEMA_VERSION, line

SUFFIXES: Final = (".jsonl", ".ndjson")
ENCODING: Final = "utf-8"


def report(run: Run, stream: TextIO, options: Options) -> None:  # noqa: ARG001 a report for programs is whole
    """Write every finding, in order."""
    head = line({"schema_version": SCHEMA_VERSION, "run": run.id}).removesuffix("}") + ", "
    for lines in entries(run, "\n", head):
        put(stream, lines + b"\n")
