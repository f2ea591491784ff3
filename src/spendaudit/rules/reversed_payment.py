"""A payment was taken back by a reversal of the same amount.

Why it matters
--------------
Most reversals mend an error, and whoever adds up payments should know of them. Many of them between the same
two parties say that invoices are paid before they are checked, or that money is parked and fetched back.

Formula
-------
Within one payer, payee and currency; payments that name no payer are compared with each other:

    a payment of x and a row of -x, at most `days` days later

pair by pair, one to one: first on the same document, then the nearest payment before. The amount of a finding
is x.

Threshold
---------
- `days`: 60, as where PAY001 leaves such pairs out; a default of this project.
- `floor`: amounts at or below it are left out; default 0.

In three months of Leeds' payments, 107 pairs (0.6 % of the rows). Manchester, Gateshead and the Cabinet
Office publish no negative amounts.

False positives
---------------
- Nearly all of them: corrections, accruals and credit notes are good accounting.
- Equal amounts of standard fees, of which another one was taken back.
- A reversal booked as one sum for several payments, or a part of one, is not found.

What would settle it
--------------------
The credit note or the correcting entry, and the invoice that the first payment was for.

Worked example
--------------
With the default settings. Inv-1 was taken back 60 days later (A), inv-2 61 days later. Of two payments of 70
the nearer one is taken (B), but the same document goes before (C). What another payer or payee, another
currency or amount takes back, or what is booked before, is no pair; nor is nothing and nothing. One reversal
takes back one payment (D), two take back two (E, F), the later first (H, I), each on its document (J). Rows
without a payer are compared with each other (G). Pairs that differ only in payer, payee, currency or amount
are several (K to O).

payments:

| payment_id | payer_name | payee_name | document_id | date       | amount | currency | finding |
|------------|------------|------------|-------------|------------|--------|----------|---------|
| p01        | Hill       | Ash        | inv-1       | 2024-01-10 |   0.50 | GBP      | A       |
| p02        | Hill       | Ash        | rev-1       | 2024-03-10 |  -0.50 | GBP      | A       |
| p03        | Hill       | Ash        | inv-2       | 2024-01-10 |  60.00 | GBP      |         |
| p04        | Hill       | Ash        | rev-2       | 2024-03-11 | -60.00 | GBP      |         |
| p05        | Hill       | Ash        | inv-3       | 2024-01-10 |  70.00 | GBP      |         |
| p06        | Hill       | Ash        | inv-4       | 2024-01-11 |  70.00 | GBP      | B       |
| p07        | Hill       | Ash        | rev-4       | 2024-01-12 | -70.00 | GBP      | B       |
| p08        | Hill       | Ash        | inv-5       | 2024-01-10 |  80.00 | GBP      | C       |
| p09        | Hill       | Ash        | inv-6       | 2024-01-11 |  80.00 | GBP      |         |
| p10        | Hill       | Ash        | inv-5       | 2024-01-12 | -80.00 | GBP      | C       |
| p11        | Hill       | Elm        | inv-7       | 2024-01-10 |  90.00 | GBP      |         |
| p12        | Dale       | Elm        | inv-7       | 2024-01-12 | -90.00 | GBP      |         |
| p13        | Hill       | Oak        | inv-7       | 2024-01-12 | -90.00 | GBP      |         |
| p14        | Hill       | Elm        | inv-7       | 2024-01-12 | -90.00 | EUR      |         |
| p15        | Hill       | Elm        | inv-7       | 2024-01-12 | -90.01 | GBP      |         |
| p16        | Hill       | Elm        | inv-7       | 2024-01-09 | -90.00 | GBP      |         |
| p17        | Hill       | Elm        | inv-8       | 2024-01-09 |   0.00 | GBP      |         |
| p18        | Hill       | Elm        | inv-8       | 2024-01-09 |   0.00 | GBP      |         |
| p19        | Hill       | Fir        | inv-1       | 2024-01-10 |  10.00 | GBP      |         |
| p20        | Hill       | Fir        | inv-1       | 2024-01-11 |  10.00 | GBP      | D       |
| p21        | Hill       | Fir        | inv-1       | 2024-01-11 | -10.00 | GBP      | D       |
| p22        | Hill       | Fir        | inv-2       | 2024-01-10 |  20.00 | GBP      | E       |
| p23        | Hill       | Fir        | inv-2       | 2024-01-11 | -20.00 | GBP      | E       |
| p24        | Hill       | Fir        | inv-2       | 2024-01-12 |  20.00 | GBP      | F       |
| p25        | Hill       | Fir        | inv-2       | 2024-01-13 | -20.00 | GBP      | F       |
| p26        |            | Fir        | inv-2       | 2024-01-13 |  30.00 | GBP      | G       |
| p27        |            | Fir        |             | 2024-01-13 | -30.00 | GBP      | G       |
| p28        | Hill       | Yew        | inv-1       | 2024-01-10 |  20.00 | GBP      | H       |
| p29        | Hill       | Yew        | inv-1       | 2024-01-11 |  20.00 | GBP      | I       |
| p30        | Hill       | Yew        | inv-1       | 2024-01-12 | -20.00 | GBP      | I       |
| p31        | Hill       | Yew        | inv-1       | 2024-01-13 | -20.00 | GBP      | H       |
| p32        | Hill       | Yew        | inv-2       | 2024-01-10 |  20.00 | GBP      | J       |
| p33        | Hill       | Yew        | inv-2       | 2024-01-13 | -20.00 | GBP      | J       |
| p34        | Oak        | Gum        | inv-1       | 2024-01-10 |  20.00 | GBP      | K       |
| p35        | Oak        | Gum        | inv-1       | 2024-01-13 | -20.00 | GBP      | K       |
| p36        | Pine       | Gum        | inv-1       | 2024-01-10 |  20.00 | GBP      | L       |
| p37        | Pine       | Gum        | inv-1       | 2024-01-13 | -20.00 | GBP      | L       |
| p38        | Oak        | Haw        | inv-1       | 2024-01-10 |  20.00 | GBP      | M       |
| p39        | Oak        | Haw        | inv-1       | 2024-01-13 | -20.00 | GBP      | M       |
| p40        | Oak        | Gum        | inv-1       | 2024-01-10 |  20.00 | EUR      | N       |
| p41        | Oak        | Gum        | inv-1       | 2024-01-13 | -20.00 | EUR      | N       |
| p42        | Oak        | Gum        | inv-1       | 2024-01-10 |  30.00 | GBP      | O       |
| p43        | Oak        | Gum        | inv-1       | 2024-01-13 | -30.00 | GBP      | O       |

References
----------
- Derived by this project: what has to be left out before duplicates are looked for.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._payments import documents, who_paid
from spendaudit.rules._reversals import PARTIES, reversed_pairs
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class ReversedPayment(Params):
    """Settings of PAY013."""

    days: int = Field(60, ge=0, le=366, description="most days from a payment to its reversal")
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="amounts at or below this are left out"
    )


def scope(params: ReversedPayment) -> pl.Expr:
    """Payments and reversals above the floor."""
    return pl.col("amount").abs() > money(params.floor)


def find(tables: Tables, params: ReversedPayment) -> pl.LazyFrame:
    """Return one row per payment and its reversal."""
    payments = tables["payments"].with_columns(size=pl.col("amount").abs())
    sized = ("payee_key", "currency", "size")
    # Reversals are few, and hashing a text costs several times a number.
    taken_back = payments.filter(pl.col("amount") < 0).select(sized).unique()
    pool = payments.join(taken_back, on=sized, how="semi").cache()
    return (
        reversed_pairs(pool, params.days)
        .group_by(*PARTIES, "size", "document", "level", "turn")
        .agg(members=members(), starts=pl.col("date").min(), ends=pl.col("date").max())
        .sort(pl.col("members").list.first())
        .with_columns(amount=pl.col("size").cast(TOTAL))
        .select(FINDING.names())
    )


def tells(_params: ReversedPayment) -> dict[str, pl.Expr]:
    """Tell who paid whom, on which documents, and after how many days it came back."""
    date = pl.col("date")
    return {
        **who_paid(),
        "documents": documents(),
        "days": (date.max() - date.min()).dt.total_days(),
    }


RULE: Final = Rule(
    id="PAY013",
    name="reversed-payment",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={"payments": frozenset({"payee_key", "currency", "date", "amount"})},
    uses={"payments": frozenset({"payer_key", "document_id"})},
    scope=scope,
    shard_by=("payer_key", "payee_key"),
    params=ReversedPayment,
    find=find,
    tells=tells,
    message="{amount} that {payer_name} paid to {payee_name} came back after {days:day(s)}",
    page=__doc__,
    since="0.1",
)
