"""A document was paid twice: equal payer, payee, document, date and amount.

Why it matters
--------------
An invoice that is booked twice is money that has left and can be asked back. The literature on accounts
payable quotes about 2 % of invoices, without a published data set behind the figure.

Formula
-------
Payments are compared within one payer, payee and currency; those that name no payer, with each other. First a
payment and its reversal cancel, one to one: +x and then -x, at most `reversal_days` later; the same document
first, then the nearest payment before. Of what is left, a document is a finding when

    each of its lines (same document, date and amount) stands there at least twice

so that two equal lines among others are no finding. Where `payment_id` is the document's number with a line's
behind it (`4711-2` of `4711`), the portal tells the lines of one document apart: they are no second payment.
The amount is what was paid beyond the first time; of lines that stand there more or less often, the fewest
times are told.

Threshold
---------
- `match`: `exact` as above. `any-date` does not compare dates, and so finds a document paid again later.
  `any-document` does not compare documents: equal amounts to one payee on one day.
- `whole`: when false, the repeated lines of a document count even if its others are not repeated.
- `reversal_days`: 60, a default of this project. `floor`: amounts at or below it are left out; default 0.

In 14 monthly files of each, a finding holds 1.2 % of the rows of the Cabinet Office (2019-20) and 0.8 % of
Manchester's (2010-12); with `any-document`, 15 % of Manchester's: too blunt. A row without a document number
cannot be judged, and the coverage counts it; `any-document` judges it. Of portals that number their lines
(Gateshead, Leeds) only `any-document` says something: Gateshead's equal lines, 5.8 % of its rows, stand in
batches for many payees.

False positives
---------------
- One invoice with equal lines for several places or people, or halved between two cost centres.
- Portals whose document number is a batch, or starts again for each office or year; numbers that the
  ledger gives, by which equal rows are lines of one entry.
- `any-date`: instalments under one number; payments published again in a later month.
- `any-document`: standard fees, and payees that are all published under the label "redacted".
- A reversal booked as one sum for several payments is not recognised.

What would settle it
--------------------
The invoices and payment orders of each payment, and the bank's record of what was paid back.

Worked example
--------------
With the default settings. Inv-1 stands twice (A); p03 to p07 differ from it in payer, payee, document, date
and currency. Of inv-2, p12 was reversed, and its lines still stand twice and three times (B); of inv-3 only
one does. Inv-4 was reversed 60 days later, inv-5 61 days later (C). The reversal of inv-6 takes one of its
own, not one of inv-8 (D). The one named rev-1 takes p31, the last before it, and leaves inv-7 (E). What
another payer or payee, another currency or amount reverses, or what is booked before the payment, cancels
nothing (F). Two reversals are no payment. Rows without a payer are compared with each other (G). The lines of
inv-9 have numbers; a payment without a number, or with its document's, is no line of it (H).

payments:

| payment_id | payer_name | payee_name | document_id | date       | amount | currency | finding |
|------------|------------|------------|-------------|------------|--------|----------|---------|
| p01        | Hill       | Ash        | inv-1       | 2024-01-10 | 500.00 | GBP      | A       |
| p02        | Hill       | Ash        | inv-1       | 2024-01-10 | 500.00 | GBP      | A       |
| p03        | Dale       | Ash        | inv-1       | 2024-01-10 | 500.00 | GBP      |         |
| p04        | Hill       | Elm        | inv-1       | 2024-01-10 | 500.00 | GBP      |         |
| p05        | Hill       | Ash        | inv-0       | 2024-01-10 | 500.00 | GBP      |         |
| p06        | Hill       | Ash        | inv-1       | 2024-01-09 | 500.00 | GBP      |         |
| p07        | Hill       | Ash        | inv-1       | 2024-01-10 | 500.00 | EUR      |         |
| p08        | Hill       | Oak        | inv-2       | 2024-01-10 |   0.70 | GBP      | B       |
| p09        | Hill       | Oak        | inv-2       | 2024-01-10 |   0.30 | GBP      | B       |
| p10        | Hill       | Oak        | inv-2       | 2024-01-10 |   0.70 | GBP      | B       |
| p11        | Hill       | Oak        | inv-2       | 2024-01-10 |  -0.70 | GBP      |         |
| p12        | Hill       | Oak        | inv-2       | 2024-01-10 |   0.70 | GBP      |         |
| p13        | Hill       | Oak        | inv-2       | 2024-01-10 |   0.30 | GBP      | B       |
| p14        | Hill       | Oak        | inv-3       | 2024-01-10 |  40.00 | GBP      |         |
| p15        | Hill       | Oak        | inv-3       | 2024-01-10 |  40.00 | GBP      |         |
| p16        | Hill       | Oak        | inv-3       | 2024-01-10 |  41.00 | GBP      |         |
| p17        | Hill       | Fir        | inv-4       | 2024-01-10 |   0.90 | GBP      |         |
| p18        | Hill       | Fir        | inv-4       | 2024-01-10 |   0.90 | GBP      |         |
| p19        | Hill       | Fir        | rev-4       | 2024-03-10 |  -0.90 | GBP      |         |
| p20        | Hill       | Fir        | inv-5       | 2024-01-10 |  91.00 | GBP      | C       |
| p21        | Hill       | Fir        | inv-5       | 2024-01-10 |  91.00 | GBP      | C       |
| p22        | Hill       | Fir        | rev-5       | 2024-03-11 | -91.00 | GBP      |         |
| p23        | Hill       | Fir        | inv-6       | 2024-01-12 | -92.00 | GBP      |         |
| p24        | Hill       | Fir        | inv-6       | 2024-01-12 |  92.00 | GBP      |         |
| p25        | Hill       | Fir        | inv-6       | 2024-01-12 |  92.00 | GBP      |         |
| p26        | Hill       | Fir        | inv-8       | 2024-01-12 |  92.00 | GBP      | D       |
| p27        | Hill       | Fir        | inv-8       | 2024-01-12 |  92.00 | GBP      | D       |
| p28        | Hill       | Yew        | rev-1       | 2024-01-12 | -92.00 | GBP      |         |
| p29        | Hill       | Yew        | inv-7       | 2024-01-10 |  92.00 | GBP      | E       |
| p30        | Hill       | Yew        | inv-7       | 2024-01-10 |  92.00 | GBP      | E       |
| p31        | Hill       | Yew        | inv-9       | 2024-01-11 |  92.00 | GBP      |         |
| p32        | Dale       | Bay        | inv-1       | 2024-01-10 |  94.00 | GBP      |         |
| p33        | Dale       | Bay        | inv-1       | 2024-01-10 |  94.00 | GBP      |         |
| p34        | Hill       | Bay        | inv-1       | 2024-01-10 |  94.00 | GBP      | F       |
| p35        | Hill       | Bay        | inv-1       | 2024-01-10 |  94.00 | GBP      | F       |
| p36        | Dale       | Bay        | inv-1       | 2024-01-11 | -94.00 | GBP      |         |
| p37        | Hill       | Yew        | inv-1       | 2024-01-11 | -94.00 | GBP      |         |
| p38        | Hill       | Bay        | inv-1       | 2024-01-11 | -94.00 | EUR      |         |
| p39        | Hill       | Bay        | inv-1       | 2024-01-11 | -95.00 | GBP      |         |
| p40        | Hill       | Bay        | inv-1       | 2024-01-09 | -94.00 | GBP      |         |
| p41        | Hill       | Bay        | inv-2       | 2024-01-10 |  -0.50 | GBP      |         |
| p42        | Hill       | Bay        | inv-2       | 2024-01-10 |  -0.50 | GBP      |         |
| p43        |            | Bay        | inv-1       | 2024-01-10 |  94.00 | GBP      | G       |
| p44        |            | Bay        | inv-1       | 2024-01-10 |  94.00 | GBP      | G       |
| p45        | Hill       | Oak        | inv-2       | 2024-01-10 |   0.30 | GBP      | B       |
| inv-9-1    | Hill       | Oak        | inv-9       | 2024-01-10 |  33.00 | GBP      |         |
| inv-9-2    | Hill       | Oak        | inv-9       | 2024-01-10 |  33.00 | GBP      |         |
|            | Hill       | Oak        | inv-10      | 2024-01-10 |  33.00 | GBP      | H       |
| inv-10     | Hill       | Oak        | inv-10      | 2024-01-10 |  33.00 | GBP      | H       |

References
----------
- US Government Accountability Office, Audit Guide: Auditing and Investigating the Internal Control of
  Government Purchase Card Programs, GAO-04-87G.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, PLACE, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._payments import documents, who_paid
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._reversals import PARTIES, reversed_pairs
from spendaudit.rules._rule import Params, Precision, Rule, Stage

#: What the lines of one finding share.
SHARED: Final = {
    "exact": (*PARTIES, "document_id", "date"),
    "any-date": (*PARTIES, "document_id"),
    "any-document": (*PARTIES, "date", "amount"),
}


class DuplicatePayment(Params):
    """Settings of PAY001."""

    match: Literal["exact", "any-date", "any-document"] = Field("exact", description="what must be equal")
    whole: bool = Field(default=True, description="every line of the document must be repeated")
    reversal_days: int = Field(60, ge=0, le=366, description="most days from a payment to its reversal")
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="amounts at or below this are left out"
    )

    def waived(self) -> frozenset[str]:
        """Tell which of the two need not be published, as it is not compared."""
        return frozenset({"any-date": {"date"}, "any-document": {"document_id"}}.get(self.match, ()))


def scope(params: DuplicatePayment) -> pl.Expr:
    """Payments and reversals above the floor."""
    return pl.col("amount").abs() > money(params.floor)


def find(tables: Tables, params: DuplicatePayment) -> pl.LazyFrame:
    """Return one row per repeated document, or per amount where documents are not compared."""
    payments = tables["payments"]
    shared = SHARED[params.match]
    line = tuple(dict.fromkeys((*shared, "amount")))
    positive = payments.filter(pl.col("amount") > 0)
    # Joins only narrow down what is grouped afterwards. They leave out the payer, which may be null, and at
    # first the document: hashing a text costs several times a number.
    known = tuple(column for column in shared if column != "payer_key")
    numbers = tuple(column for column in line if column not in {"payer_key", "document_id"})
    alike = perhaps_repeated(positive.select(line), numbers)
    suspects = _twice(alike, line).select(known).unique()
    lines = positive.join(suspects, on=known, how="semi")
    if params.match != "any-document":
        lines = lines.filter(~_line_of_document())
    lines = lines.cache()
    sized = ("payee_key", "currency", "size")
    sizes = lines.rename({"amount": "size"}).select(sized).unique()
    pool = payments.with_columns(size=pl.col("amount").abs()).join(sizes, on=sized, how="semi").cache()
    fewest = pl.col("times").min().over(shared) if params.whole else pl.col("times")
    repeated = (
        lines.join(reversed_pairs(pool, params.reversal_days), on=PLACE, how="anti")
        .with_columns(times=pl.len().over(line))
        .filter(fewest > 1)
    )
    return (
        repeated.group_by(shared)
        .agg(
            members=members(),
            once=pl.col("amount").unique().sum().cast(TOTAL),
            total=pl.col("amount").sum().cast(TOTAL),
            starts=pl.col("date").min(),
            ends=pl.col("date").max(),
            times=pl.col("times").min(),
        )
        .sort(pl.col("members").list.first())
        .with_columns(amount=(pl.col("total") - pl.col("once")).cast(TOTAL))
        .select(*FINDING.names(), "times", "once")
    )


def tells(_params: DuplicatePayment) -> dict[str, pl.Expr]:
    """Tell who was paid by whom, on which documents, how often, and how much once would have been."""
    return {
        **who_paid(),
        "documents": documents(),
        "times": pl.col("times").first(),
        "once": pl.col("once").first(),
    }


def _line_of_document() -> pl.Expr:
    """Tell whether the portal numbers the lines of a row's document, this one among them."""
    payment, document = pl.col("payment_id"), pl.col("document_id")
    return (payment.str.starts_with(document) & (payment != document)).fill_null(value=False)


def _twice(payments: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """Find the values of a key that stand more than once."""
    return payments.group_by(key).len().filter(pl.col("len") > 1).select(key)


RULE: Final = Rule(
    id="PAY001",
    name="duplicate-payment",
    severity=Severity.HIGH,
    precision=Precision.HIGH,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={"payments": frozenset({"payee_key", "currency", "document_id", "date", "amount"})},
    uses={"payments": frozenset({"payer_key", "payment_id"})},
    scope=scope,
    shard_by=("payer_key", "payee_key"),
    params=DuplicatePayment,
    find=find,
    tells=tells,
    message="{payee_name} was paid {times} times on document {documents}: {amount} beyond the first",
    page=__doc__,
    since="0.1",
)
