r"""How is a column written as JSON? All its values at once, as the encoder of the standard library would.

A value that JSON has no type for is tagged, so that it comes back exact: `{"$decimal": "1.5000"}`,
`{"$date": "2024-05-02"}`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

_NULL: Final = "null"
#: What no text between quotes may hold as it is.
_SPECIAL: Final = r'["\\\x00-\x1f]'
#: How JSON writes those. A stroke that is escaped itself escapes nothing.
_ESCAPED: Final = r"\\(?:u[0-9a-f]{4}|.)"
_ESCAPES: Final = {sign: json.dumps(sign)[1:-1] for sign in ['"', "\\", *map(chr, range(0x20))]}


def quoted(texts: pl.Expr) -> pl.Expr:
    """Write texts as JSON strings, null as `null`."""
    return pl.concat_str(pl.lit('"'), texts.map_batches(_escaped, pl.String()), pl.lit('"')).fill_null(_NULL)


def certain(texts: pl.Expr) -> tuple[pl.Expr, ...]:
    """Write texts in the same way, of which none is null: as parts, for `objects` to put together."""
    return pl.lit('"'), texts.map_batches(_escaped, pl.String(), is_elementwise=True), pl.lit('"')


def _escaped(texts: pl.Series) -> pl.Series:
    return texts.str.replace_many(_ESCAPES) if texts.str.contains(_SPECIAL).any() else texts


def tagged(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Write values of one type: texts, whole numbers, yes and no, dates, decimals."""
    words = values.cast(pl.String)
    if isinstance(dtype, pl.Decimal):
        written = pl.concat_str(pl.lit('{"$decimal": "'), words, pl.lit('"}'))
    elif dtype == pl.Date:
        written = pl.concat_str(pl.lit('{"$date": "'), words, pl.lit('"}'))
    elif dtype.is_integer() or dtype in {pl.Boolean, pl.Null}:
        written = words
    elif dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum):
        return quoted(words)
    else:
        raise TypeError(f"not a fact: {values.meta.output_name()} of {dtype}")
    return written.fill_null(_NULL)


def objects(columns: Mapping[str, pl.Expr | Sequence[pl.Expr]], head: str = "{") -> pl.Expr:
    """Put columns of JSON, or their parts, together to one of objects, by their keys.

    Each object begins with `head`.
    """
    parts = [pl.lit(head)]
    for number, (key, column) in enumerate(columns.items()):
        parts.append(pl.lit(f"{', ' if number else ''}{json.dumps(key)}: "))
        parts += [column] if isinstance(column, pl.Expr) else column
    return pl.concat_str(*parts, pl.lit("}"))


def encoded(value: Mapping[str, Any]) -> str:
    """Write one object, as `tagged` does."""
    return _ENCODER.encode(dict(value))


def decoded(text: str) -> dict[str, Any]:
    """Read an object whose values were `tagged`."""
    known: dict[str, Any] = _DECODER.decode(text)
    return known


def untagged(objects_: pl.Expr) -> pl.Expr:
    """Write decimals as texts of plain digits (`"1.5"`), dates as texts, in columns of tagged JSON."""
    # Inside of a text the quotes would be escaped: these tags are no part of one.
    return objects_.str.replace_all(
        r'\{"\$decimal": "(-?\d+)(\.\d*[1-9])?\.?0*"\}', '"$1$2"'
    ).str.replace_all(r'\{"\$date": ("[^"]*")\}', "$1")


def unescaped(written: pl.Series) -> pl.Series:
    """Put a blank in the place of every escape, so that words in columns of JSON can be looked for."""
    return (
        written.str.replace_all(_ESCAPED, " ") if written.str.contains("\\", literal=True).any() else written
    )


def _tagged(value: object) -> dict[str, str]:
    match value:
        case Decimal():
            return {"$decimal": f"{value:f}"}
        case date():
            return {"$date": value.isoformat()}
        case _:
            raise TypeError(f"not a fact: {value!r}")


def _fact(content: dict[str, Any]) -> Any:
    match content:
        case {"$decimal": digits}:
            return Decimal(digits)
        case {"$date": day}:
            return date.fromisoformat(day)
        case _:
            return content


#: Made once: a run has many findings.
_ENCODER: Final = json.JSONEncoder(default=_tagged, ensure_ascii=False)
_DECODER: Final = json.JSONDecoder(object_hook=_fact)
