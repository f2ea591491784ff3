"""Tells how much of its fiscal year has gone at the date of a budget row, and which row is the last."""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import alone
from spendaudit.rules._budget_lines import LINE, NEEDS
from spendaudit.rules._rule import Params

#: Needed by rules that ask how far the year has gone.
DATED: Final = NEEDS | {"fiscal_year", "period_end"}

#: Months of a fiscal year.
YEAR: Final = 12


class FiscalYear(Params):
    """Settings of a rule that must know when the fiscal year closes."""

    closing_month: int = Field(
        12,
        ge=1,
        le=24,
        description="last month of the fiscal year, counted from January of the year that names it; "
        "15 is March of the next",
    )

    def gone(self) -> pl.Expr:
        """Count whole months of the fiscal year that have gone by `period_end` (Int32); 12 at its close."""
        end = pl.col("period_end")
        months = (end.dt.year() - pl.col("fiscal_year")) * YEAR + end.dt.month() + YEAR - self.closing_month
        return months - (end < end.dt.month_end()).cast(pl.Int32)

    def closed(self) -> pl.Expr:
        """Tell rows that speak of a whole year."""
        return self.gone() >= YEAR


def latest(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the rows at the last date of their line: what lagged behind in May may have caught up in June.

    A row without `line_id` is a line of its own.
    """
    end = pl.col("period_end")
    return rows.filter(end.eq_missing(end.max().over(*LINE, alone("line_id"))))


def appropriation() -> pl.Expr:
    """Take the appropriation as amended or, where that is not published, as approved."""
    return pl.coalesce("adjusted", "approved")
