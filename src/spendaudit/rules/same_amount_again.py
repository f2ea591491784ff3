"""One payee got the same amount twice within days, on two documents or on two dates.

Why it matters
--------------
An invoice that comes twice, by mail and by post, is booked under two numbers, and no system that compares
numbers stops the second payment. What was paid twice can be asked back.

Formula
-------
Rows of one payer, payee, currency, document and date are one payment, of their sum; a row that names no
document is a payment of its own. Payments that name no payer are compared with each other. What a reversal
took back is left out. Two or more payments are a finding

    of one amount, of which each is at most `days` days after the one before

if the payee got that amount at most `most` times in all the data. The amount is what was paid beyond the
first time.

Threshold
---------
- `most`: 2, a default of this project: what is paid more often is a fee, a rent or a wage. It matters more
  than any other setting: without it, one in four rows of Manchester would be found.
- `days`: 7, a default of this project.
- `floor`: amounts at or below it are left out; default 0.
- `reversal_days`: 60, as in PAY001.

In 14 monthly files of each, a finding holds 1.0 % of the rows of Gateshead, 2.6 % of Leeds' and Manchester's
and 3.5 % of the Cabinet Office's. Where a file gives all its payments one date, as those of a Chilean
municipality (4.2 % and 6.5 %), days say nothing.

Equal documents of one day are left to PAY001, equal documents of any days to its `any-date`. Amounts that
differ by a little (tax, exchange) are not compared.

False positives
---------------
- Two of the same thing: two pupils, two sites, two months that are billed together.
- Rates and rents that begin or end within the data.
- Portals that number the parts of one payment.

What would settle it
--------------------
The invoices behind both payments, with the period or the delivery that each is for.

Worked example
--------------
With the default settings. Ash got 0.50 twice, 7 days apart (A), 60 twice, 8 days apart; 70 on one document on
two days (B), 80 on one document and day, in two rows. Elm's two documents are of two rows each and come to
the same (C). Oak got 50 three times. What differs in payer, payee, currency or amount is not the same; rows
without a payer are compared with each other (D), and so are rows without a document (E). Fir's second payment
was taken back, Yew's after more than 60 days (F); nothing twice is nothing, and so is a credit. Asp's inv-1
is three documents, of two payers and in two currencies (G, H). Of Gum's two on one day, whose rows stand
among each other, the one that begins later was taken back (I).

payments:

| payment_id | payer_name | payee_name | document_id | date       | amount | currency | finding |
|------------|------------|------------|-------------|------------|--------|----------|---------|
| p01        | Hill       | Ash        | inv-1       | 2024-01-10 |   0.50 | GBP      | A       |
| p02        | Hill       | Ash        | inv-2       | 2024-01-17 |   0.50 | GBP      | A       |
| p03        | Hill       | Ash        | inv-3       | 2024-01-10 |  60.00 | GBP      |         |
| p04        | Hill       | Ash        | inv-4       | 2024-01-18 |  60.00 | GBP      |         |
| p05        | Hill       | Ash        | inv-5       | 2024-01-10 |  70.00 | GBP      | B       |
| p06        | Hill       | Ash        | inv-5       | 2024-01-11 |  70.00 | GBP      | B       |
| p07        | Hill       | Ash        | inv-6       | 2024-01-10 |  80.00 | GBP      |         |
| p08        | Hill       | Ash        | inv-6       | 2024-01-10 |  80.00 | GBP      |         |
| p09        | Hill       | Elm        | inv-1       | 2024-01-10 |  30.00 | GBP      | C       |
| p10        | Hill       | Elm        | inv-1       | 2024-01-10 |  20.00 | GBP      | C       |
| p11        | Hill       | Elm        | inv-2       | 2024-01-10 |  10.00 | GBP      | C       |
| p12        | Hill       | Elm        | inv-2       | 2024-01-10 |  40.00 | GBP      | C       |
| p13        | Hill       | Oak        | inv-1       | 2024-01-10 |  50.00 | GBP      |         |
| p14        | Hill       | Oak        | inv-2       | 2024-01-11 |  50.00 | GBP      |         |
| p15        | Hill       | Oak        | inv-3       | 2024-11-10 |  50.00 | GBP      |         |
| p16        | Dale       | Elm        | inv-3       | 2024-01-10 |  50.00 | GBP      |         |
| p17        | Dale       | Ash        | inv-4       | 2024-01-10 |  50.00 | GBP      |         |
| p18        | Dale       | Ash        | inv-5       | 2024-01-10 |  50.00 | EUR      |         |
| p19        | Dale       | Ash        | inv-6       | 2024-01-10 |  50.01 | GBP      |         |
| p20        |            | Ash        | inv-7       | 2024-01-10 |  50.00 | GBP      | D       |
| p21        |            | Ash        | inv-8       | 2024-01-10 |  50.00 | GBP      | D       |
| p22        | Hill       | Bay        |             | 2024-01-10 |  50.00 | GBP      | E       |
| p23        | Hill       | Bay        |             | 2024-01-10 |  50.00 | GBP      | E       |
| p24        | Hill       | Fir        | inv-1       | 2024-01-10 |  50.00 | GBP      |         |
| p25        | Hill       | Fir        | inv-2       | 2024-01-10 |  50.00 | GBP      |         |
| p26        | Hill       | Fir        | rev-2       | 2024-03-10 | -50.00 | GBP      |         |
| p27        | Hill       | Fir        | inv-3       | 2024-01-10 |   0.00 | GBP      |         |
| p28        | Hill       | Fir        | inv-4       | 2024-01-10 |   0.00 | GBP      |         |
| p29        | Hill       | Yew        | rev-1       | 2024-01-10 | -10.00 | GBP      |         |
| p30        | Hill       | Yew        | rev-2       | 2024-01-10 | -10.00 | GBP      |         |
| p31        | Hill       | Yew        | inv-1       | 2024-01-10 |  50.00 | GBP      | F       |
| p32        | Hill       | Yew        | inv-2       | 2024-01-10 |  50.00 | GBP      | F       |
| p33        | Hill       | Yew        | rev-2       | 2024-03-11 | -50.00 | GBP      |         |
| p34        | Hill       | Asp        | inv-1       | 2024-01-10 |  25.00 | GBP      | G       |
| p35        | Dale       | Asp        | inv-1       | 2024-01-10 |  25.00 | GBP      |         |
| p36        | Hill       | Asp        | inv-1       | 2024-01-10 |  25.00 | EUR      | H       |
| p37        | Hill       | Asp        | inv-2       | 2024-01-11 |  25.00 | GBP      | G       |
| p38        | Hill       | Asp        | inv-3       | 2024-01-12 |  25.00 | EUR      | H       |
| p39        | Hill       | Gum        | inv-1       | 2024-01-09 |  50.00 | GBP      | I       |
| p40        | Hill       | Gum        | inv-2       | 2024-01-10 |  30.00 | GBP      | I       |
| p41        | Hill       | Gum        | inv-3       | 2024-01-10 |  20.00 | GBP      |         |
| p42        | Hill       | Gum        | inv-3       | 2024-01-10 |  30.00 | GBP      |         |
| p43        | Hill       | Gum        | inv-2       | 2024-01-10 |  20.00 | GBP      | I       |
| p44        | Hill       | Gum        | rev-1       | 2024-01-20 | -50.00 | GBP      |         |

References
----------
- ACL and IDEA, tests of accounts payable: same vendor and amount, other invoice.
- US Government Accountability Office, Audit Guide: Auditing and Investigating the Internal Control of
  Government Purchase Card Programs, GAO-04-87G.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, PLACE, TOTAL, Severity, members
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._payments import documents, who_paid
from spendaudit.rules._repeats import digest, perhaps_repeated
from spendaudit.rules._reversals import PARTIES, reversed_pairs
from spendaudit.rules._rule import Params, Precision, Rule, Stage

#: What the rows of one payment share. A row without a document stands for itself.
PAYMENT: Final = (*PARTIES, "date", "document_id", "own_file", "own_row")


class SameAmountAgain(Params):
    """Settings of PAY002."""

    days: int = Field(7, ge=0, le=366, description="most days from one payment to the next")
    most: int = Field(2, ge=2, le=1000, description="most times that the payee got the amount")
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="amounts at or below this are left out"
    )
    reversal_days: int = Field(60, ge=0, le=366, description="most days from a payment to its reversal")


def find(tables: Tables, params: SameAmountAgain) -> pl.LazyFrame:
    """Return one row per amount that a payee got again within days."""
    nameless = pl.when(pl.col("document_id").is_null())
    rows = tables["payments"].with_columns(own_file=nameless.then("file"), own_row=nameless.then("row"))
    payments = _payments(_suspects(rows)).cache()
    taken_back = reversed_pairs(payments, params.reversal_days)
    same = (*PARTIES, "amount")
    near = (
        payments.join(taken_back, on=PLACE, how="anti")
        .filter(pl.col("amount") > money(params.floor))
        .sort(*same, "date", *PLACE)
        .with_columns(times=pl.len().over(same), gap=pl.col("date").diff().dt.total_days().over(same))
        .filter(pl.col("times") <= params.most)
        .with_columns(run=(pl.col("gap") > params.days).fill_null(value=False).cum_sum().over(same))
    )
    return (
        near.group_by(*same, "run")
        .agg(
            members=pl.col("rows").explode().sort(),
            payments=pl.len(),
            starts=pl.col("date").min(),
            ends=pl.col("date").max(),
        )
        .filter(pl.col("payments") > 1)
        .rename({"amount": "once"})
        .sort(pl.col("members").list.first())
        .with_columns(amount=(pl.col("once") * (pl.col("payments") - 1)).cast(TOTAL))
        .select(*FINDING.names(), "payments", "once")
    )


def tells(_params: SameAmountAgain) -> dict[str, pl.Expr]:
    """Tell who was paid by whom, how often and how much, on which documents, and within how many days."""
    date = pl.col("date")
    return {
        **who_paid(),
        "documents": documents(),
        "payments": pl.col("payments").first(),
        "once": pl.col("once").first(),
        "days": (date.max() - date.min()).dt.total_days(),
    }


def _suspects(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the rows of payments whose sum stands more than once at a payee; a digest stands for a payment."""
    # Read twice rather than kept: all rows have their texts here.
    marked = rows.with_columns(mark=digest(PAYMENT))
    sums = marked.group_by("mark", "payee_key", "currency").agg(size=pl.col("amount").sum().abs())
    return marked.join(perhaps_repeated(sums, ("payee_key", "currency", "size")), on="mark", how="semi")


def _payments(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add up the rows of each payment; its place is that of its first row."""
    return (
        rows.group_by(PAYMENT)
        .agg(pl.col("amount").sum().cast(MONEY), rows=members())
        .with_columns(pl.col("rows").list.first().struct.unnest(), size=pl.col("amount").abs())
    )


RULE: Final = Rule(
    id="PAY002",
    name="same-amount-again",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={"payments": frozenset({"payee_key", "currency", "date", "amount"})},
    uses={"payments": frozenset({"payer_key", "document_id"})},
    shard_by=("payer_key", "payee_key"),
    params=SameAmountAgain,
    find=find,
    tells=tells,
    message="{payer_name} paid {payee_name} {once} {payments} times {when}, on these documents: {documents}",
    page=__doc__,
    since="0.1",
)
