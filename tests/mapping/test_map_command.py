"""`spendaudit map`, and what `audit --map` and `normalize --map` make of its drafts."""

import datetime as dt
import json
import os
import pty
import re
import select
import subprocess
import sys
import zipfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from calling import Shell
from openpyxl import Workbook

from spendaudit.errors import UsageError
from spendaudit.load.mapping import from_text
from spendaudit.load.mapping_text import parse

HEADER = "Fecha de Pago;Proveedor;RUT Proveedor;N° Factura;Monto;Correo"
ROWS = (
    "13/01/2024;Panadería La Ñusta Ltda.;76.086.428-5;F-100;1.234.567,50;a@example.org",
    "14/01/2024;Ferretería El Búho & Cía.;77.000.000-0;F-101;2.000,00;b@example.org",
    "28/02/2024;Panadería La Ñusta Ltda.;76.086.428-5;F-102;980.000,00;c@example.org",
    "29/02/2024;Panadería La Ñusta Ltda.;76.086.428-5;F-103;10.500,25;d@example.org",
)
#: Neither the day nor the decimals can be told.
OPEN_ROWS = (
    "05/01/2024;Panadería La Ñusta Ltda.;76.086.428-5;F-100;1.234;a@example.org",
    "06/02/2024;Ferretería El Búho & Cía.;77.000.000-0;F-101;2.000;b@example.org",
)


def mailed(*rows: str, header: str = HEADER, name: str = "mailed.csv", encoding: str = "cp1252") -> Path:
    """Write the file that a journalist was e-mailed this morning."""
    file = Path(name)
    file.write_bytes("\r\n".join([header, *(rows or ROWS), ""]).encode(encoding))
    return file


def mapped(run: Shell, file: Path, *options: str) -> Path:
    """Draft a mapping that is complete."""
    ended = run("map", file, "--output", "mailed.toml", *options)
    assert ended.code == 0, ended.err
    return Path("mailed.toml")


def loaded(table: str) -> pl.DataFrame:
    return pl.read_parquet(f"store/tables/{table}/*/*/*.parquet").sort("row")


def changed(path: Path, old: str, new: str) -> Path:
    head, rest = re.split(r"(?m)^(?=id = )", path.read_text("utf-8"))
    assert old in rest, rest
    path.write_text(head + rest.replace(old, new, 1), "utf-8")
    return path


def test_a_mailed_file_is_drafted_and_audited(run: Shell) -> None:
    file = mailed(*ROWS, ROWS[0])
    mapping = mapped(run, file, "--country", "CL", "--currency", "CLP")

    ended = run("audit", file, "--map", mapping, "--select", "PAY001", "--output-format", "json")

    report = json.loads(ended.out)
    (read,) = report["run"]["inputs"]
    assert (read["source"], read["rows_read"], read["rows_quarantined"]) == ("mailed", 5, 0)
    assert [(found["rule"], found["amount"], found["currency"]) for found in report["findings"]] == [
        ("PAY001", "1234567.5", "CLP")
    ]


def test_what_is_loaded_by_a_draft_is_exact(run: Shell) -> None:
    file = mailed()

    run("normalize", file, "--map", mapped(run, file, "--country", "CL"), "--currency", "CLP")

    rows = loaded("payments")
    assert rows["amount"].to_list() == [Decimal(text) for text in ("1234567.5", "2000", "980000", "10500.25")]
    assert [f"{day}" for day in rows["date"]] == ["2024-01-13", "2024-01-14", "2024-02-28", "2024-02-29"]
    assert rows["payee_key"][0] == "CL-RUT-76086428-5"
    assert set(rows["currency"]) == {"CLP"}


