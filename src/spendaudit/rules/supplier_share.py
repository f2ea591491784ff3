"""One supplier received a large share of what a buyer spent within a year.

Why it matters
--------------
Where one supplier takes much of a buyer's money, year after year, others may have stopped competing, or the
buyer may have come to depend on it. Both are worth knowing before the next contract.

Formula
-------
For each buyer and currency, in the `months` calendar months that end with a purchase from the supplier,

    amounts of the supplier / amounts of all suppliers >= share

and the buyer made at least `min_contracts` purchases, in at least `min_months` of these months. The window
rolls from month to month, so that no turn of a year hides a share. Windows that overlap are one finding, of
all purchases from the supplier in them; it tells the window with the greatest share.

Threshold
---------
- `share`: 0.40, the example in the Open Contracting Partnership's guide (R040). Others take 30 % (groucho for
  Mexico, electionsbg), 60 % (br-acc), or 70 % by number (open-tender-watch).
- `min_contracts`: 10, as groucho asks of a year. A share of very few purchases says nothing.
- `months`: 12. `min_months`: 6, a default of this project: a file of one month does not tell of a year.

False positives
---------------
- One large contract, such as a building, in a year of small purchases.
- Monopolies: power, water, post; goods with a single maker.
- Central buyers, and public bodies that buy from their own companies.
- Data that holds a part of a buyer's contracts only, such as one procedure.

What would settle it
--------------------
The buyer's contracts with the supplier in that year, each with its method and the bids received.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Elm has nine of Hill's first ten
purchases, but they are of five months. In the sixth Ash has exactly 40 % (A); in the seventh Bay lacks a
cent. Dale bought nine times in any twelve months. Moor bought ten times from January to December, and again
ten times to January (B): a purchase in dollars and one of nothing do not count. Its next ten end a year
later, and their window begins after B has ended (C). Elm has a large share of Glen's year (D), and again a
year later (F); Ash has one in the first and in all windows between them (E). Moor bought in dollars, too (G).

contracts:

| times | buyer_name | supplier_name | award_date | amount  | currency | finding |
|-------|------------|---------------|------------|---------|----------|---------|
|     2 | Hill       | Elm           | 2021-01-07 |    9.00 | CLP      |         |
|     2 | Hill       | Elm           | 2021-02-07 |    9.00 | CLP      |         |
|     2 | Hill       | Elm           | 2021-03-07 |    9.00 | CLP      |         |
|     2 | Hill       | Elm           | 2021-04-07 |    9.00 | CLP      |         |
|     1 | Hill       | Elm           | 2021-05-07 |    9.00 | CLP      |         |
|     1 | Hill       | Fir           | 2021-05-21 |    9.00 | CLP      |         |
|     2 | Hill       | Ash           | 2021-06-07 |   30.00 | CLP      | A       |
|     1 | Hill       | Bay           | 2021-07-07 |   99.99 | CLP      |         |
|     1 | Dale       | Elm           | 2021-01-07 |   10.00 | CLP      |         |
|     2 | Dale       | Elm           | 2021-02-07 |   10.00 | CLP      |         |
|     2 | Dale       | Elm           | 2021-03-07 |   10.00 | CLP      |         |
|     2 | Dale       | Elm           | 2021-04-07 |   10.00 | CLP      |         |
|     1 | Dale       | Elm           | 2021-05-07 |   10.00 | CLP      |         |
|     1 | Dale       | Elm           | 2021-12-07 |   10.00 | CLP      |         |
|     1 | Dale       | Elm           | 2022-01-07 |   10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2021-01-07 |    0.50 | CLP      | B       |
|     1 | Moor       | Elm           | 2021-02-07 |   10.00 | CLP      | B       |
|     1 | Moor       | Fir           | 2021-02-07 |   10.00 | CLP      |         |
|     2 | Moor       | Elm           | 2021-03-07 |   10.00 | CLP      | B       |
|     2 | Moor       | Elm           | 2021-04-07 |   10.00 | CLP      | B       |
|     2 | Moor       | Elm           | 2021-05-07 |   10.00 | CLP      | B       |
|     1 | Moor       | Fir           | 2021-06-07 | 1000.00 | USD      |         |
|     1 | Moor       | Elm           | 2021-06-07 |    0.00 | CLP      |         |
|     1 | Moor       | Elm           | 2021-12-07 |   10.00 | CLP      | B       |
|     1 | Moor       | Elm           | 2022-01-07 |   10.00 | CLP      | B       |
|     1 | Moor       | Elm           | 2022-03-07 |   10.00 | CLP      | C       |
|     1 | Moor       | Elm           | 2022-04-07 |   10.00 | CLP      | C       |
|     1 | Moor       | Elm           | 2022-05-07 |   10.00 | CLP      | C       |
|     1 | Moor       | Elm           | 2022-06-07 |   10.00 | CLP      | C       |
|     1 | Moor       | Elm           | 2022-07-07 |   10.00 | CLP      | C       |
|     1 | Moor       | Elm           | 2022-08-07 |   10.00 | CLP      | C       |
|     1 | Moor       | Elm           | 2022-11-07 |   10.00 | CLP      | C       |
|     3 | Moor       | Elm           | 2023-01-07 |   10.00 | CLP      | C       |
|     4 | Glen       | Elm           | 2021-07-07 |   10.00 | CLP      | D       |
|     1 | Glen       | Ash           | 2021-08-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2021-09-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2021-10-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2021-11-07 |   10.00 | CLP      | E       |
|     2 | Glen       | Elm           | 2021-12-07 |   10.00 | CLP      | D       |
|     1 | Glen       | Ash           | 2021-12-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2022-02-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2022-03-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2022-04-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2022-05-07 |   10.00 | CLP      | E       |
|     1 | Glen       | Ash           | 2022-06-07 |   10.00 | CLP      | E       |
|     5 | Glen       | Elm           | 2022-12-07 |   10.00 | CLP      | F       |
|     2 | Moor       | Elm           | 2021-08-07 | 1000.00 | USD      | G       |
|     2 | Moor       | Elm           | 2021-09-07 | 1000.00 | USD      | G       |
|     2 | Moor       | Elm           | 2021-10-07 | 1000.00 | USD      | G       |
|     2 | Moor       | Elm           | 2021-11-07 | 1000.00 | USD      | G       |
|     2 | Moor       | Elm           | 2021-12-07 | 1000.00 | USD      | G       |
|     1 | Moor       | Elm           | 2022-02-07 | 1000.00 | USD      | G       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R040.
- ProjectPODER/groucho, flagsMX-2021.json; atanasster/electionsbg, src/lib/riskFlagCatalog.ts.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

BUYER: Final = ("buyer_key", "currency")
PAIR: Final = ("buyer_key", "supplier_key", "currency")
#: A buyer's suppliers are first added up in so many heaps, because most are small and a million of them cost
#: much more to tell apart: what a heap falls short of, each supplier in it does.
HEAPS: Final = 64
#: What is told of a window.
BEST: Final = ("share", "spent", "total", "contracts", "from_month", "to_month")


class SupplierShare(Params):
    """Settings of CON001."""

    share: Decimal = Field(
        Decimal("0.40"), gt=0, le=1, decimal_places=4, description="smallest share of the buyer's spending"
    )
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest purchases of the buyer in a window")
    months: int = Field(12, ge=1, le=120, description="calendar months in a window")
    min_months: int = Field(
        6, ge=1, le=120, description="fewest of them, or all, with a purchase of the buyer"
    )


def scope(_params: SupplierShare) -> pl.Expr:
    """Purchases; amounts of zero and credits are none."""
    return pl.col("amount") > 0


def find(tables: Tables, params: SupplierShare) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    heap = pl.col("supplier_key").to_physical() % HEAPS
    purchases = tables["contracts"].with_columns(month=_month(), heap=heap)
    years = _years(purchases, params).cache()
    perhaps = _likely(purchases, years, (*BUYER, "heap"), params.share).cache()
    likely = _likely(perhaps, years, PAIR, params.share)
    runs = _runs(_windows(likely, years, params), params)
    return (
        perhaps.join(runs, on=PAIR, build_side="force_right")
        .filter(pl.col("month").is_between("first", "last"))
        .group_by(*PAIR, "first")
        .agg(
            pl.col("best").first(),
            members=members(),
            amount=pl.col("amount").sum().cast(TOTAL),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
        )
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), pl.col("best").struct.unnest())
    )


def tells(_params: SupplierShare) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and what stands in the window with the greatest share."""
    return {
        **who(),
        **{name: pl.col(name).first() for name in BEST},
        "date_basis": date_basis(),
    }


