"""The lowest bid of a tender was disqualified.

Why it matters
--------------
Where price decides, disqualifying the lowest bid decides who wins, and costs the difference. The record of
opening the bids says which fault it had; the same fault may have been forgiven to another.

Formula
-------
A tender with a valid bid is a finding when

    lowest bid that was disqualified or rejected <= lowest of all others

Bids of nothing, and those that were withdrawn, or only invited, count for nothing. The states are
those of BID006. Tenders with bids in several currencies are left out, and those that all their awards leave
open. The amount of a finding is the difference.

Threshold
---------
- `left_out`, `price_methods` and `other_methods`: none. Details of methods whose tenders are left out, or the
  only ones in which price decides, or in which it does not.
- `currency`: none, each tender in its own. With one, bids in others are passed over.
- `cardinal`: no. With yes, of equal bids the first in the file counts as the lowest, bids of nothing count,
  those and awards without a state do not, and of no `currency` it is that of the first bid in the file.

Viespirkiai finds this in 6.3 % of procurements in Lithuania.

False positives
---------------
- Bids that were too low to be meant: the law has them explained, and rejected if they are not.
- Bids with a slip, for a part of the work, or in unit prices.
- Tenders by lots; tenders in which price decides little.

What would settle it
--------------------
The evaluation report with the reason for the rejection, and the bidder's complaint, if it made one.

Worked example
--------------
With the default settings. In T1 and T2 the lowest bid was disqualified, being lower than the lowest valid
one, or equal to it (A, B). In T3 a valid one is a cent lower; in T4 no bid is valid. What is lower in T5 is
nothing, withdrawn, or not judged yet; T6 has two currencies; T7 is open, and T8 in part (C). T9 is a tender
of two sources (D). In T10 a lower bid was withdrawn (E), in T11 half a peso was asked (F), in T12 the other
bid is not judged yet.

contracts:

|source|tender_id|buyer_name|supplier_name|award_date|status |finding|
|------|---------|----------|-------------|----------|-------|-------|
|one   |T1       |Hill      |Ash          |2024-01-03|active |A      |
|one   |T1       |Hill      |Bay          |2024-01-05|active |A      |
|one   |T2       |Hill      |             |2024-01-03|       |B      |
|one   |T3       |Hill      |Ash          |2024-01-03|active |       |
|one   |T4       |Hill      |Ash          |2024-01-03|active |       |
|one   |T5       |Hill      |Ash          |2024-01-03|active |       |
|one   |T6       |Hill      |Ash          |2024-01-03|active |       |
|one   |T7       |Hill      |Ash          |2024-01-03|Pending|       |
|one   |T8       |Hill      |Ash          |2024-01-03|invalid|       |
|one   |T8       |Hill      |Bay          |2024-01-03|active |C      |
|one   |T9       |Hill      |Ash          |2024-01-03|active |       |
|two   |T9       |Hill      |Ash          |2024-01-03|active |D      |
|one   |T10      |Hill      |Ash          |2024-01-03|active |E      |
|one   |T11      |Hill      |Ash          |2024-01-03|active |F      |
|one   |T12      |Hill      |Ash          |2024-01-03|active |       |

bids:

|source|tender_id|amount|currency|status      |
|------|---------|------|--------|------------|
|one   |T1       |100.00|CLP     |disqualified|
|one   |T1       |300.00|CLP     |disqualified|
|one   |T1       |200.00|CLP     |valid       |
|one   |T1       |150.00|CLP     |valid       |
|one   |T2       |100.00|CLP     |rejected    |
|one   |T2       |100.00|CLP     |valid       |
|one   |T3       |100.00|CLP     |disqualified|
|one   |T3       | 99.99|CLP     |valid       |
|one   |T3       |200.00|CLP     |valid       |
|one   |T4       |100.00|CLP     |disqualified|
|one   |T4       |200.00|CLP     |withdrawn   |
|one   |T5       |  0.00|CLP     |disqualified|
|one   |T5       |100.00|CLP     |withdrawn   |
|one   |T5       |200.00|CLP     |valid       |
|one   |T6       |100.00|CLP     |disqualified|
|one   |T6       |200.00|USD     |valid       |
|one   |T5       |150.00|CLP     |disqualified|
|one   |T5       |120.00|CLP     |pending     |
|one   |T7       |100.00|CLP     |disqualified|
|one   |T7       |200.00|CLP     |valid       |
|one   |T8       |100.00|CLP     |disqualified|
|one   |T8       |200.00|CLP     |valid       |
|one   |T9       | 50.00|CLP     |Seleccionada|
|one   |T9       | 80.00|CLP     |disqualified|
|two   |T9       |100.00|CLP     |Rechazada   |
|two   |T9       |200.00|CLP     |Seleccionada|
|one   |T10      |100.00|CLP     |disqualified|
|one   |T10      | 50.00|CLP     |withdrawn   |
|one   |T10      |200.00|CLP     |valid       |
|one   |T11      |  0.50|CLP     |disqualified|
|one   |T11      |200.00|CLP     |valid       |
|one   |T12      |100.00|CLP     |disqualified|
|one   |T12      |200.00|CLP     |pending     |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R036, and Cardinal's R036.
- tlevine/red-flags, and the World Bank's red flags (2018).
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._bids import TENDER, beside, of_tenders, refused, submitted, undecided, valid
from spendaudit.rules._cardinal import ByPrice, in_currency
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Precision, Rule, Stage

#: Of the number of a row, so that texts of numbers are in their order.
_DIGITS: Final = 10


class LowestBidDisqualified(ByPrice):
    """Settings of BID007."""


def scope(params: LowestBidDisqualified) -> pl.Expr:
    """Tenders that price decides."""
    return params.asked()


def find(tables: Tables, params: LowestBidDisqualified) -> pl.LazyFrame:
    """Return one row per tender."""
    amount, lowest, others = pl.col("amount"), pl.col("lowest"), pl.col("others")
    out, made, cardinal = (
        refused(cardinal=params.cardinal),
        submitted(cardinal=params.cardinal),
        params.cardinal,
    )
    bids = tables["bids"].filter(made)
    contracts = tables["contracts"].filter(_cardinal.active() if cardinal else ~undecided())
    if cardinal:
        bids = in_currency(bids.join(contracts.select(TENDER), on=TENDER, how="semi"), params)
    else:
        bids = bids.filter(amount > 0)
    if params.currency and not cardinal:
        bids = bids.filter(pl.col("currency") == params.currency)
    currency = pl.col("currency").to_physical()
    # In most tenders nobody was disqualified.
    with_out = tables["bids"].filter(out).select(TENDER).unique()
    # As columns of their own: amounts that are picked within each group take longer.
    asked = {
        "lowest": pl.when(out).then(amount),
        "valued": pl.when(valid(cardinal=cardinal)).then(amount),
        "others": pl.when(~out).then(amount),
    }
    compared = (
        beside(bids, with_out)
        .with_columns(**asked)
        .group_by(TENDER)
        .agg(
            pl.col(asked.keys()).min(),
            alike=currency.min() == currency.max(),
            currency=pl.col("currency").first(),
        )
        .filter(lowest <= others, pl.col("valued").is_not_null(), "alike")
        .with_columns(amount=(pl.col("valued") - lowest).cast(TOTAL))
    )
    if cardinal:
        compared = compared.join(_second_to_come(bids, compared), on=TENDER, how="anti")
    return of_tenders(contracts, compared, "lowest", "valued")


def _second_to_come(bids: pl.LazyFrame, compared: pl.LazyFrame) -> pl.LazyFrame:
    """List the tenders in which another bid as low as the disqualified one stands before it in the file."""
    tied = compared.filter(pl.col("lowest") == pl.col("others")).select(*TENDER, "lowest")
    out = refused(cardinal=True)
    place = pl.concat_str("file", pl.col("row").cast(pl.String).str.zfill(_DIGITS))
    return (
        bids.join(tied, on=TENDER)
        .filter(pl.col("amount") == pl.col("lowest"))
        .group_by(TENDER)
        .agg(first_out=place.filter(out).min(), first_other=place.filter(~out).min())
        .filter(pl.col("first_other") < pl.col("first_out"))
    )


def tells(_params: LowestBidDisqualified) -> dict[str, pl.Expr]:
    """Tell who asked for what, and which bids were the lowest."""
    return {
        "buyer_name": party("buyer").min(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        "lowest": pl.col("lowest").first(),
        "lowest_valid": pl.col("valued").first(),
    }


RULE: Final = Rule(
    id="BID007",
    name="lowest-bid-disqualified",
    ocp=("R036",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="contracts",
    needs={
        "contracts": frozenset({"tender_id"}),
        "bids": frozenset({"tender_id", "amount", "currency", "status"}),
    },
    uses={
        "contracts": frozenset({"source", "decision_date", "status", "award_status"}),
        "bids": frozenset({"source"}),
    },
    scope=scope,
    shard_by=None,
    params=LowestBidDisqualified,
    find=find,
    tells=tells,
    message="{buyer_name}, tender {tender}: a bid of {lowest} was disqualified, the lowest valid one is "
    "{lowest_valid}: for which fault?",
    page=__doc__,
    since="0.1",
)
