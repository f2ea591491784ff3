"""A contract was signed on a weekend, or on a public holiday.

Why it matters
--------------
Offices are closed then. A date on a weekend may be that of another act, or was put on the paper afterwards;
in a row of such contracts it is worth asking who was at work.

Formula
-------
Each contract is a finding when `date_signed` is a day of the weekend. With `--list holidays`, public holidays
of the country are asked about, too; with `--list holidays=FILE`, those of the file.

Threshold
---------
- `weekend`: Saturday and Sunday; Friday and Saturday, as in Egypt; or Sunday alone. The K-Index
  keeps this question switched off.

In samples of CompraNet 24 of 545 contracts are flagged (4.4 %). With Mexico's public holidays they are 46
(8.4 %): 14 of the 22 more bear 1 January, when contracts of a year begin.

False positives
---------------
- Electronic signatures, which need no office; works and emergencies at any hour.
- Portals that fill in the last day of a month, or the first day of the contract, where no signature is known.
- Holidays of a region, a city or a trade: the list may lack them, or have some that this buyer does not keep.

What would settle it
--------------------
The contract's signatures with their times, or the register that it was entered in that day.

Worked example
--------------
With the default settings: 9 March 2024 was a Saturday. c1 was signed on the Friday, c2 on Saturday (A), c3 on
Sunday (B), c4 on Monday, c6 on a Monday that is a holiday (C); c5 has no date.

contracts:

| contract_id | buyer_name | supplier_name | date_signed | holiday | amount | currency | finding |
|-------------|------------|---------------|-------------|---------|--------|----------|---------|
| c1          | Hill       | Elm           | 2024-03-08  |         |  10.00 | CLP      |         |
| c2          | Hill       | Elm           | 2024-03-09  |         |  10.00 | CLP      | A       |
| c3          | Hill       | Elm           | 2024-03-10  |         |  10.00 | CLP      | B       |
| c4          | Hill       | Elm           | 2024-03-11  |         |  10.00 | CLP      |         |
| c5          | Hill       | Elm           |             |         |  10.00 | CLP      |         |
| c6          | Hill       | Elm           | 2024-03-11  | Elm Day |  10.00 | CLP      | C       |

References
----------
- ProjectPODER/groucho: contracts signed on Sundays and holidays.
"""

from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._closed_days import WEEKDAYS, WEEKENDS, closed_day
from spendaudit.rules._day_gaps import OF_CONTRACT, per_contract
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class WeekendSignature(Params):
    """Settings of TIM008."""

    weekend: Literal["saturday-sunday", "friday-saturday", "sunday"] = Field(
        "saturday-sunday", description="which days offices are closed"
    )


def find(tables: Tables, params: WeekendSignature) -> pl.LazyFrame:
    """Return one row per contract."""
    weekend = pl.col("date_signed").dt.weekday().is_in(WEEKENDS[params.weekend])
    closed = weekend | pl.col("holiday").is_not_null()
    return per_contract(tables["contracts"].filter(closed), "date_signed", "date_signed")


def tells(_params: WeekendSignature) -> dict[str, pl.Expr]:
    """Tell whose contract it is, and on which day of the week and which holiday it was signed."""
    return {**who(), "day": closed_day("date_signed")}


RULE: Final = Rule(
    id="TIM008",
    name="weekend-signature",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"date_signed"})},
    uses={"contracts": OF_CONTRACT | {"holiday"}},
    shard_by=("buyer_key",),
    params=WeekendSignature,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name} signed on {starts}, a {day:words}",
    words=WEEKDAYS,
    page=__doc__,
    since="0.1",
    version=2,
)