@pytest.mark.parametrize(
    ("header", "dates", "amounts", "seed"),
    [
        ("es payments, municipal", "D/M/Y", "1.234,56", 31),
        ("es contracts, capitals", "iso, three shapes", " 1,234,567 ", 40),
        ("pt payments", "short words, es", "(1,234.56)", 21),
        ("en contract register", "M/D/Y, hours", " - for zero", 22),
        ("es budget", "iso", "1,5e+07", 34),
        ("es items", "iso", "1234", 6),
    ],
)
def test_a_purpose_made_file_is_loaded_cell_by_cell_as_it_was_meant(  # noqa: PLR0917 a form each
    header: str, dates: str, amounts: str, seed: int, run: Shell, purpose_made: ModuleType
) -> None:
    made = purpose_made.make(header, "cp850", "|", dates, amounts, seed=seed)
    Path("made.csv").write_bytes(made.data)
    assert run("map", "made.csv", "-o", "made.toml").code == 0

    ended = run("normalize", "made.csv", "--map", "made.toml", "--strict")

    rows = loaded(made.table)
    for name, meant in made.values.items():
        assert rows[name].to_list() == meant, (name, ended.err)


def test_without_a_terminal_a_question_is_left_open_and_the_exit_code_is_2(run: Shell) -> None:
    file = mailed(*OPEN_ROWS)

    ended = run("map", file)

    assert ended.code == 2
    assert 'decimal = "?"' in ended.out
    assert 'patterns = ["?"]' in ended.out
    assert "nothing" not in ended.out.partition("[columns.amount]")[2].partition("\n\n")[0]
    assert "open: how to read `Fecha de Pago` (date): `05/01/2024`: no part above 12 tells" in ended.err
    assert "open: how to read `Monto` (amount): `2.000` in 2 cells can mean thousands or three" in ended.err


def test_a_mapping_with_an_open_question_is_refused(run: Shell) -> None:
    file = mailed(*OPEN_ROWS)
    run("map", file, "-o", "mailed.toml")

    ended = run("audit", file, "--map", "mailed.toml")

    assert ended.code == 2
    assert 'mailed.toml leaves open how to read date, amount (it says "?")' in ended.err


def test_on_a_terminal_the_questions_are_asked(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    mailed(*OPEN_ROWS)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "spendaudit", "map", "mailed.csv", "-o", "mailed.toml"]
    said = b""

    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs) as process:  # noqa: S603 our own command
        os.close(theirs)
        # The third question is the second once more: 9 is none of its answers.
        for asked, answer in enumerate((b"1\n", b"9\n", b"2\n"), start=1):
            while said.count(b"Which is it?") < asked:
                assert select.select([ours], [], [], 60)[0], said
                said += os.read(ours, 4096)
            os.write(ours, answer)
        # What was said last waits to be read after its end, which is an error on some systems.
        with suppress(OSError):
            while rest := os.read(ours, 4096):
                said += rest

    text = Path("mailed.toml").read_text("utf-8")
    assert process.returncode == 0, said
    assert b"a number from 0 to 2, please" in said
    assert b"\n  spendaudit audit mailed.csv --map mailed.toml --currency CODE\r\n" in said
    assert 'patterns = ["%d/%m/%Y"]' in text
    assert 'decimal = "."' in text


def test_a_folder_has_no_mapping(run: Shell, tmp_path: Path) -> None:
    ended = run("map", tmp_path)

    assert ended.code == 2
    assert "is a folder" in ended.err


def test_accents_of_a_name_are_folded_in_the_id_that_it_gives(run: Shell) -> None:
    file = mailed().rename("Órdenes año.csv")

    assert '\nid = "ordenes_ano"\n' in run("map", file).out


def test_names_and_numbers_of_persons_are_not_copied_into_a_draft(run: Shell) -> None:
    ended = run("map", mailed())

    shown = ended.out + ended.err
    assert not [word for word in ("Panader", "76.086.428", "a@example.org", "F-100") if word in shown]
    assert "`99.999.999-9`" in ended.out
    assert 'personal = ["payee_id", "payee_name"]' in ended.out


def test_contact_data_are_left_out_with_the_reason(run: Shell) -> None:
    ended = run("map", mailed())

    assert '"Correo",  # contact, bank or personal data: never stored' in ended.out


def test_a_column_that_says_nothing_is_said_to_say_nothing(run: Shell) -> None:
    ended = run(
        "map", mailed(*(f"{row};Xy{number}" for number, row in enumerate(ROWS)), header=f"{HEADER};zq")
    )

    assert re.search(r'"zq",  # no idea: 100 % filled, words, \d distinct', ended.out)


