"""Tells what statistical rules find where there is nothing to find: in contracts and bids drawn by chance.

    python bench/chance.py --rows 100000

Prices, amounts, methods, numbers of bids and suppliers are drawn apart from each other, from the
distributions that such data usually have: amounts are log-normal, bids are up to a third above the lowest.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules import load_rules
from spendaudit.rules._rule import Rule

#: Rules that ask what is unusual, or more than chance would bring.
STATISTICAL: Final = (
    *("BID001", "BID002", "COM002", "COM004", "CON008", "DQ005", "PRC004", "PRC005", "PRC006", "PRC009"),
    *("SPL005", "TIM009"),
)
_BUYERS: Final = 400
#: Suppliers of a buyer; neighbours share some.
_SUPPLIERS: Final = 10
_CODES: Final = 40
_LIMIT: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Share:
    """What one rule found among rows that were drawn by chance."""

    rule: str
    judged: int
    flagged: int

    @property
    def percent(self) -> float:
        """How many of a hundred that it could judge."""
        return 100 * self.flagged / self.judged if self.judged else 0.0


def _typed(name: str, columns: dict[str, Any]) -> pl.LazyFrame:
    """Give a table all its columns and types; money has two decimals."""
    rows = pl.DataFrame(columns).with_row_index("row", offset=1)
    have = set(rows.columns)
    given = {"source": pl.lit("chance"), "file": pl.lit("chance")}
    return rows.select(
        (pl.col(column) if column in have else given.get(column, pl.lit(None))).cast(dtype).alias(column)
        for column, dtype in SCHEMAS[name].items()
    ).lazy()


def _named(letter: str, numbers: np.ndarray[Any, Any]) -> list[str]:
    return [f"{letter}{number}" for number in numbers]


def drawn(rows: int, seed: int) -> Tables:
    """Draw contracts, their items and their bids."""
    rng = np.random.default_rng(seed)
    buyer = rng.integers(_BUYERS, size=rows)
    supplier = buyer * 7 + rng.integers(_SUPPLIERS, size=rows)
    # A supplier has a trade; one contract in twenty is of another.
    code = np.where(rng.random(rows) < 0.95, supplier, rng.integers(_CODES, size=rows)) % _CODES
    amount = np.round(np.exp(rng.normal(14.5, 1.2, rows)), 2)
    day = np.datetime64("2022-01-01") + rng.integers(1096, size=rows)
    names = _named("c", np.arange(rows))
    method = rng.choice(["open", "limited", "direct"], rows, p=[0.6, 0.2, 0.2])
    contracts = {
        "contract_id": names,
        "tender_id": names,
        "award_id": names,
        **{f"buyer_{kind}": _named("B", buyer) for kind in ("id", "name", "key")},
        **{f"supplier_{kind}": _named("S", supplier) for kind in ("id", "name", "key")},
        "procurement_method": method,
        "main_procurement_category": ["goods"] * rows,
        "item_code": [f"{30 + number}110000" for number in code],
        "item_scheme": ["CPV"] * rows,
        "decision_date": day,
        "award_date": day,
        "date_basis": ["award_date"] * rows,
        "amount": amount,
        "tender_amount": np.round(amount * rng.uniform(0.95, 1.25, rows), 2),
        "currency": ["CLP"] * rows,
        "limit": [_LIMIT] * rows,
        "number_of_tenderers": 1 + rng.poisson(2.5, rows),
        "status": ["active"] * rows,
    }
    price = np.round(np.exp(8 + code / 10 + rng.normal(0, 0.4, rows)), 2)
    items = {
        "contract_id": names,
        "item_code": contracts["item_code"],
        "item_scheme": contracts["item_scheme"],
        "unit": ["unit"] * rows,
        "quantity": rng.integers(1, 100, rows),
        "unit_price": price,
        "amount": price,
        "currency": contracts["currency"],
    }
    others = rng.integers(1, 5, rows)
    which = np.repeat(np.arange(rows), others)
    rivals = [*supplier, *(supplier[which] + 1 + rng.integers(_BUYERS, size=len(which)))]
    bids = {
        "tender_id": [*names, *(names[place] for place in which)],
        "bidder_id": _named("S", np.array(rivals)),
        "bidder_name": _named("S", np.array(rivals)),
        "amount": np.round([*amount, *(amount[which] * rng.uniform(1.001, 1.33, len(which)))], 2),
        "currency": ["CLP"] * len(rivals),
        "status": ["valid"] * len(rivals),
    }
    return Tables(
        {
            "contracts": _typed("contracts", contracts),
            "items": _typed("items", items),
            "bids": _typed("bids", bids),
        }
    )


def asked(rule: Rule[Any], tables: Tables) -> Share:
    """Count the rows that a rule flags, of those it can judge."""
    params = rule.params()
    judged = tables[rule.subject].filter(rule.judged(rule.subject, params)).select(pl.len())
    flagged = rule.plan(tables, params).select(pl.col("members").explode().n_unique())
    return Share(rule.id, judged.collect().item(), flagged.collect().item())


def shares(rows: int, seed: int) -> Iterator[Share]:
    """Ask every statistical rule."""
    tables = drawn(rows, seed)
    for identifier in STATISTICAL:
        yield asked(load_rules()[identifier], tables)


def main() -> None:
    """Print a line for each rule."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    for share in shares(given.rows, given.seed):
        print(json.dumps(asdict(share) | {"percent": round(share.percent, 4)}), flush=True)


if __name__ == "__main__":
    main()
