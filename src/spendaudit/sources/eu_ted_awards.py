"""European Union: contract award notices of TED, the yearly CSV files until 2023.

What it holds
-------------
Awards above the European thresholds, in the countries of the European Economic Area and some others: one row
per contract that was awarded, of the standard forms of the Official Journal (export_CAN).

How often
---------
Yearly, from 2006 to 2023. Notices in the newer form (eForms), optional from November 2022 and the only one
from October 2023, are not among them: the files of those years thin out.

Licence
-------
Commission reuse decision 2011/833/EU: free, with the source named.

Caveats
-------
- The files are not in this project's reach. The 75 columns, the two forms of dates and that awards stand on
  several rows were taken from public code that reads them, years 2015 to 2023. Earlier years may differ: they
  are refused with the name of the column then.
- Dates are `22/12/16`, day first, from 2017 on, and `23-DEC-14` before. No other form is read: `03/31/17` is
  put aside, not turned round.
- An award that stands on several rows (for its lots, or criteria) is one contract; rows that give it another
  winner, value or date are put aside.
- `amount` is AWARD_VALUE_EURO: without VAT, converted to euros by TED, and empty where the buyer kept it to
  himself. The columns that end in FIN are the Commission's estimates and are left out. Some values are typing
  errors by a factor of a thousand or a million.
- An award to a group is one row with its winners joined by `---`. It is one party here, under all names.
- Awards without a winner (INFO_ON_NON_AWARD) and notices that were cancelled later are put aside.
- `buyer_region` is the buyer's country. Numbers are kept where they begin with the letters of their country,
  as VAT numbers do: other national numbers come in every spelling, and cannot be told apart. A key made of a
  name says the buyer's country too: namesakes in two countries are two parties, and so is a winner without
  such a number that also wins abroad.
- NUMBER_OFFERS is as entered; some enter 0, or 999.
- `published_date` is the day on which the notice was sent to TED, a few days before it appeared.
- `contract_id` is the notice and the award in it. CONTRACT_NUMBER is the buyer's own and not unique.
"""

from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, code, constant, date, integer, money, text, trimmed
from spendaudit.model.codelists import CATEGORY, CURRENCY, LEVEL, METHOD
from spendaudit.sources._releases import Downloads, yearly
from spendaudit.sources._source import Csv, Organisation, Output, Source

#: TOP_TYPE, by the codebook of TED CSV; another code is unknown.
METHODS: Final = {
    "OPE": "open",
    "RES": "selective",
    "NIC": "selective",
    "COD": "selective",
    "INP": "selective",
    "AWP": "direct",
    "NOC": "direct",
    "NOP": "direct",
    "NOC/NOP": "direct",
}

CATEGORIES: Final = {"W": "works", "U": "goods", "S": "services"}

#: CAE_TYPE: ministries and national agencies. Authorities of regions and of towns are one code.
LEVELS: Final = {"1": "national", "N": "national"}

AWARD: Final = "@award"


def _day(column: str) -> Cell:
    return date(column, "%d/%m/%y", "%d-%b-%y")


def _vat_number(column: str, country: str) -> pl.Expr:
    """Take a number that begins with the letters of its country (Greece writes EL) and is long enough."""
    number = text(column)
    own = number.str.to_uppercase().str.starts_with(text(country).replace({"GR": "EL"}))
    return pl.when(own & number.str.contains(r"^\w\w[\s.-]*\w[\w\s.+*-]{6,13}$")).then(number)