def test_a_file_that_fills_no_table_is_refused_with_its_columns(run: Shell) -> None:
    ended = run("map", mailed("1;2", "3;4", header="foo;bar"))

    assert ended.code == 3
    assert 'no idea what table it fills; its columns are "foo", "bar"' in ended.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('table = "payments"', 'table = "payment"', "there is no table payment; tables are contracts"),
        ('country = ""', 'countri = ""', "line 27: there is no setting countri"),
        ('decimal = ","', 'decimel = ","', "there is no setting decimel"),
        ('decimal = ","', "", 'read = "money" needs decimal'),
        ('read = "date"', 'read = "money"', 'read = "money" takes column, decimal'),
        ("[columns.amount]", "[columns.amounts]", "payments has no column amounts; it has payment_id"),
        ('id = "mailed"', 'id = "gb_spend"', "gb_spend is the id of a known portal"),
        ('id = "mailed"', 'id = "../x"', "id: String should match pattern"),
        ('id = "mailed"', "id = mailed", "mailed.toml: "),
        ('encoding = "', 'encoding = "klingon', "layout.encoding: klingon"),
        ('encoding = "', 'encoding = "utf-16" #', "utf-16 is no encoding that is read"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_where_it_is_wrong(
    old: str, new: str, said: str, run: Shell
) -> None:
    file = mailed()
    mapping = changed(mapped(run, file), old, new)

    ended = run("audit", file, "--map", mapping)

    assert ended.code == 2
    assert said in ended.err, ended.err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[columns.currency]\nread = "currency"\ncolumn = "C"\nmeanings = {"Pesos" = "PESO"}', "PESO"),
        ('[columns.procurement_method]\nread = "code"\ncolumn = "C"\nmeanings = {"L" = "opened"}', "opened"),
        ('[columns.buyer_level]\nread = "constant"\nvalue = "nacional"', "nacional"),
        ('[columns.tax_included]\nread = "constant"\nvalue = "yes"', "yes"),
    ],
)
def test_a_value_that_no_column_can_have_is_refused(settings: str, said: str) -> None:
    with pytest.raises(UsageError, match=rf"cannot be {said}: it is one of \d+ values"):
        parse(f'id = "mailed"\ntable = "contracts"\n{settings}\n', Path("mailed.toml"))


@pytest.mark.parametrize(
    "settings",
    [
        '[columns.currency]\nread = "currency"\ncolumn = "C"\nmeanings = {"Pesos" = "?"}',
        '[columns.procurement_method]\nread = "code"\ncolumn = "C"\nmeanings = {"L" = "?"}',
    ],
)
def test_a_meaning_that_is_open_is_refused(settings: str) -> None:
    with pytest.raises(UsageError, match="leaves open how to read"):
        from_text(
            f'id = "mailed"\ntable = "contracts"\n{settings}\n', Path("m.toml"), country="", currency=""
        )


def test_options_that_contradict_a_mapping_are_refused(run: Shell) -> None:
    file = mailed()
    mapping = mapped(run, file, "--country", "CL", "--currency", "CLP")

    country = run("audit", file, "--map", mapping, "--country", "PE")
    currency = run("audit", file, "--map", mapping, "--currency", "USD")
    portal = run("audit", file, "--currency", "USD")

    assert (country.code, currency.code, portal.code) == (2, 2, 2)
    assert "--country PE contradicts mailed.toml, which states CL" in country.err
    assert "--currency USD contradicts mailed.toml, which states CLP" in currency.err
    assert "--currency fills what a mapping leaves open, and there is no --map" in portal.err


def test_another_mapping_reads_the_file_anew(run: Shell) -> None:
    file = mailed()
    mapping = mapped(run, file)
    run("normalize", file, "--map", mapping)
    changed(mapping, 'decimal = ","', 'decimal = ","\nscale = 1000')

    run("normalize", file, "--map", mapping)

    assert loaded("payments")["amount"][1] == Decimal(2_000_000)


