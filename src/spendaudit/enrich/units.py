"""What a unit of account, such as Chile's UTM, was worth in each month."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable

from spendaudit.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Worth:
    """What a unit was worth in a month, in the currency, and where that was read."""

    amount: Decimal
    source: str


#: First day of a month -> its worth.
Values = Mapping[date, Worth]


def read_units(table: Traversable) -> dict[str, Values]:
    """Read `unit,date,value,source_url`, one row a month; a month without a source is refused."""
    units: dict[str, dict[date, Worth]] = {}
    with table.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            month = date.fromisoformat(row["date"])
            values = units.setdefault(row["unit"], {})
            if month.day != 1 or month in values or not row["source_url"].startswith("https://"):
                raise DefinitionError(
                    f"{table.name}: {row['unit']} of {month} is odd, repeated or has no source"
                )
            values[month] = Worth(Decimal(row["value"]), row["source_url"])
    return dict(units)


def month_after(month: date) -> date:
    """Return the first day of the month after the one that a day lies in."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
