"""What of a release of OCDS becomes cells, as a schema: the parser of Arrow reads that, and skips the rest.

A value of another kind than the standard has (a number where text belongs, a list for an object) is an error
of the parser's, and so is a part that is only known from OCDS 1.0: such releases are laid out with more
patience.
"""

from codecs import BOM_UTF8
from typing import Final

import pyarrow as pa
from pyarrow import json

#: Text comes as Polars holds it.
_TEXT: Final = pa.string_view()

#: Numbers, and text that is one, come digit by digit; those with more decimals are errors.
_NUMBER: Final = pa.decimal128(38, 12)

#: Parts that ask for more patience than there is here.
_NOTHING: Final = pa.null()


def _object(*texts: str, **others: pa.DataType) -> pa.DataType:
    return pa.struct([*((name, _TEXT) for name in texts), *others.items()])


_IDENTIFIER: Final = _object("scheme", "id", "legalName")
_REFERENCE: Final = _object("id", "name", identifier=_IDENTIFIER)
_PARTY: Final = _object("id", "name", identifier=_IDENTIFIER, address=_object("region"))
_VALUE: Final = _object("currency", amount=_NUMBER)
_PERIOD: Final = _object("startDate", "endDate", "maxExtentDate", durationInDays=_NUMBER)
_ITEM: Final = _object(
    *("id", "description"),
    classification=_object("scheme", "id", "description"),
    quantity=_NUMBER,
    unit=_object("name", value=_VALUE),
)
_AMENDMENT: Final = _object("id", "date", "rationale", "description")
_TENDER: Final = _object(
    *("title", "description", "status", "procurementMethod", "procurementMethodDetails"),
    *("mainProcurementCategory", "datePublished", "url"),
    additionalProcurementCategories=pa.list_(_TEXT),
    procuringEntity=_PARTY,
    value=_VALUE,
    tenderPeriod=_object("startDate", "endDate"),
    contractPeriod=_PERIOD,
    numberOfTenderers=pa.int64(),
    tenderers=pa.list_(_REFERENCE),
    items=pa.list_(_ITEM),
    classification=_object("scheme", "id"),
)
_BID: Final = _object("date", "status", tenderers=pa.list_(_REFERENCE), value=_VALUE)
_AWARD: Final = _object(
    *("id", "title", "description", "status", "date", "datePublished", "uri", "url"),
    value=_VALUE,
    suppliers=pa.list_(_REFERENCE),
    items=pa.list_(_ITEM),
    contractPeriod=_PERIOD,
    amendments=pa.list_(_AMENDMENT),
    amendment=_NOTHING,
)
_CONTRACT: Final = _object(
    *("id", "awardID", "title", "description", "status", "dateSigned", "uri", "url"),
    value=_VALUE,
    suppliers=pa.list_(_REFERENCE),
    items=pa.list_(_ITEM),
    period=_PERIOD,
    amendments=pa.list_(_AMENDMENT),
    amendment=_NOTHING,
)
_RELEASE: Final = _object(
    *("ocid", "date"),
    tag=pa.list_(_TEXT),
    compiledRelease=_NOTHING,
    versionedRelease=_NOTHING,
    releases=_NOTHING,
    relatedProcesses=pa.list_(_object("identifier", relationship=pa.list_(_TEXT))),
    parties=pa.list_(_PARTY),
    buyer=_PARTY,
    tender=_TENDER,
    bids=_object(details=pa.list_(_BID)),
    awards=pa.list_(_AWARD),
    contracts=pa.list_(_CONTRACT),
)

_READING: Final = json.ParseOptions(
    explicit_schema=pa.schema(_RELEASE.fields), unexpected_field_behavior="ignore"
)

#: Bytes that a thread parses at once; a longer line is an error.
_BLOCK: Final = 4 << 20


def read(text: bytes) -> pa.StructArray | None:
    """Read whole lines that hold a release each; nothing if one holds anything else."""
    if text.startswith(BOM_UTF8):
        # It is none of a line's, and the parser passes over it.
        return None
    try:
        table = json.read_json(
            pa.BufferReader(text), read_options=json.ReadOptions(block_size=_BLOCK), parse_options=_READING
        )
    except (pa.ArrowException, ValueError):
        return None
    return table.combine_chunks().to_struct_array().combine_chunks()