SOURCE: Final = Source(
    id="eu_ted_awards",
    page=__doc__,
    jurisdiction="EU",
    homepage="https://data.europa.eu/data/datasets/ted-csv",
    licence="Commission reuse decision 2011/833/EU",
    layout=Csv(encodings=("utf-8",), separator=","),
    derived={AWARD: pl.concat_str(trimmed("ID_NOTICE_CAN"), trimmed("ID_AWARD"), separator="-")},
    rejected={
        "nothing was awarded": trimmed("INFO_ON_NON_AWARD").is_not_null(),
        "a notice that was cancelled later": trimmed("CANCELLED") == "1",
    },
    outputs=(
        Output(
            table="contracts",
            columns={
                "contract_id": pl.col(AWARD),
                "tender_id": text("ID_NOTICE_CAN"),
                "buyer_id": _vat_number("CAE_NATIONALID", "ISO_COUNTRY_CODE"),
                "buyer_name": text("CAE_NAME"),
                "buyer_level": code("CAE_TYPE", LEVELS, LEVEL),
                "buyer_region": text("ISO_COUNTRY_CODE"),
                "supplier_id": _vat_number("WIN_NATIONALID", "WIN_COUNTRY_CODE"),
                "supplier_name": text("WIN_NAME"),
                "procurement_method": code("TOP_TYPE", METHODS, METHOD),
                "procurement_method_details": text("TOP_TYPE"),
                "main_procurement_category": code("TYPE_OF_CONTRACT", CATEGORIES, CATEGORY),
                "main_procurement_category_details": text("TYPE_OF_CONTRACT"),
                "item_code": text("CPV"),
                "item_scheme": pl.when(trimmed("CPV").is_not_null()).then(constant("CPV")),
                "title": text("TITLE"),
                "award_date": _day("DT_AWARD"),
                "published_date": _day("DT_DISPATCH"),
                "amount": money("AWARD_VALUE_EURO", decimal="."),
                "currency": constant("EUR", CURRENCY),
                "tax_included": pl.lit(value=False),
                "tender_amount": money("AWARD_EST_VALUE_EURO", decimal="."),
                "number_of_tenderers": integer("NUMBER_OFFERS"),
                "url": text("TED_NOTICE_URL"),
            },
            one_per=AWARD,
            repeated=("supplier_name", "amount", "award_date"),
            organisations=(
                Organisation(
                    role="buyer", id="buyer_id", name="buyer_name", tax_id=True, apart="buyer_region"
                ),
                Organisation(
                    role="supplier", id="supplier_id", name="supplier_name", tax_id=True, apart="buyer_region"
                ),
            ),
        ),
    ),
    ignored=frozenset(
        {"YEAR", "ID_TYPE", "XSD_VERSION", "CORRECTIONS", "CONTRACT_NUMBER", "INFO_UNPUBLISHED"}
        # More about the buyer: others it buys with or for, its place and activity.
        | {"B_MULTIPLE_CAE", "CAE_ADDRESS", "CAE_TOWN", "CAE_POSTAL_CODE", "CAE_GPA_ANNEX"}
        | {"ISO_COUNTRY_CODE_GPA", "B_MULTIPLE_COUNTRY", "ISO_COUNTRY_CODE_ALL", "EU_INST_CODE"}
        | {"MAIN_ACTIVITY", "B_ON_BEHALF", "B_INVOLVES_JOINT_PROCUREMENT", "B_AWARDED_BY_CENTRAL_BODY"}
        # More about the procedure: place, lots, criteria, frameworks.
        | {"TAL_LOCATION_NUTS", "B_FRA_AGREEMENT", "FRA_ESTIMATED", "B_FRA_CONTRACT", "B_DYN_PURCH_SYST"}
        | {"MAIN_CPV_CODE_GPA", "ID_LOT", "ADDITIONAL_CPVS", "B_GPA", "GPA_COVERAGE", "LOTS_NUMBER"}
        | {"B_EU_FUNDS", "B_ACCELERATED", "OUT_OF_DIRECTIVES", "CRIT_CODE", "CRIT_PRICE_WEIGHT"}
        | {"CRIT_CRITERIA", "CRIT_WEIGHTS", "B_ELECTRONIC_AUCTION", "NUMBER_AWARDS", "ID_LOT_AWARDED"}
        # Values of the whole notice, and estimates.
        | {"VALUE_EURO", "VALUE_EURO_FIN_1", "VALUE_EURO_FIN_2", "AWARD_VALUE_EURO_FIN_1"}
        # More about the winner and the bids.
        | {"B_AWARDED_TO_A_GROUP", "WIN_ADDRESS", "WIN_TOWN", "WIN_POSTAL_CODE"}
        | {"B_CONTRACTOR_SME", "B_SUBCONTRACTED", "NUMBER_TENDERS_SME", "NUMBER_TENDERS_OTHER_EU"}
        | {"NUMBER_TENDERS_NON_EU", "NUMBER_OFFERS_ELECTR"}
    ),
    personal=frozenset({"supplier_id", "supplier_name"}),
    expected={
        "contract_id": 0.99,
        "buyer_name": 0.99,
        "supplier_name": 0.9,
        "procurement_method": 0.99,
        "award_date": 0.9,
        "amount": 0.6,
    },
    downloads=Downloads(
        partial(
            yearly,
            "https://data.europa.eu/api/hub/store/data/ted-contract-award-notices-{year}.zip",
            since="2006",
            until="2023",
        )
    ),
)