def test_an_amount_with_a_mark_is_put_aside_where_no_cell_of_the_sample_had_one(run: Shell) -> None:
    file = mailed(
        *(f"1{number}/01/2024;Firma Inventada Ltda.;;F-{number};{number}000;" for number in range(3, 9))
    )
    mapping = mapped(run, file)
    mailed("13/01/2024;Firma Inventada Ltda.;;F-1;5000;", "14/01/2024;Firma Inventada Ltda.;;F-2;1.234;")

    ended = run("normalize", file, "--map", mapping, "--strict")

    assert 'decimal = "none"' in mapping.read_text("utf-8")
    assert ended.code == 4
    assert loaded("payments")["amount"].to_list() == [Decimal(5000)]
    assert pl.read_parquet("store/quarantine/*/*/*.parquet")["reason"].to_list() == [
        "Monto cannot be read as a number"
    ]


def test_sums_at_the_end_are_put_aside(run: Shell) -> None:
    file = mailed(*ROWS, *ROWS, ";TOTAL;;;2.226.067,75;")

    run("normalize", file, "--map", mapped(run, file))

    assert loaded("payments").height == 8
    assert pl.read_parquet("store/quarantine/*/*/*.parquet")["reason"].to_list() == ["a sum of other rows"]


def test_a_banner_above_the_header_is_told_and_passed_over(run: Shell) -> None:
    file = mailed(HEADER, *ROWS, header="Municipalidad de Villa Ficticia\r\nPagos de 2024;;;;;\r\n")

    ended = run("normalize", file, "--map", mapped(run, file))

    assert ended.code == 0
    assert loaded("payments")["row"].to_list() == [5, 6, 7, 8]


def test_a_period_fills_the_year_of_a_budget(run: Shell) -> None:
    rows = [f"{code};Oficina {code};{code}000,50;{code}500,25" for code in range(11, 30)]
    file = mailed(*rows, header="Código Partida;Nombre Institución;Presupuesto Aprobado;Devengado")

    run("normalize", file, "--map", mapped(run, file), "--period", "2024", "--currency", "CLP")

    budget = loaded("budget")
    assert set(budget["fiscal_year"]) == {2024}
    assert budget["line_id"][0] == "11"
    assert budget["executed"][0] == Decimal("11500.25")


def test_a_draft_is_never_written_over(run: Shell) -> None:
    file = mailed()
    mapped(run, file)

    again = run("map", file, "-o", "mailed.toml")

    assert again.code == 2
    assert "mailed.toml is there already" in again.err


def test_a_file_of_a_known_portal_is_said_to_need_no_mapping(run: Shell) -> None:
    fixture = Path(__file__).parents[2] / "fixtures" / "sources" / "gb_spend"
    file = next(path for path in sorted(fixture.iterdir()) if path.suffix == ".csv")

    ended = run("map", file, "--quiet", "--output", "gb.toml")

    assert "reads it without a mapping" not in ended.err
    assert "reads it without a mapping" in run("map", file, "--output", "gb2.toml").err


def test_text_in_utf_16_is_refused_with_the_way_out(run: Shell) -> None:
    ended = run("map", mailed(encoding="utf-16"))

    assert ended.code == 3
    assert "UTF-16 text" in ended.err


def test_columns_of_no_name_can_be_mapped(run: Shell) -> None:
    file = mailed(header=HEADER.replace("N° Factura", ""))
    mapping = mapped(run, file, "--currency", "CLP")
    changed(mapping, '    "column 4",', '    # "column 4",')
    mapping.write_text(
        mapping.read_text("utf-8") + '\n[columns.document_id]\nread = "text"\ncolumn = "column 4"\n', "utf-8"
    )

    ended = run("normalize", file, "--map", mapping, "--strict")

    assert ended.code == 0, ended.err
    assert loaded("payments")["document_id"][0] == "F-100"


