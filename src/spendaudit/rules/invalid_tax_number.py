"""A supplier's tax number does not fit the form or the check digit of its country.

Why it matters
--------------
A number with a slip in it names nobody, or somebody else. What the supplier received under it is missing from
every sum by supplier, no register and no list of sanctions knows it, and rules that look for repeated
purchases fall back on the name.

Formula
-------
Whether a number is valid was judged when the file was loaded, by the algorithm that its country publishes:
its length, its letters and its check digit. Rows of one source with the same number are one finding when

    the number is not valid

The finding says how many names stand beside the number. Its amount is what those rows add up to, when all are
in one currency.

Threshold
---------
None: a number is right or it is not. A check digit lets about one slip in ten or eleven pass, so that there
are somewhat more wrong numbers than findings. Numbers of one digit (`55.555.555-5`) and those that a tax
authority sets aside for anybody (`XAXX010101000`) stand for nobody and are not valid here.

How to read it:
- one number, one name: a slip of the pen, most likely, or a check digit that was left out;
- one number, many names: a placeholder that a form demanded.

False positives
---------------
- Foreign suppliers, whose numbers are right by the rules of another country. Numbers of the European Union
  that begin with the letters of their country are judged by that country's rules in all its members.
- Passports, and codes of the portal's own in place of a tax number, as public bodies have in Brazil. Of 9,516
  Peruvian direct awards of 2020, three numbers are wrong, and one stands for a name not yet told.
- Numbers with a digit more or less in old registers.

A number with a slip may be a person's: reports mask it and the name beside it, unless a legal form says that
a firm bears it (`--show-personal` shows both).

Rows without a number, and those whose number nobody can judge (masked by the portal, or of a country without
a published algorithm), are not what is asked about.

What would settle it
--------------------
A contract or invoice that bears the supplier's number, and the entry in the tax or company register.

Worked example
--------------
The first number has a wrong check digit and stands twice (A). `S/I` stands for two suppliers, in two
currencies (B); in the other source it is another finding (C). The valid number, a masked one and a row
without number are no findings.

contracts:

|source|contract_id|supplier_id |supplier_name|supplier_id_valid|award_date|amount|currency|finding|
|------|-----------|------------|-------------|-----------------|----------|------|--------|-------|
|portal|C-1        |76.990.001-3|Luna SpA     |no               |2024-06-03| 50.00|CLP     |A      |
|portal|C-2        |76.990.001-3|Luna SpA     |no               |2024-07-03| 70.00|CLP     |A      |
|portal|C-3        |S/I         |Luna SpA     |no               |2024-06-03| 50.00|CLP     |B      |
|portal|C-4        |S/I         |Marea Ltda.  |no               |2024-06-03| 10.00|USD     |B      |
|other |C-5        |S/I         |Marea Ltda.  |no               |2024-06-03| 10.00|USD     |C      |
|portal|C-6        |76.990.001-2|Luna SpA     |yes              |2024-06-03| 50.00|CLP     |       |
|portal|C-7        |***.990.001 |Luna SpA     |                 |2024-06-03| 50.00|CLP     |       |
|portal|C-8        |            |Luna SpA     |                 |2024-06-03| 50.00|CLP     |       |

References
----------
- Operação Serenata de Amor, *invalid CNPJ or CPF* classifier: check digits of suppliers' numbers.
- Open Tender Watch (identifiers that do not validate), and quality indicators for PLACSP (NIF check digit).
- python-stdnum, which gathers the published algorithms.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class InvalidTaxNumber(Params):
    """SUP004 has no settings."""


def find(tables: Tables, _params: InvalidTaxNumber) -> pl.LazyFrame:
    """Return one row per source and number that is not valid."""
    single = pl.when(pl.col("currency").n_unique() == 1)
    return (
        tables["contracts"]
        .filter(~pl.col("supplier_id_valid"))
        .group_by("source", "supplier_id")
        .agg(
            members=members(),
            amount=single.then(pl.col("amount").cast(TOTAL).sum()),
            currency=single.then(pl.col("currency").first()),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
        )
        .sort(pl.col("members").list.first(), "source")
        .select(FINDING.names())
    )


def tells(_params: InvalidTaxNumber) -> dict[str, pl.Expr]:
    """Tell the number, and the names that stand beside it."""
    return {
        "supplier_id": pl.col("supplier_id").first(),
        "supplier": pl.col("supplier_name").min(),
        "names": pl.col("supplier_name").drop_nulls().n_unique(),
    }


RULE: Final = Rule(
    id="SUP004",
    name="invalid-tax-number",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"supplier_id", "supplier_id_valid"})},
    uses={"contracts": frozenset({"source", "decision_date", "amount", "currency"})},
    # Where a portal publishes no tax numbers, there is nothing to ask.
    scope=lambda _params: pl.col("supplier_id_valid").is_not_null(),
    shard_by=("supplier_id",),
    params=InvalidTaxNumber,
    find=find,
    tells=tells,
    message="the number {supplier_id}, given for {supplier}, does not fit the form or check digit of its "
    "country: is it mistyped, incomplete or foreign? It stands in {members:row(s)}, beside {names:name(s)}.",
    page=__doc__,
    since="0.1",
)
