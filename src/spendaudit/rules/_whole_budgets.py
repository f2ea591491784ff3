"""Names the budgets whose lines are added up, and grades a deviation as PEFA does."""

from decimal import Decimal
from typing import Final, Literal

import polars as pl

from spendaudit.rules._budget_lines import LINE, institution, label

#: One budget: all lines of a year in one currency that a source publishes. Budgets can be audited apart.
BUDGET: Final = ("source", "fiscal_year", "currency")

Unit = Literal["budget", "institution", "line"]

#: What is added up, from the whole to the part.
KEYS: Final = {
    "budget": BUDGET,
    "institution": (*BUDGET, "institution_id", "institution_name"),
    "line": (*LINE, "institution_name"),
}

#: The widest deviation of each grade, in PEFA's PI-1 and PI-2.
GRADES: Final = {"A": Decimal("0.05"), "B": Decimal("0.10"), "C": Decimal("0.15")}


def called(unit: Unit) -> pl.Expr:
    """Name what was added up (String, an aggregation)."""
    whole = pl.when(pl.lit(unit == "budget")).then("source")
    part = whole.when(pl.lit(unit == "institution")).then(institution())
    return part.otherwise(pl.concat_str(institution(), label(), separator=", ", ignore_nulls=True)).min()


def grade(deviation: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Grade one year's deviation from a whole (String); PEFA takes the second worst of three years."""
    grades = [
        pl.when(deviation.abs() <= whole * widest).then(pl.lit(letter)) for letter, widest in GRADES.items()
    ]
    return pl.coalesce(*grades, pl.lit("D"))
