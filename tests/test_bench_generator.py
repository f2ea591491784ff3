"""The benchmark's data: laid out like the portal's, and its truth is what plain definitions find in it."""

import csv
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from stdnum.cl import rut

from spendaudit.sources import load_sources

BENCH = Path(__file__).parents[1] / "bench"
LINES = 5_000

Row = dict[str, str]
Cases = set[frozenset[str]]


def generate(folder: Path, seed: int) -> Path:
    options = (f"--lines={LINES}", f"--seed={seed}", f"--out={folder}")
    command = [sys.executable, str(BENCH / "generate.py"), *options]
    subprocess.run(command, check=True, timeout=60)  # noqa: S603
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("bench"), 7)


@pytest.fixture(scope="module")
def law() -> ModuleType:
    spec = spec_from_file_location("law", BENCH / "law.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def lines(folder: Path) -> list[Row]:
    with (folder / "orders_5k.csv").open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file, delimiter=";", strict=True))


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


@dataclass(frozen=True)
class Order:
    code: str
    group: tuple[str, str, str, str]
    day: date
    total: Decimal
    limit: Decimal | None


@pytest.fixture(scope="module")
def orders(lines: list[Row], law: ModuleType) -> list[Order]:
    first = {row["Codigo"]: row for row in reversed(lines)}
    return [
        Order(
            row["Codigo"],
            (
                row["CodigoOrganismoPublico"],
                row["RutSucursal"],
                row["TipoMonedaOC"],
                row["CodigoAbreviadoTipoOC"],
            ),
            date.fromisoformat(row["FechaEnvio"]),
            number(row["MontoTotalOC"]),
            limit_of(row, law),
        )
        for row in first.values()
    ]


def limit_of(row: Row, law: ModuleType) -> Decimal | None:
    kind = row["CodigoAbreviadoTipoOC"]
    name = row["CodigoLicitacion"][-4:-2] if kind == "SE" else kind
    day = np.array([row["FechaEnvio"]], "datetime64[D]")
    ceiling = int(law.ceiling(day, np.array([law.METHODS.index(name)], np.int8))[0])
    return Decimal(ceiling) / law.PLACES if ceiling and row["TipoMonedaOC"] == "CLP" else None


