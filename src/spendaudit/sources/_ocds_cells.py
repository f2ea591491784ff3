"""What cells do releases, their contracts, awards and bids become? Those of `_ocds_rows`, by columns.

Columns that come in are named by their paths: those of contracts and awards in a row follow `contracts/` and
`awards/`, what is known of their release has none before it.
"""

from typing import Final

import polars as pl

from spendaudit.sources._ocds_parts import PLACE, RELEASE
from spendaudit.sources._ocds_rows import NO_DAY

_FRAMEWORK: Final = "framework"


def of_releases(releases: pl.DataFrame) -> pl.DataFrame:
    """Give what holds for every row of a release; who takes part is known by others."""
    start, end = (pl.col(f"tender/tenderPeriod/{name}Date") for name in ("start", "end"))
    category, others = pl.col("tender/mainProcurementCategory"), "tender/additionalProcurementCategories"
    alone = releases[others].null_count() == releases.height
    return releases.select(
        "ocid",
        method=pl.col("tender/procurementMethod"),
        method_details=pl.col("tender/procurementMethodDetails"),
        category=category,
        category_details=category if alone else _joined(category, _words(others)),
        tender_start=_day(start),
        tender_end=_day(end),
        tender_start_time=start,
        tender_end_time=end,
        tender_status=pl.col("tender/status"),
    )


def frameworks(processes: pl.DataFrame, releases: int) -> pl.Series:
    """Name the first framework that each release is related to, by its rows of related processes."""
    of_frameworks = processes.filter(_words("relationship").list.contains(_FRAMEWORK).fill_null(value=False))
    first = of_frameworks.unique(RELEASE, keep="first")
    names = pl.repeat(None, releases, dtype=pl.String, eager=True)
    return names.scatter(first[RELEASE], first["identifier"])


def of_contracts(stated: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of contracts, each with its award and what its release says of the tender."""
    of_award = pl.when("alone").then("awards/value/amount")
    currency_of_award = pl.when("alone").then("awards/value/currency")
    amount, currency = pl.col("contracts/value/amount"), pl.col("contracts/value/currency")
    asked, asked_currency = pl.col("tender/value/amount"), pl.col("tender/value/currency")
    currency = (
        pl.when(amount.is_not_null())
        .then(currency)
        .when(of_award.is_not_null())
        .then(currency_of_award)
        .otherwise(pl.coalesce(currency, currency_of_award))
    )
    award_name, coded = _name("awards"), pl.col("items/id").is_not_null()
    return stated.select(
        contract_id=pl.coalesce(_name("contracts"), award_name, pl.col("ocid") + "/tender"),
        supplier_id=_supplier("number"),
        supplier_name=_supplier("name"),
        item_code=pl.coalesce("items/id", "tender/classification/id"),
        item_scheme=pl.when(coded).then("items/scheme").otherwise("tender/classification/scheme"),
        title=_first("title", "contracts", "awards", "tender"),
        description=_first("description", "contracts", "awards", "tender"),
        award_date=_day(pl.col("awards/date")),
        date_signed=_day(pl.col("contracts/dateSigned")),
        contract_start=_day(_in_force("startDate")),
        contract_end=_day(_in_force("endDate")),
        published_date=_day(_first("datePublished", "awards", "tender")),
        amount=pl.coalesce(amount, of_award),
        currency=pl.coalesce(currency, pl.when(asked.is_not_null()).then(asked_currency)),
        tender_amount=pl.when(currency.is_null() | (currency == asked_currency)).then(asked),
        amendments=pl.when(pl.col("amendments") > 0).then("amendments").cast(pl.String),
        status=_first("status", "contracts", "awards", "tender"),
        url=pl.coalesce(_first("uri", "contracts", "awards"), _first("url", "contracts", "awards", "tender")),
        award_id=award_name,
        award_status=pl.col("awards/status"),
        supplier_refs=_supplier("references"),
    )


def _name(owner: str) -> pl.Expr:
    """Name awards or contracts: publishers number them from 1 in every process."""
    number, place = pl.col(f"{owner}/id"), pl.col(f"{owner}/{PLACE}").cast(pl.String)
    start = pl.col("ocid") + f"/{owner}"
    return pl.coalesce(start + "/" + number, start + "[" + place + "]")


def _supplier(what: str) -> pl.Expr:
    return pl.when("contracts/acting").then(f"contracts/acting/{what}").otherwise(f"awards/acting/{what}")


def _in_force(end: str) -> pl.Expr:
    return (
        pl.when("contracts/period")
        .then(f"contracts/period/{end}")
        .when("awards/contractPeriod")
        .then(f"awards/contractPeriod/{end}")
        .otherwise(f"tender/contractPeriod/{end}")
    )


def of_items(items: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of items."""
    return items.select(
        line=pl.coalesce("id", pl.col(PLACE).cast(pl.String)),
        item_code=pl.col("classification/id"),
        item_scheme=pl.col("classification/scheme"),
        description=pl.coalesce("description", "classification/description"),
        quantity=pl.col("quantity"),
        unit=pl.col("unit/name"),
        unit_price=pl.col("unit/value/amount"),
        currency=pl.col("unit/value/currency"),
    )


def of_amendments(amendments: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of amendments."""
    return amendments.select(
        number=pl.coalesce("id", pl.col(PLACE).cast(pl.String)),
        date=_day(pl.col("date")),
        reason=pl.coalesce("rationale", "description"),
    )


def of_bids(bids: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of bids."""
    return bids.select(
        RELEASE,
        "ocid",
        bidder_id=pl.col("acting/number"),
        bidder_name=pl.col("acting/name"),
        bidder_refs=pl.col("acting/references"),
        amount=pl.col("value/amount"),
        currency=pl.col("value/currency"),
        status=pl.col("status"),
        date=_day(pl.col("date")),
        time=pl.col("date"),
    )


def _first(name: str, *owners: str) -> pl.Expr:
    return pl.coalesce(f"{owner}/{name}" for owner in owners)


def _words(column: str) -> pl.Expr:
    """Take the words of lists without the blanks around them, and without those that are only blanks."""
    word = pl.element().str.strip_chars()
    return pl.col(column).list.eval(word.filter(word != ""))


def _joined(first: pl.Expr, others: pl.Expr) -> pl.Expr:
    words = pl.concat_list(first, others.fill_null([])).list.drop_nulls()
    return pl.when(words.list.len() > 0).then(words.list.join("; "))


def _day(moment: pl.Expr) -> pl.Expr:
    """Cut the hours off a moment: the day is the one that the publisher wrote, wherever it was noon then."""
    mark = moment.str.slice(10, 1)
    day = pl.when((mark == "T") | (mark == " ")).then(moment.str.head(10)).otherwise(moment)
    return pl.when(~day.is_in(sorted(NO_DAY))).then(day)
