"""Plants the worked examples of rules among ordinary rows, many times over, and asks the rules again.

    spendaudit audit bench/data/orders_1m.csv bench/data/payments_1m.csv bench/data/budget.csv --store STORE
    python bench/copies.py STORE --copies 100

Each copy has parties, tenders, contracts and data sources of its own. The findings of an example are what
is planted; all its other rows, at the edges of limits and windows, and like a finding in all but one key,
are decoys. A rule is right when it finds every copy's findings, and what it finds without the copies, and
nothing else.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules import load_rules
from spendaudit.rules._example import Example, read_example
from spendaudit.rules._rule import Rule

Place = tuple[str, int]
Rows = Counter[frozenset[Place]]

#: Columns of texts that tell whose a row is, beside all that end like an identifier.
_OWN: Final = frozenset({"source", "file", "buyer_region"})
_ENDINGS: Final = ("_id", "_name", "_key", "_ref", "_refs")
#: Rules that hold rows of all copies together, and so are planted once: those of payers that nobody names,
#: and those with one address.
_ONCE: Final = frozenset({"PAY007", "SUP007"})


@dataclass(frozen=True, slots=True)
class Score:
    """How one rule did."""

    rule: str
    #: Rows of the subject among which the copies stand.
    among: int
    planted: int
    #: Planted findings that were found, row for row.
    found: int
    #: Rows of the copies that are in no finding of their example.
    decoys: int
    #: Findings that are neither planted nor there without the copies.
    unplanted: int
    #: Findings among the ordinary rows that the copies made disappear.
    lost: int

    @property
    def right(self) -> bool:
        """Tell whether recall and precision are 1."""
        return self.found == self.planted and not self.unplanted and not self.lost


def read_background(store: Path) -> dict[str, pl.DataFrame]:
    """Read the tables of a store, with all columns that the model knows."""
    found = {}
    for folder in sorted((store / "tables").iterdir()):
        schema = SCHEMAS[folder.name]
        rows = pl.scan_parquet(folder / "**/*.parquet", hive_partitioning=True, missing_columns="insert")
        have = set(rows.collect_schema().names())
        columns = [
            (pl.col(name) if name in have else pl.lit(None, dtype)).cast(dtype).alias(name)
            for name, dtype in schema.items()
        ]
        found[folder.name] = rows.select(columns).collect()
    return found


def copied(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Give all that tells whose a row is a number at its end, each of several; nothing stays nothing."""
    several = f" {number}; "
    own = [
        (pl.col(name).cast(pl.String).str.replace_all("; ", several, literal=True) + f" {number}").cast(dtype)
        for name, dtype in frame.schema.items()
        if dtype.is_(pl.String) or isinstance(dtype, pl.Categorical)
        if name in _OWN or name.endswith(_ENDINGS)
    ]
    copy = frame.with_columns(own)
    if "payment_id" not in frame.columns:
        return copy
    # The number of a line begins with its document's: so does that of its copy.
    payment, document = pl.col("payment_id"), pl.col("document_id")
    behind = pl.when(payment.str.starts_with(document)).then(payment.str.strip_prefix(document))
    line = document + frame.select(behind).to_series()
    return copy.with_columns(payment_id=pl.coalesce(line, payment))


def planted(example: Example, background: Mapping[str, pl.DataFrame], copies: int) -> Tables:
    """Put copies of an example among ordinary rows."""
    tables = {}
    for name, frame in example.tables.frames.items():
        rows = frame.collect()
        parts = [copied(rows, number) for number in range(copies)]
        if name in background:
            parts.append(background[name])
        tables[name] = pl.concat(parts).lazy()
    return Tables(tables)


def _asked(rule: Rule[Any], tables: Tables) -> Rows:
    found = rule.plan(tables, rule.params()).collect(engine="streaming")
    return Counter(
        frozenset((member["file"], member["row"]) for member in members) for members in found["members"]
    )


def scored(rule: Rule[Any], background: Mapping[str, pl.DataFrame], copies: int) -> Score:
    """Ask one rule, with the copies and without."""
    example = read_example(rule.page)
    copies = 1 if rule.id in _ONCE else copies
    subject = example.tables[rule.subject].select("file", "row").collect()
    alone = Tables(
        {
            name: background.get(name, frame.collect().clear()).lazy()
            for name, frame in example.tables.frames.items()
        }
    )
    places = dict(zip(subject["row"], subject["file"], strict=True))
    meant: Rows = Counter(
        frozenset((f"{places[row]} {number}", row) for row in rows)
        for number in range(copies)
        for rows in example.expected
    )
    natural = _asked(rule, alone)
    found = _asked(rule, planted(example, background, copies))
    members = frozenset[int]().union(*example.expected)
    return Score(
        rule=rule.id,
        among=background[rule.subject].height if rule.subject in background else 0,
        planted=meant.total(),
        found=(found & meant).total(),
        decoys=copies * (subject.height - len(members)),
        unplanted=(found - meant - natural).total(),
        lost=(natural - found).total(),
    )


def scores(background: Mapping[str, pl.DataFrame], copies: int, asked: list[str]) -> Iterator[Score]:
    """Score the rules that are asked for, or all."""
    rules = load_rules()
    for identifier in asked or list(rules):
        yield scored(rules[identifier], background, copies)


def main() -> int:
    """Print a line for each rule."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path, help="a store of normalised data")
    parser.add_argument("rules", nargs="*", metavar="ID", help="rules (all)")
    parser.add_argument("--copies", type=int, default=20, help="how often each example is planted")
    parser.add_argument("--check", action="store_true", help="fail when a rule is wrong")
    asked = parser.parse_args()
    wrong = 0
    for score in scores(read_background(asked.store), asked.copies, asked.rules):
        wrong += not score.right
        print(json.dumps(asdict(score) | {"right": score.right}), flush=True)
    return 1 if wrong and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
