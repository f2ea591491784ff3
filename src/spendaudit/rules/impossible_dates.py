"""A date cannot be right, or an end comes before its beginning.

Why it matters
--------------
A wrong year puts a contract outside every window that a rule or a reader looks at, and makes periods that no
law knows. The right one stands in the document.

Formula
-------
A contract is a finding when one of its dates is before `earliest_year` or after `latest_year` (its end after
`latest_end_year`), or

    tender_end < tender_start   or   contract_end < contract_start

Threshold
---------
- `earliest_year`: 1990, `latest_year`: 2049, as Pelican checks. Set `latest_year` to the year in which the
  data were published.
- `latest_end_year`: 2099, a default of this project: concessions last for decades.

In CompraNet (2010-2014) and Peru (2020) no contract has one.

False positives
---------------
- Placeholders of a portal, such as 1900-01-01 or 9999-12-31, which mean "unknown" or "for ever".
- Contracts that were put on record after they had ended; archives that are older than 1990.

What would settle it
--------------------
The signed contract with its dates, and the record as the portal shows it today.

Worked example
--------------
With the default settings. A period may be of one day, but not end before it begins (A, B). The first day of
1990 and the last of 2049 are possible, those beside them are not, in any column (C to F, J, K, I, H); the end
of a contract may be as late as the last day of 2099, not later (G). An amount without a currency is no money
(L).

contracts:

|buyer_name|tender_start|tender_end|award_date|date_signed|contract_start|contract_end|published_date|finding|
|----------|------------|----------|----------|-----------|--------------|------------|--------------|-------|
|Hill      |2024-01-03  |2024-01-03|2024-02-01|2024-02-01 |2024-02-01    |2024-02-01  |2024-02-01    |       |
|Hill      |2024-01-04  |2024-01-03|          |           |              |            |              |A      |
|Hill      |            |          |          |           |2024-02-02    |2024-02-01  |              |B      |
|Hill      |1990-01-01  |2049-12-31|          |           |              |            |              |       |
|Hill      |            |          |1989-12-31|           |              |            |              |C      |
|Hill      |            |          |2050-01-01|           |              |            |              |D      |
|Hill      |            |          |          |1900-01-01 |              |            |              |E      |
|Hill      |            |          |          |           |2050-01-01    |2099-12-31  |              |F      |
|Hill      |            |          |          |           |2024-01-01    |2099-12-31  |              |       |
|Hill      |            |          |          |           |              |2100-01-01  |              |G      |
|Hill      |            |          |          |           |              |1989-12-31  |              |H      |
|Hill      |1989-12-31  |          |          |           |              |            |              |I      |
|Hill      |            |2050-01-01|          |           |              |            |              |J      |
|Hill      |            |          |          |           |              |            |2050-01-01    |K      |
|Hill      |            |          |          |           |              |            |              |       |

contracts:

|buyer_name|contract_start|contract_end|amount|finding|
|----------|--------------|------------|------|-------|
|Hill      |2024-02-02    |2024-02-01  | 10.00|L      |

References
----------
- Pelican (Open Contracting Partnership): dates from 1990 to 2049. open-tender-watch, indicator C2.
"""

from functools import reduce
from operator import or_
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, one_each
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage

END: Final = "contract_end"
DATES: Final = (
    *("tender_start", "tender_end", "award_date", "date_signed", "contract_start", END, "published_date"),
)
PERIODS: Final = (("tender_start", "tender_end"), ("contract_start", END))


class ImpossibleDates(Params):
    """Settings of DQ003."""

    earliest_year: int = Field(1990, ge=1, le=2020, description="years before it are impossible")
    latest_year: int = Field(2049, ge=2000, le=9999, description="years after it are impossible")
    latest_end_year: int = Field(2099, ge=2000, le=9999, description="the same, for the end of a contract")


def _in_doubt(name: str, params: ImpossibleDates) -> pl.Expr:
    """Tell whether a date is of an impossible year, or stands on the wrong side of another."""
    latest = params.latest_end_year if name == END else params.latest_year
    outside = ~pl.col(name).dt.year().is_between(params.earliest_year, latest)
    backward = [pl.col(end) < pl.col(start) for start, end in PERIODS if name in {start, end}]
    return reduce(or_, (fault.fill_null(value=False) for fault in (outside, *backward)))


def find(tables: Tables, params: ImpossibleDates) -> pl.LazyFrame:
    """Return one row per contract."""
    wrong = pl.any_horizontal(_in_doubt(name, params) for name in DATES)
    return one_each(tables["contracts"].filter(wrong), pl.col("amount"))


def tells(params: ImpossibleDates) -> dict[str, pl.Expr]:
    """Tell whose contract it is, and which of its dates are in doubt."""
    doubtful = [
        pl.when(_in_doubt(name, params)).then(pl.concat_str(pl.lit(f"{name} "), pl.col(name).cast(pl.String)))
        for name in DATES
    ]
    return {
        **who(),
        "dates": pl.concat_str(doubtful, separator=", ", ignore_nulls=True).first(),
        "contract": pl.coalesce("contract_id", "title").first(),
    }


RULE: Final = Rule(
    id="DQ003",
    name="impossible-dates",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"source"})},
    either=frozenset(DATES),
    uses={"contracts": READ},
    shard_by=("buyer_key",),
    params=ImpossibleDates,
    find=find,
    tells=tells,
    message="contract {contract} of {buyer_name}: {dates} cannot be right: what does the document say?",
    page=__doc__,
    since="0.1",
)
