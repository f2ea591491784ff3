"""Amounts that stand for no price: nothing, one, 9,999,999 or 123,456.

Why it matters
--------------
An amount that a form demanded and nobody knew makes averages, shares and limits wrong. The price of these
contracts is not published, whatever the column says.

Formula
-------
Contracts of one source, buyer and currency are one finding when

    0 <= amount <= 1   or   the amount is of seven or more nines or ones, or 123456 up to 123456789

Amounts below zero are credits, which nobody types for want of a price.

Threshold
---------
- At most 1: groucho takes 0, 1 and blanks, quality indicators for PLACSP less than 1.00. The rows of digits
  are a default of this project; with fewer than seven nines they are real prices just under a limit, as
  99,999 is in Peru.

Of 4,211 awards of the Indian state of Himachal Pradesh 3 % are of 0 or 1, of CompraNet's contracts
(2010-2014) one.

False positives
---------------
- Framework agreements and price lists, whose amount is zero by rule; services that are paid by their users.
- Prices in thousands or millions, of which one may be a price. Real prices of such amounts.
- Where a price is secret by law, zero may be how the portal says so (K-Index).

What would settle it
--------------------
The contract's clause on its price, and the invoices that were paid under it.

Worked example
--------------
Hill's first ten are placeholders (A); 1.01, credits, six nines and 12,345 are not, nor twos. Another buyer,
source or currency is another finding (B, C, D); an amount without its currency cannot be judged.

contracts:

|source|buyer_name|award_date|amount             |currency|finding|
|------|----------|----------|-------------------|--------|-------|
|portal|Hill      |2024-01-03|               0.00|CLP     |A      |
|portal|Hill      |2024-01-03|               1.00|CLP     |A      |
|portal|Hill      |2024-01-03|               0.01|CLP     |A      |
|portal|Hill      |2024-01-03|         9999999.00|CLP     |A      |
|portal|Hill      |2024-01-03|         1111111.00|CLP     |A      |
|portal|Hill      |2024-01-03|          123456.00|CLP     |A      |
|portal|Hill      |2024-01-03|         1234567.00|CLP     |A      |
|portal|Hill      |2024-01-03|        12345678.00|CLP     |A      |
|portal|Hill      |2024-01-03|       123456789.00|CLP     |A      |
|portal|Hill      |2024-01-03|9999999999999999.00|CLP     |A      |
|portal|Hill      |2024-01-03|               1.01|CLP     |       |
|portal|Hill      |2024-01-03|              -1.00|CLP     |       |
|portal|Hill      |2024-01-03|          999999.00|CLP     |       |
|portal|Hill      |2024-01-03|         9999999.01|CLP     |       |
|portal|Hill      |2024-01-03|           12345.00|CLP     |       |
|portal|Hill      |2024-01-03|         2222222.00|CLP     |       |
|portal|Dale      |2024-01-03|               0.00|CLP     |B      |
|other |Hill      |2024-01-03|               0.00|CLP     |C      |
|portal|Hill      |2024-01-03|               0.00|USD     |D      |
|portal|Hill      |2024-01-03|               0.00|        |       |

References
----------
- ProjectPODER/groucho: estimate missing, 0 or 1. K-Index: contracts without a price.
"""

from decimal import Decimal
from typing import Final

import polars as pl

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage

BUYER: Final = ("source", "buyer_key", "currency")
#: What is typed to fill a form: the longest that an amount has room for, too.
TYPED: Final = (
    *(digit * length for digit in "19" for length in range(7, 17)),
    *("123456", "1234567", "12345678", "123456789"),
)


class PlaceholderAmounts(Params):
    """DQ004 has no settings."""


def find(tables: Tables, _params: PlaceholderAmounts) -> pl.LazyFrame:
    """Return one row per source, buyer and currency."""
    amount = pl.col("amount")
    typed = pl.any_horizontal(amount == money(Decimal(digits)) for digits in TYPED)
    return gathered(tables["contracts"].filter(((amount >= 0) & (amount <= 1)) | typed), BUYER)


def tells(_params: PlaceholderAmounts) -> dict[str, pl.Expr]:
    """Tell whose amounts they are, and the smallest and the largest."""
    return {
        "buyer_name": party("buyer").min(),
        "smallest": pl.col("amount").min(),
        "largest": pl.col("amount").max(),
        "suppliers": pl.col("supplier_key").drop_nulls().n_unique(),
    }


RULE: Final = Rule(
    id="DQ004",
    name="placeholder-amounts",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"amount", "currency"})},
    uses={"contracts": READ | {*BUYER}},
    shard_by=("buyer_key",),
    params=PlaceholderAmounts,
    find=find,
    tells=tells,
    message="{buyer_name}: amounts such as {largest} ({members:contract(s)}) seem to stand for no price: "
    "what was agreed?",
    page=__doc__,
    since="0.1",
)
