"""Money was paid to somebody whose name is withheld, or who is many at once.

Why it matters
--------------
Nobody outside can ask who *redacted*, *various* or *sundry suppliers* are. The law protects the names of
people in care; it hides as well who was paid without a contract. How much goes that way, and for what, is
worth a question.

Formula
-------
All payments of one payer, label and currency are a finding when the published name of the payee stands for
nobody or for many, and

    payment1 + payment2 + ... > floor

The words are those that no key is made of (`legal_forms.toml`): English, Spanish and Portuguese words for
withheld, various, unknown and none. A name that begins with such a word and says more is a name. Payments
that name no payer are those of one payer. Credits are taken off.

Threshold
---------
`floor`: 0, a default of this project.

In 14 monthly files of each, 4.0 % of the rows of Manchester and 4.3 % of Gateshead's, 8.8 % of those of three
of Leeds: seven labels in all. None of the Cabinet Office's.

False positives
---------------
- Grants, care and compensation to people, whose names must not be published.
- Sums of small expenses, of which each is published elsewhere.

What would settle it
--------------------
The ledger of these payments, with names where the law allows it, and the ground for withholding others.

Worked example
--------------
With the default settings. Rows without a key name nobody. Hill paid two labels (A, B), one of them twice, in
two spellings; its euros are apart (C), and so is Dale (D), and who names no payer (E). Ash has a name. Where
no name is published at all, nothing was withheld. What came back counts off: of the last label nothing is
left.

payments:

| payment_id | payer_name | payee_name     | payee_key | date       | amount  | currency | finding |
|------------|------------|----------------|-----------|------------|---------|----------|---------|
| p01        | Hill       | REDACTED       |           | 2024-01-05 |    0.25 | GBP      | A       |
| p02        | Hill       | Redacted       |           | 2024-02-06 |    0.25 | GBP      | A       |
| p03        | Hill       | Various        |           | 2024-01-06 |   10.00 | GBP      | B       |
| p04        | Hill       | Various        |           | 2024-01-06 |   10.00 | EUR      | C       |
| p05        | Dale       | Various        |           | 2024-01-06 |   10.00 | GBP      | D       |
| p06        |            | Various        |           |            |   10.00 | GBP      | E       |
| p07        | Hill       | Ash            | name:ASH  | 2024-01-06 |   10.00 | GBP      |         |
| p08        | Hill       |                |           | 2024-01-06 |   10.00 | GBP      |         |
| p09        | Hill       | Sundry         |           | 2024-01-06 |   10.00 | GBP      |         |
| p10        | Hill       | Sundry         |           | 2024-01-06 |  -10.00 | GBP      |         |

References
----------
- ProjectPODER/groucho, generic names of suppliers; GAO, words of fictitious vendors.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._parties import party
from spendaudit.rules._payments import paid
from spendaudit.rules._rule import Params, Rule, Stage


class PayeeWithoutName(Params):
    """Settings of PAY010."""

    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="sums at or below this are left out"
    )


def find(tables: Tables, params: PayeeWithoutName) -> pl.LazyFrame:
    """Return one row per payer, label and currency."""
    nameless = tables["payments"].filter(pl.col("payee_key").is_null())
    labelled = nameless.with_columns(label=pl.col("payee_name").str.to_lowercase())
    found = paid(labelled, ("payer_key", "label", "currency"))
    return found.filter(pl.col("amount") > money(params.floor))


def tells(_params: PayeeWithoutName) -> dict[str, pl.Expr]:
    """Tell who paid, and what stands in the place of a name."""
    return {
        "payer_name": party("payer").min(),
        "label": pl.col("payee_name").min(),
        "categories": pl.col("category").n_unique(),
    }


RULE: Final = Rule(
    id="PAY010",
    name="payee-without-name",
    severity=Severity.LOW,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={"payments": frozenset({"payee_name", "amount", "currency"})},
    uses={"payments": frozenset({"payer_key", "payee_key", "date"})},
    shard_by=("payer_key",),
    params=PayeeWithoutName,
    find=find,
    tells=tells,
    message="{payer_name} paid {amount} to {label} (payments: {members}, categories: {categories})",
    page=__doc__,
    since="0.1",
)
