"""Chilean tax numbers as they are usually written, `76.086.428-5`, a whole column at once.

A national file has 120,000 of them, and python-stdnum takes each apart: a third of a second where a column
takes a hundredth. What is written in any other way, or is wrong, is still python-stdnum's to judge.
"""

from typing import Final

import polars as pl

#: Chile numbers people and companies in one series; companies begin here. A heuristic: no law says so.
COMPANIES: Final = 50_000_000

_NUMBER: Final = pl.col("number")

#: Digits weigh, from the right, 2 to 7 and 2 again; the check digit makes the sum a multiple of 11.
_SUM: Final = pl.sum_horizontal((_NUMBER // 10**place % 10) * (2 + place % 6) for place in range(8))
_DIGITS: Final = pl.Series("digit", [*"0123456789K"])

#: `5.555.555` and `55.555.555` stand for nobody.
_ONE_DIGIT: Final = (_NUMBER % 1_111_111 == 0) & (_NUMBER < 10**7) | (_NUMBER % 11_111_111 == 0)


def read_plain(texts: pl.Series) -> pl.DataFrame:
    """Read what is plain and valid: `compact`, `kind` and `key` (String); nulls for all else."""
    bare = texts.str.replace_all(".", "", literal=True).str.to_uppercase().alias("bare")
    parts = bare.to_frame().select(
        "bare",
        body=pl.col("bare").str.head(-2),
        number=pl.col("bare").str.extract(r"^([1-9][0-9]{6,7})-[0-9K]$").cast(pl.Int64),
    )
    judged = parts.with_columns(
        digit=pl.lit(_DIGITS).gather((11 - _SUM % 11) % 11), plain=_NUMBER.is_not_null() & ~_ONE_DIGIT
    ).with_columns(plain=pl.col("plain") & (pl.col("bare").str.tail(1) == pl.col("digit")))
    plain = pl.when("plain")
    return judged.select(
        compact=plain.then(pl.col("body") + pl.col("digit")),
        kind=plain.then(pl.when(_NUMBER < COMPANIES).then(pl.lit("person")).otherwise(pl.lit("company"))),
        key=plain.then(pl.lit("CL-RUT-") + pl.col("bare")),
    )