def test_explain_quotes_the_lines_of_a_file_that_was_read_by_a_mapping(run: Shell) -> None:
    file = mailed(*ROWS, ROWS[0])
    mapping = mapped(run, file, "--country", "CL", "--currency", "CLP")
    report = json.loads(run("audit", file, "--map", mapping, "--output-format", "json").out)

    ended = run("explain", report["findings"][0]["fingerprint"])

    assert "13/01/2024;Panadería La Ñusta Ltda.;76.086.428-5;F-100;1.234.567,50;" in ended.out


@pytest.mark.parametrize(
    ("header", "banner", "scale"),
    [
        ("Monto Aprobado (miles de pesos)", "", 1_000),
        ("Approved (£ millions)", "", 1_000_000),
        ("Monto Aprobado", "Presupuesto 2024. Cifras en miles\r\n", 1_000),
    ],
)
def test_amounts_in_thousands_are_scaled_and_said_to_be(
    header: str, banner: str, scale: int, run: Shell
) -> None:
    rows = [f"{code};Oficina {code};{code}000,50" for code in range(11, 30)]
    file = mailed(*rows, header=f"{banner}Código Partida;Nombre Institución;{header}")

    run("normalize", file, "--map", mapped(run, file))

    assert f"scale = {scale}" in Path("mailed.toml").read_text("utf-8")
    assert loaded("budget")["approved"][0] == Decimal("11000.50") * scale


def test_amounts_in_several_units_are_not_scaled_and_never_sure(run: Shell) -> None:
    units = ("Pesos", "Miles de pesos")
    rows = [f"{code};Oficina {code};{code}000,50;{units[code % 2]}" for code in range(11, 30)]
    file = mailed(*rows, header="Código Partida;Nombre Institución;Monto Aprobado;Unidad de Medida")

    drafted = mapped(run, file).read_text("utf-8")

    (amount,) = (part for part in drafted.split("\n\n") if "[columns.approved]" in part)
    assert amount.startswith("# doubtful")
    assert "names several units" in amount
    assert "scale =" not in amount


def test_a_total_that_every_line_of_a_contract_repeats_is_told_and_can_be_counted_once(run: Shell) -> None:
    rows = [
        f"OC-{order};Firma Inventada Ltda.;1{order}.000,50;Item {line}"
        for order in range(1, 9)
        for line in "abc"
    ]
    file = mailed(*rows, header="Orden de Compra;Proveedor;Monto Total;Producto")
    mapping = mapped(run, file)
    run("normalize", file, "--map", mapping)
    lines = loaded("contracts").height
    told = mapping.read_text("utf-8")
    changed(changed(mapping, "# one_per", "one_per"), "# repeated", "repeated")

    run("normalize", file, "--map", mapping)

    assert "in 6 of 6 contracts of several lines every line repeats it: a total?" in told
    assert lines == 24
    assert loaded("contracts")["amount"].to_list() == [Decimal(f"1{order}000.50") for order in range(1, 9)]


def test_a_sheet_below_a_banner_is_mapped_and_read(run: Shell) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Municipalidad de Villa Ficticia"])
    sheet.append([])
    sheet.append([None, *HEADER.split(";")[:5]])
    for number in range(13, 25):
        sheet.append(
            [None, dt.date(2024, 1, number), "Firma Inventada Ltda.", "76.086.428-5", f"F-{number}", 1000.5]
        )
    book.save("mailed.xlsx")

    ended = run("normalize", "mailed.xlsx", "--map", mapped(run, Path("mailed.xlsx")), "--currency", "CLP")

    rows = loaded("payments")
    assert rows.height == 12, ended.err
    assert rows["amount"][0] == Decimal("1000.5")
    assert rows["date"][0] == dt.date(2024, 1, 13)


def test_of_a_zip_of_several_tables_one_is_chosen(run: Shell) -> None:
    with zipfile.ZipFile("mailed.zip", "w") as archive:
        for name in ("january.csv", "february.csv"):
            archive.write(mailed(name=name), name)

    several = run("map", "mailed.zip")
    one = run("map", "mailed.zip", "--part", "february.csv")

    assert several.code == 2
    assert 'choose one with --part: "january.csv", "february.csv"' in several.err
    assert one.code == 0
