"""Which rows does each finding name? All in one table, for questions about several findings at once."""

import polars as pl

from spendaudit.model.found import Findings
from spendaudit.model.run import Run


def named_rows(run: Run) -> pl.DataFrame:
    """Return a line for every row of every finding: `rule`, `finding` (its place), `table`, `position`."""
    found = Findings.of(run.findings)
    members = found.members.select("table", "position")
    findings = found.frame.select("rule", times="members").with_row_index("finding")
    repeated = findings.select(pl.col("rule", "finding").repeat_by("times").explode())
    return repeated.hstack(members)
