"""Payments bear the date of a day on which offices are closed.

Why it matters
--------------
Somebody was at work, or a date was made up. Auditors of accounts look at both: entries made when nobody else
is there, and dates that were set to fit.

Formula
-------
All payments of one payer and currency on one day are a finding when the day is one of a weekend, or a
public holiday, and not the last day of a month. Public holidays are those of `--list holidays`, where it is
given. Payments that name no payer are those of one payer. Credits are no payments.

Threshold
---------
- `weekend`: `saturday-sunday`; `friday-saturday` and `sunday` are those of other countries.
- `month_end`: false. The books of a month are closed with its last day, whatever day that is; true asks of
  these, too.
- `floor`: a day's payments are left out when they add up to this or less; default 0.

In 14 monthly files of each, 0.02 % of the rows of Manchester, 0.04 % of the Cabinet Office's and 0.3 % of
Gateshead's, nearly all of them on three Saturdays; none of Leeds'. With `month_end=true`, 2.1 % of
Manchester's. England's public holidays add one payment of the Cabinet Office's 4,924 and seven of Leeds'
38,880.

False positives
---------------
- Transfers that a computer makes, and systems that book at night.
- Dates of an invoice, of a purchase on a card or of a delivery, published as dates of payment.
- Bodies that work on weekends.

What would settle it
--------------------
The payment orders with who released them and when, and the bank's statement of that day.

Worked example
--------------
With the default settings. The 6th of January 2024 is a Saturday, the 7th a Sunday (A, B), the 5th a Friday
and the 8th a Monday. The 31st of March is a Sunday and ends a month. Dale's day is another one (C), and so is
that of the euros (D) and that of nobody (E). Nothing and a credit are no payments.
The 8th is a public holiday for one of its two payments (F).

payments:

| payment_id | payer_name | payee_name | date       | holiday | amount  | currency | finding |
|------------|------------|------------|------------|---------|---------|----------|---------|
| p01        | Hill       | Ash        | 2024-01-05 |         |   10.00 | GBP      |         |
| p02        | Hill       | Ash        | 2024-01-06 |         |   10.00 | GBP      | A       |
| p03        | Hill       | Elm        | 2024-01-06 |         |   10.00 | GBP      | A       |
| p04        | Hill       | Ash        | 2024-01-07 |         |    0.50 | GBP      | B       |
| p05        | Hill       | Ash        | 2024-01-08 |         |   10.00 | GBP      |         |
| p06        | Hill       | Ash        | 2024-03-31 |         |   10.00 | GBP      |         |
| p07        | Dale       | Ash        | 2024-01-06 |         |   10.00 | GBP      | C       |
| p08        | Hill       | Ash        | 2024-01-06 |         |   10.00 | EUR      | D       |
| p09        |            | Ash        | 2024-01-06 |         |   10.00 | GBP      | E       |
| p10        | Hill       | Ash        | 2024-01-06 |         |    0.00 | GBP      |         |
| p11        | Hill       | Ash        | 2024-01-06 |         |   -5.00 | GBP      |         |
| p12        | Hill       | Oak        | 2024-01-08 | Elm Day |   10.00 | GBP      | F       |

References
----------
- ACL, tests of accounts payable: payments on days without business.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._closed_days import WEEKDAYS, WEEKENDS, closed_day
from spendaudit.rules._parties import party
from spendaudit.rules._payments import paid, spent
from spendaudit.rules._rule import Params, Precision, Rule, Stage

_ONE_DAY: Final = timedelta(days=1)


class PaymentOnWeekend(Params):
    """Settings of PAY007."""

    weekend: Literal["saturday-sunday", "friday-saturday", "sunday"] = Field(
        "saturday-sunday", description="days on which offices are closed"
    )
    month_end: bool = Field(default=False, description="ask of the last days of months, too")
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="sums at or below this are left out"
    )


def find(tables: Tables, params: PaymentOnWeekend) -> pl.LazyFrame:
    """Return one row per payer, currency and day of a weekend."""
    day = pl.col("date")
    asked = day.dt.weekday().is_in(WEEKENDS[params.weekend]) | pl.col("holiday").is_not_null()
    if not params.month_end:
        # The first of a month follows on its last day; to work that day out takes five times as long.
        asked &= (day + _ONE_DAY).dt.day() != 1
    found = paid(tables["payments"].filter(asked), ("payer_key", "currency", "date"))
    return found.filter(pl.col("amount") > money(params.floor))


def tells(_params: PaymentOnWeekend) -> dict[str, pl.Expr]:
    """Tell who paid, on which day of the week and which holiday, and how many payees."""
    return {
        "payer_name": party("payer").min(),
        "day": pl.col("date").first(),
        "weekday": closed_day("date"),
        "payees": party("payee").n_unique(),
    }


RULE: Final = Rule(
    id="PAY007",
    name="payment-on-weekend",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={"payments": frozenset({"date", "amount", "currency"})},
    uses={"payments": frozenset({"payer_key", "holiday"})},
    scope=spent,
    shard_by=("payer_key",),
    params=PaymentOnWeekend,
    find=find,
    tells=tells,
    message="on {day}, a {weekday:words}, {payer_name} paid {amount} (payments: {members}, payees: {payees})",
    words=WEEKDAYS,
    page=__doc__,
    since="0.1",
    version=2,
)
