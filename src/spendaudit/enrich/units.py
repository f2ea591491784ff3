"""What a unit of account, such as Chile's UTM, was worth in each month."""

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable

from spendaudit.errors import DefinitionError

#: First day of a month -> units of the currency.
Values = Mapping[date, Decimal]


def read_units(table: Traversable) -> dict[str, Values]:
    """Read `unit,date,value,source_url`, one row a month; a month without a source is refused."""
    units: dict[str, dict[date, Decimal]] = {}
    with table.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            month = date.fromisoformat(row["date"])
            values = units.setdefault(row["unit"], {})
            if month.day != 1 or month in values or not row["source_url"].startswith("https://"):
                raise DefinitionError(
                    f"{table.name}: {row['unit']} of {month} is odd, repeated or has no source"
                )
            values[month] = Decimal(row["value"])
    return dict(units)


def month_after(month: date) -> date:
    """Return the first day of the month after the one that a day lies in."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
