"""United Kingdom: spending over a threshold, monthly, by departments and councils.

What it holds
-------------
One row per payment, or per part of a payment that was booked to its own expense type: who paid, whom, when,
how much, for what. Departments publish payments over 25 000 pounds in the layout of HM Treasury (Department
family, Entity, Date, Expense type, Expense area, Supplier, Transaction number, Amount). Councils publish
payments over 500 pounds with the columns that the Local Government Transparency Code names, under names and
in an order of their own.

How often
---------
Monthly by departments, at least quarterly by councils, each on its own site. There is no common address.

Licence
-------
Open Government Licence v3.0.

Caveats
-------
- Layouts change from one month to the next without notice: one council had thirteen headers. A column is
  recognised by its name, wherever it stands; a name that is not known is refused.
- Whether amounts include VAT depends on the publisher. A column called Net Amount leaves it out.
- Some councils do not name themselves in the file (Gateshead). The payer is empty then, and payments of two
  such files are not told apart by payer.
- Transaction numbers are not unique: a payment that was booked in parts has one number on several rows, and
  some bodies number each month from 1. Where lines are numbered too, `payment_id` is the number and the
  line.
- Gateshead publishes no day of payment; `date` is the day on which the ledger was updated.
- There is no identifier of the payee. Names that were taken out stay as they were published (REDACTED ...).
- Days stand before months in every file of this source. The American order is not read.
- Sums at the end of a file are put aside.
"""

from typing import Final

import polars as pl

from spendaudit.ingest.cells import constant, date, money, text, trimmed
from spendaudit.model.codelists import CURRENCY
from spendaudit.sources._source import Csv, Organisation, Output, Source

#: What publishers call each column, in any case. The names of HM Treasury come first.
NAMES: Final = {
    "Department family": "department(al)? family",
    "Entity": "entity|body name|organisation( name)?",
    "Body": "body",
    "Date": "date|date paid|date of payment|(invoice )?payment date|updated",
    "Expense type": r"expenses? type|expenditure category|spend level( 1)?|cipfsubj\(t\)",
    "Expense area": r"expense area|service area|service label|strategic group|strgrp\(t\)",
    "Description": r"description|item text|detailed expenditure type|spend level ?2|cipfsubs\(t\)",
    "Supplier": r"supplier( name| text| id\(t\))?|beneficiary|vendor( name)?",
    "Transaction number": "trans(action)? ?(number|no)",
    "Line": "seq(uence)? no",
    "Invoice number": "invoice (number|no)",
    "Amount": r"(net )?amount( ?\(?£\)?)?|£",
    "Service division": "service divisi?on label",
    "Expenditure code": "detailed expenditure code",
    "Capital or revenue": "capital or revenue",
    "Period": "period",
    "Supplier postcode": "(supplier )?post ?code",
    "VAT number": "(supplier )?vat registration number",
    "Supplier number": "(supplier|vendor) (id|number)",
}


SOURCE: Final = Source(
    id="gb_spend",
    page=__doc__,
    jurisdiction="GB",
    homepage="https://www.gov.uk/guidance/how-to-publish-central-government-spending-over-25000",
    licence="Open Government Licence v3.0",
    layout=Csv(encodings=("utf-8", "cp1252"), separator=","),
    names={name: f"(?i){pattern}" for name, pattern in NAMES.items()},
    optional=frozenset({"Entity", "Body", "Expense area", "Description", "Line", "Invoice number"}),
    rejected={
        # Where the words stand (`Grand Total`) differs, and some sums have none.
        "a sum of other rows": (trimmed("Date").is_null() & trimmed("Supplier").is_null())
        | trimmed("Supplier").str.contains("(?i)^(grand )?total:?$")
    },
    outputs=(
        Output(
            table="payments",
            columns={
                "payment_id": pl.when(trimmed("Transaction number").is_not_null()).then(
                    pl.concat_str(text("Transaction number"), text("Line"), separator="-", ignore_nulls=True)
                ),
                "date": date("Date", "%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y", "%d/%m/%y", "%d-%b-%y"),
                "payer_id": text("Body"),
                "payer_name": text("Entity"),
                "payee_name": text("Supplier"),
                "amount": money("Amount", decimal="."),
                "currency": constant("GBP", CURRENCY),
                "document_id": pl.coalesce(text("Invoice number"), text("Transaction number")),
                "description": pl.coalesce(text("Description"), text("Expense area")),
                "category": text("Expense type"),
            },
            organisations=(
                Organisation(role="payer", id="payer_id", name="payer_name", tax_id=False),
                Organisation(role="payee", id="payee_id", name="payee_name", tax_id=False),
            ),
        ),
    ),
    ignored=frozenset(
        # Groups of payers and of expenses, and their codes.
        {"Department family", "Service division", "Expenditure code", "Capital or revenue", "Period"}
        # Few publish them: a payee would have a number in one body's file and a name in the next one's.
        | {"VAT number", "Supplier number", "Supplier postcode"}
    ),
    personal=frozenset({"payee_name"}),
    expected={"payment_id": 0.95, "date": 1.0, "payee_name": 1.0, "amount": 1.0},
)
