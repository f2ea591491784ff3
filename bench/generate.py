"""Writes a seeded purchase-order file, payments and a budget, with a truth file of what was planted.

python bench/generate.py --lines 1000000 --seed 7 --out bench/data
"""

import argparse
import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

import budget
import cases
import concentration
import labels
import law
import order_cells
import payments
import plan
import planter
import render
import splits
import wording

#: One stream of random numbers for each step, so that a change of one leaves the others alone.
_BACKGROUND, _CASES, _PLACES, _SHARES, _WORDING, _NUMBERS, _TEXT, _LINES, _PAYMENTS, _BUDGET = range(10)

TRUTH = ("rule", "case", "kind", "variant", "table", "member", "row")
TruthRow = tuple[str, str, str, str, str, str, int | str]


def planned(size: plan.Size, seed: int) -> tuple[pl.DataFrame, list[cases.Case]]:
    """Lay out every order, and prove that only the planted ones are splits."""

    def stream(step: int) -> np.random.Generator:
        return np.random.default_rng([seed, step])

    planted = planter.plant(size, stream(_CASES))
    concentrated_buyers = concentration.chosen_buyers(size)
    others = [buyer for buyer in range(size.buyers) if buyer not in set(concentrated_buyers)]
    orders = cases.as_orders(planted, size, others, stream(_PLACES))
    supplier = int(orders["supplier"].to_numpy().max()) + 1
    most = len(concentrated_buyers) * law.MONTHS * concentration.PER_MONTH * concentration.LINES
    background = splits.without_splits(
        plan.draw_background(size, size.lines - int(orders["lines"].sum()) - most, stream(_BACKGROUND))
    )
    shares = concentration.concentrated(
        background, concentrated_buyers, supplier, len(planted), stream(_SHARES)
    )
    for place in range(len(concentrated_buyers)):
        kind = cases.PLANTED if place < len(concentrated_buyers) / 2 else cases.DECOY
        count = int((shares["case"] == len(planted)).sum())
        planted.append(cases.Case("share", [], [("CON001", kind, tuple(range(count)))]))
    everything = plan.with_lines(pl.concat([background, orders, shares]), size.lines, stream(_LINES))
    _prove(everything, planted)
    return everything, planted


def _prove(orders: pl.DataFrame, planted: list[cases.Case]) -> None:
    """Stop when the plain definitions do not find the planted cases and nothing else."""
    for rule, days in (("SPL001", splits.DAYS), ("SPL003", 0)):
        meant = {
            number
            for number, case in enumerate(planted)
            if any(claim[:2] == (rule, cases.PLANTED) for claim in case.claims)
        }
        if (found := splits.split_cases(orders, days)) != meant:
            message = f"{rule}: {len(found - meant)} cases by accident, {len(meant - found)} missed"
            raise RuntimeError(message)


def order_truth(orders: pl.DataFrame, planted: list[cases.Case]) -> Iterator[TruthRow]:
    """Say what the rules must find in the orders, one row a member."""
    rows = orders.filter(pl.col("case") != plan.BACKGROUND).select("case", "place", "code").iter_rows()
    code = {(case, place): code for case, place, code in rows}
    for number, case in enumerate(planted):
        for rule, kind, places in case.claims:
            for place in places:
                yield (rule, f"C{number}", kind, case.variant, "contracts", code[number, place], "")


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write aside, then rename, so that a file is complete or absent."""
    aside = path.with_suffix(".part")
    with aside.open("wb") as file:
        file.writelines(pieces)
    aside.rename(path)


def generate(lines: int, seed: int, folder: Path) -> None:
    """Write the three files and their truth."""
    size = plan.Size(lines)
    folder.mkdir(parents=True, exist_ok=True)
    orders, planted = planned(size, seed)
    suppliers = int(orders["supplier"].to_numpy().max()) + 1
    said = wording.wording(size.buyers, suppliers, np.random.default_rng([seed, _WORDING]))
    orders = order_cells.numbered(orders, said.buyers, np.random.default_rng([seed, _NUMBERS]))
    name = labels.label(lines)
    text = np.random.default_rng([seed, _TEXT])
    write(folder / f"orders_{name}.csv", render.written(orders, said, text))
    paid = payments.invented(size, np.random.default_rng([seed, _PAYMENTS]))
    write(folder / f"payments_{name}.csv", [payments.written(paid).encode()])
    lines_of_budget = budget.invented(np.random.default_rng([seed, _BUDGET]))
    write(folder / "budget.csv", [budget.written(lines_of_budget)])
    rows = [*order_truth(orders, planted), *payments.truth(paid), *budget.truth(lines_of_budget)]
    truth = io.StringIO()
    writer = csv.writer(truth, lineterminator="\n")
    writer.writerow(TRUTH)
    writer.writerows(rows)
    write(folder / f"truth_{name}.csv", [truth.getvalue().encode()])


def main() -> None:
    """Read the options and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("bench/data"))
    asked = parser.parse_args()
    generate(asked.lines, asked.seed, asked.out)


if __name__ == "__main__":
    main()
