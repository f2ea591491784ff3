"""Which rows does each finding name? All in one table, for questions about several findings at once."""

import polars as pl

from spendaudit.model.run import Members, Run


def named_rows(run: Run) -> pl.DataFrame:
    """Return a line for every row of every finding: `rule`, `finding` (its place), `table`, `position`."""
    members = Members.joined(finding.members for finding in run.findings).select("table", "position")
    rules = [finding.rule for finding in run.findings]
    times = [len(finding.members) for finding in run.findings]
    findings = pl.DataFrame(
        {"rule": rules, "times": times}, {"rule": pl.String(), "times": pl.UInt32()}
    ).with_row_index("finding")
    repeated = findings.select(pl.col("rule", "finding").repeat_by("times").explode())
    return repeated.hstack(members)
