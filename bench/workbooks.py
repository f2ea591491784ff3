"""Invented awards as Peru's portal exports them: a workbook of one sheet, whose cells share their texts."""

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from awards import Award, Party

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: What every workbook holds besides its cells. The second style is a day.
_FRAME: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SPREADSHEET}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="DIRECTAS" r:id="rId1" sheetId="1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border><left/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14"/></cellXfs>'
    "</styleSheet>",
}
_COLUMNS: Final = (
    *("CODIGOENTIDAD", "RUC_ENTIDAD", "ENTIDAD", "ENTIDAD_DEPARTAMENTO", "ENTIDAD_PROVINCIA"),
    *("ENTIDAD_DISTRITO", "FECHACONVOCATORIA", "OBJETOCONTRACTUAL", "PROCESO", "CODIGOCONVOCATORIA"),
    *("DESCRIPCION_PROCESO", "NUMERO_ITEM", "ITEMCONVOCA_DESCRIPCION", "ITEMCONVOCA_UNIDADMEDIDA"),
    *("SECTOR", "TIPOENTIDADOEE", "TIPOPROCESO", "ITEM_DEPARTAMENTO", "ITEM_PROVINCIA", "ITEM_DISTRITO"),
    *("ESTADOITEMCONVOCA", "ULTIMO", "MONEDA", "CAUSAL_EXOR_CONT_DIRECTA", "MONTOREFERENCIAL"),
    *("MONTOREFERENCIALSOLES", "MONTOADJUDICADO", "MONTOADJUDICADOSOLES", "CANTIDADADJUDICADA"),
    *("TIPOPROVEEDOR", "RUCPROVEEDOR", "PROVEEDOR", "RUCDETALLEPROVEEDOR", "DETALLEPROVEEDOR"),
    *("URLFICHAPROCESO", "RUBROS"),
)
_LETTERS: Final = [f"{first}{chr(second)}" for first in ("", "A") for second in range(ord("A"), ord("Z") + 1)]
#: Spreadsheets count days from here.
_EPOCH: Final = dt.date(1899, 12, 30)

Cell = str | int | dt.date | None


def write(path: Path, awards: Iterable[Award]) -> None:
    """Write a workbook; as in the portal's, the sheet says that it is one cell large."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, xml in _FRAME.items():
            book.writestr(_member(name), _HEAD + xml)
        with book.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1"/><sheetData>'.encode())
            for number, cells in enumerate(_rows(awards), start=1):
                sheet.write(_row(number, cells, texts).encode())
            sheet.write(b"</sheetData></worksheet>")
        with book.open(_member("xl/sharedStrings.xml"), "w", force_zip64=True) as table:
            table.write(f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">'.encode())
            for text in texts:
                table.write(f"<si><t>{escape(text)}</t></si>".encode())
            table.write(b"</sst>")


def _member(name: str) -> zipfile.ZipInfo:
    """Name a member; without a time of its own it has the same bytes every time."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _row(number: int, cells: Iterable[Cell], texts: dict[str, int]) -> str:
    written = (
        _cell(f"{letters}{number}", cell, texts) for letters, cell in zip(_LETTERS, cells, strict=False)
    )
    return f'<row r="{number}">{"".join(written)}</row>'


def _cell(place: str, cell: Cell, texts: dict[str, int]) -> str:
    if cell is None:
        return f'<c r="{place}"/>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
    if isinstance(cell, dt.date):
        return f'<c r="{place}" s="1" t="n"><v>{(cell - _EPOCH).days}.0</v></c>'
    return f'<c r="{place}" t="n"><v>{cell}.0</v></c>'


def _rows(awards: Iterable[Award]) -> Iterator[tuple[Cell, ...]]:
    yield _COLUMNS
    for award in awards:
        call = 600_000 + award.number
        place = ("PUNO", "PUNO", "VILLA IMAGINARIA")
        yield (
            *(f"{award.buyer.number:06}", _ruc(award.buyer, 20_100_000_00), award.buyer.name.upper(), *place),
            *(award.asked, "Bien", f"DIRECTA-PROC-{award.number}-2023-1", call, award.description, 1),
            *(award.title, "Unidad", "GOBIERNO LOCAL", "GOBIERNO LOCAL", "Contratación Directa", *place),
            *("Contratado", "ULTIMO", "Soles", "Situación emergencia"),
            *(award.amount * 2, award.amount * 2, award.amount, award.amount, award.items[0][0]),
            *("Persona Juridica", _ruc(award.supplier, 20_500_000_00), award.supplier.name, None, None),
            *(f"http://portal.example/ficha.xhtml?idConvocatoria={call}", "OTROS BIENES"),
        )


def _ruc(party: Party, first: int) -> str:
    """Make a tax number from `first` on, closed by a check digit."""
    number = str(first + party.number)
    total = sum(
        int(digit) * weight for digit, weight in zip(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)
    )
    return f"{number}{(11 - total % 11) % 10}"
