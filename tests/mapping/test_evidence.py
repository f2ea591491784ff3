"""What cells and headers prove, and what they leave open."""

import datetime as dt

import polars as pl
import pytest

from spendaudit.ingest.month_words import worded_date
from spendaudit.load.drafting.dates import Dates, read_dates
from spendaudit.load.drafting.dialect import find_dialect
from spendaudit.load.drafting.numbers import Numbers, read_numbers
from spendaudit.load.drafting.words import dictionary, read_header


def counts(cells: list[str]) -> pl.DataFrame:
    return pl.Series("cell", cells, pl.String).value_counts()


def numbers(*cells: str) -> Numbers:
    return read_numbers(counts([*cells]))


def dates(*cells: str) -> Dates:
    return read_dates(counts([*cells]))


def best(header: str, table: str) -> str:
    """The canonical column that a header names best; empty where it names none."""
    reading = read_header(header)
    sure = {
        name: max(reading.fits(pattern) for pattern in patterns)
        for name, patterns in dictionary().patterns[table].items()
    }
    name = max(sure, key=lambda name: sure[name])
    return name if sure[name] >= 0.5 else ""


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["1.234,56"], ","),
        (["1.234.567", "1.234"], ","),
        (["0,123"], ","),
        (["1234,567"], ","),
        (["48984431,72", "12"], ","),
        (["1,234.5"], "."),
        (["0.125"], "."),
        (["1234.567"], "."),
        (["1500", "12"], "none"),
        (["1.234", "500"], "?"),
        (["1,234"], "?"),
        (["1.234,50", "1,234.50"], "?"),
        (["4.996.000.000", "75312.50"], "?"),
    ],
)
def test_a_decimal_mark_is_decided_by_cells_that_can_be_read_in_one_way_only(
    cells: list[str], decimal: str
) -> None:
    assert numbers(*cells).decimal == decimal


def test_one_stray_cell_among_many_does_not_open_the_question_again() -> None:
    assert numbers(*[f"{cell}.000,50" for cell in range(1, 301)], "75312.50").decimal == ","
    assert numbers(*[f"{cell}.000,50" for cell in range(1, 101)], "75312.50").decimal == "?"


def test_days_with_points_are_no_numbers() -> None:
    assert numbers("30.09.2008", "31.12.2009").share == 0


@pytest.mark.parametrize(
    ("cells", "patterns"),
    [
        (["13/05/2024", "01/02/2024"], ("%d/%m/%Y",)),
        (["05/13/2024", "01/02/2024"], ("%m/%d/%Y",)),
        (["05/01/2024", "12/12/2024"], ()),
        (["13/01/2024", "01/13/2024"], ()),
        (["2024-01-05", "2024-01-05 10:00"], ("%Y-%m-%d", "%Y-%m-%d %H:%M")),
        (["20240105"], ("%Y%m%d",)),
        (["24/12/15", "24/11/30"], ()),
        (["05-ene-24"], ()),
        ([f"{day:02}-ene-24" for day in range(1, 29)] * 10 + ["32-ene-24"], ("%d-m%m-%y",)),
        (["05-ene-99"], ("%d-m%m-%y",)),
        (["5 de mayo de 2024", "1º de junio de 2024"], ("%d-m%m-%Y",)),
        (["May 5, 2024"], ("m%m-%d-%Y",)),
        (["2026 Dec 31 12:00:00 AM"], ("%Y %b %d %I:%M:%S %p",)),
    ],
)
def test_the_order_of_a_date_is_decided_by_cells_that_can_be_read_in_one_way_only(
    cells: list[str], patterns: tuple[str, ...]
) -> None:
    found = dates(*cells)

    assert set(found.patterns) == set(patterns)
    assert bool(found.open) == (not patterns)


def test_two_figures_are_the_year_where_they_hardly_change() -> None:
    assert dates(*(f"{day:02}/01/24" for day in range(1, 29))).patterns == ("%d/%m/%y",)
    assert dates(*(f"24/01/{day:02}" for day in range(1, 29))).patterns == ("%y/%m/%d",)


def test_one_slip_among_many_ambiguous_dates_decides_nothing() -> None:
    ambiguous = [f"{day:02}/{month:02}/2024" for day in range(1, 13) for month in range(1, 13)]

    assert not dates(*ambiguous, "13/01/2024").patterns
    assert dates(*ambiguous, "13/01/2024").open[0] == ("%d/%m/%Y",)


def test_a_month_without_a_day_is_no_date() -> None:
    assert dates("202401", "202412").month_only


def test_a_date_in_words_is_read_in_three_languages_and_in_the_stated_order_only() -> None:
    cells = [
        "5 de enero de 2024",
        "3 de março de 2024",
        "05-DEC-24",
        "Jan 5, 2024",
        "31 de foo de 2024",
        "5 ene 24 x",
    ]
    frame = pl.DataFrame({"day": cells})

    read = frame.select(worded_date("day", "%d-m%m-%Y", "%d-m%m-%y").value)["day"].to_list()

    assert read == [dt.date(2024, 1, 5), dt.date(2024, 3, 3), dt.date(2024, 12, 5), None, None, None]


@pytest.mark.parametrize(
    ("header", "table", "canonical"),
    [
        ("Nombre del Proveedor", "contracts", "supplier_name"),
        ("NOMBREPROVEEDOR", "contracts", "supplier_name"),
        ("nombreProveedor", "contracts", "supplier_name"),
        ("nombre_proveedor", "contracts", "supplier_name"),
        ("Valor Pendiente de Pago", "contracts", ""),
        ("IVA", "contracts", ""),
        ("Nombre Representante Legal", "contracts", ""),
        ("Número de cuenta", "payments", ""),
        ("Dotação Atualizada", "budget", "adjusted"),
        ("Monto Aprobado (miles de pesos)", "budget", "approved"),
        ("Monto Total con IVA", "contracts", "amount"),
        ("Correo Proveedor", "contracts", ""),
    ],
)
def test_a_header_is_read_whatever_its_spelling(header: str, table: str, canonical: str) -> None:
    assert best(header, table) == canonical


def test_a_decimal_comma_is_no_separator() -> None:
    text = "Nombre;Monto\n" + "".join(f"Firma {row};{row},50\n" for row in range(40))

    assert find_dialect(text, "x.csv").separator == ";"


def test_quotes_inside_cells_quote_nothing() -> None:
    text = "Nombre|Medida\n" + "".join(f'Tubo 3" acero|{row}\n' for row in range(40))

    assert find_dialect(text, "x.csv").quote == ""