def told(folder: Path, rule: str, kind: str) -> Cases:
    members = defaultdict(set)
    with (folder / "truth_5k.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (row["rule"], row["kind"]) == (rule, kind):
                members[row["case"]].add(row["row"] or row["member"])
    return {frozenset(codes) for codes in members.values()}


def splits(orders: Iterable[Order], days: int) -> Cases:
    """Join the windows of parts at or under their limits whose sum is over the highest of these."""
    groups = defaultdict(list)
    for order in orders:
        if order.limit and 0 < order.total <= order.limit:
            groups[order.group].append(order)
    found: Cases = set()
    for parts in groups.values():
        for first in parts:
            window = [part for part in parts if 0 <= (part.day - first.day).days <= days]
            limits = [part.limit for part in window if part.limit]
            if len(window) > 1 and sum(part.total for part in window) > max(limits):
                codes = frozenset(part.code for part in window)
                joined = {other for other in found if other & codes}
                found = (found - joined) | {codes.union(*joined)}
    return found


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again, other = generate(tmp_path / "again", 7), generate(tmp_path / "other", 8)

    for path in folder.iterdir():
        digest = sha256(path.read_bytes()).digest()
        assert digest == sha256((again / path.name).read_bytes()).digest()
        assert digest != sha256((other / path.name).read_bytes()).digest()


def test_the_header_is_the_one_that_the_source_reads(lines: list[Row]) -> None:
    header = load_sources()["cl_mercado_publico_orders"].read_header(list(lines[0]))

    assert len(header.names) == 78
    assert (header.gone, header.new) == (frozenset(), frozenset())


def test_every_record_is_whole_and_orders_stand_together(folder: Path, lines: list[Row]) -> None:
    text = (folder / "orders_5k.csv").read_bytes()
    codes = [row["Codigo"] for row in lines]
    months = [row["FechaEnvio"][:7] for row in lines]
    changes = sum(one != other for one, other in pairwise(codes))

    assert len(lines) == LINES
    assert not any(None in row.values() for row in lines)
    assert changes == len(set(codes)) - 1
    assert months == sorted(months)
    assert text.endswith(b'"\r\n')
    assert any("\n" in row["EspecificacionComprador"] for row in lines)
    assert "Ñ".encode("latin-1") in text


def test_totals_add_up_to_the_cent(lines: list[Row]) -> None:
    parts = defaultdict(list)
    for row in lines:
        parts[row["Codigo"]].append(row)

    for rows in parts.values():
        net = sum(number(row["totalLineaNeto"]) for row in rows)
        tax = sum(number(row["totalImpuestos"]) for row in rows)
        assert {number(row["MontoTotalOC"]) for row in rows} == {net + tax}
        assert tax == net * number(rows[0]["PorcentajeIva"]) / 100
        assert all(
            number(row["precioNeto"]) * int(row["cantidad"]) == number(row["totalLineaNeto"]) for row in rows
        )


def test_tax_numbers_have_their_check_digit(lines: list[Row]) -> None:
    numbers = {row[column] for row in lines for column in ("RutSucursal", "RutUnidadCompra")}

    assert {number for number in numbers if not rut.is_valid(number)} == set()


@pytest.mark.parametrize(("rule", "days"), [("SPL001", 30), ("SPL003", 0)])
def test_splits_are_the_planted_ones_and_no_others(
    folder: Path, orders: list[Order], rule: str, days: int
) -> None:
    found = splits(orders, days)

    assert found == told(folder, rule, "planted")
    assert frozenset().union(*found).isdisjoint(frozenset().union(*told(folder, rule, "decoy")))


def test_orders_above_their_own_ceiling_are_the_planted_ones(folder: Path, orders: list[Order]) -> None:
    above = {frozenset({order.code}) for order in orders if order.limit and order.total > order.limit}

    assert above == told(folder, "SPL006", "planted")


def test_payments_made_twice_are_the_planted_ones(folder: Path) -> None:
    rows = defaultdict(list)
    taken_back: dict[tuple[str, ...], int] = defaultdict(int)
    with (folder / "payments_5k.csv").open(encoding="utf-8", newline="") as file:
        for place, row in enumerate(csv.DictReader(file), start=2):
            key = (
                row["Entity"],
                row["Supplier"],
                row["Date"],
                row["Transaction number"],
                row["Amount"].lstrip("-"),
            )
            if row["Amount"].startswith("-"):
                taken_back[key] += 1
            else:
                rows[key].append(str(place))
    left = {frozenset(places) for key, places in rows.items() if len(places) - taken_back[key] > 1}

    assert left == told(folder, "PAY001", "planted")


def test_roll_up_rows_add_up_and_overruns_are_the_planted_ones(folder: Path) -> None:
    with (folder / "budget.csv").open(encoding="latin-1", newline="") as file:
        body = list(csv.reader(file, delimiter=";", quoting=csv.QUOTE_NONE))[1:]
    amounts = {tuple(filter(None, row[:6])): [int(cell) for cell in row[8:]] for row in body}
    below = defaultdict(list)
    for codes in amounts:
        below[codes[:-1]].append(codes)
    leaves = {
        str(place): amounts[codes] for place, codes in enumerate(amounts, start=2) if codes not in below
    }

    for codes, parts in below.items():
        if codes in amounts:
            assert amounts[codes] == [
                sum(column) for column in zip(*(amounts[part] for part in parts), strict=True)
            ]
    assert {frozenset({p}) for p, (_, adjusted, spent) in leaves.items() if spent > adjusted > 0} == told(
        folder, "BUD001", "planted"
    )
    assert {frozenset({p}) for p, (approved, _, spent) in leaves.items() if spent > approved > 0} == told(
        folder, "BUD002", "planted"
    )
    assert {frozenset({p}) for p, (one, two, spent) in leaves.items() if spent and one == two == 0} == told(
        folder, "BUD009", "planted"
    )