def _month() -> pl.Expr:
    """Count months from the year 0, so that a window of them is a range of whole numbers."""
    return pl.col("decision_date").dt.year() * 12 + pl.col("decision_date").dt.month() - 1


def _named(month: pl.Expr) -> pl.Expr:
    return pl.date(month // 12, month % 12 + 1, 1).dt.strftime("%Y-%m")


def _years(purchases: pl.LazyFrame, params: SupplierShare) -> pl.LazyFrame:
    """Add up what each buyer spent in each window; leave out windows that hold too little to judge."""
    return (
        purchases.group_by(*BUYER, "month")
        .agg(spent=pl.col("amount").sum(), n=pl.len())
        .sort("month")
        .rolling("month", period=f"{params.months}i", group_by=BUYER)
        .agg(
            total=pl.col("spent").sum(),
            contracts=pl.col("n").sum(),
            months=pl.len(),
            from_month=_named(pl.col("month").first()),
        )
        .filter(
            pl.col("contracts") >= params.min_contracts,
            pl.col("months") >= min(params.min_months, params.months),
        )
    )


def _likely(
    purchases: pl.LazyFrame, years: pl.LazyFrame, parts: tuple[str, ...], share: Decimal
) -> pl.LazyFrame:
    """Keep the parts of a buyer's trade that are a large share of its poorest window; others have none."""
    poorest = years.group_by(BUYER).agg(pl.col("total").min())
    large = (
        purchases.group_by(parts)
        .agg(spent=pl.col("amount").sum())
        .join(poorest, on=BUYER)
        .filter(at_least(pl.col("spent"), share, pl.col("total")))
    )
    return purchases.join(large, on=parts, how="semi")


def _windows(purchases: pl.LazyFrame, years: pl.LazyFrame, params: SupplierShare) -> pl.LazyFrame:
    """Find the windows of a buyer and a supplier in which the share is large."""
    return (
        purchases.group_by(*PAIR, "month")
        .agg(spent=pl.col("amount").sum())
        .sort("month")
        .rolling("month", period=f"{params.months}i", group_by=PAIR)
        .agg(pl.col("spent").sum())
        .join(years, on=(*BUYER, "month"))
        .filter(at_least(pl.col("spent"), params.share, pl.col("total")))
    )


def _runs(windows: pl.LazyFrame, params: SupplierShare) -> pl.LazyFrame:
    """Join windows that overlap; `best` is the one with the greatest share, the earliest of equals."""
    month = pl.col("month")
    apart = (month - month.shift() >= params.months).fill_null(value=True)
    best = pl.struct(
        (pl.col("spent") / pl.col("total")).cast(MONEY).alias("share"),
        "spent",
        "total",
        "contracts",
        "from_month",
        _named(month).alias("to_month"),
    )
    return (
        windows.with_columns(run=apart.cum_sum().over(PAIR, order_by="month"), best=best)
        .group_by(*PAIR, "run")
        .agg(
            first=month.min() - params.months + 1,
            last=month.max(),
            best=pl.col("best").sort_by(pl.col("spent") / pl.col("total"), -month).last(),
        )
    )


RULE: Final = Rule(
    id="CON001",
    name="supplier-share",
    ocp=("R040",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*PAIR, "decision_date", "amount"})},
    scope=scope,
    shard_by=("buyer_key",),
    params=SupplierShare,
    find=find,
    tells=tells,
    message="{supplier_name} received {share:percent} of what {buyer_name} spent from {from_month} to "
    "{to_month}: {spent} of {total}",
    page=__doc__,
    since="0.1",
)
