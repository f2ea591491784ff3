"""Who may be a natural person although no number proves it? What is shared hides them, too.

A number with a slip in it is judged by nobody, and so is its bearer. It counts as a person's if it has the
digits of one (identity numbers have six or more), is none that stands for nobody, and no legal form beside it
says that a firm bears it. Names that are published without a number stay: most of them are firms'.
"""

from typing import Final

import polars as pl

from spendaudit.enrich.schemes import SCHEMES
from spendaudit.model.codelists import NAMED

#: The shortest identity numbers in use (Paraguay, Colombia) have six digits.
_FEWEST: Final = 6
_ONE_DIGIT: Final = "|".join(f"{digit}+" for digit in range(10))
_NOBODY: Final = sorted(
    number for schemes in SCHEMES.values() for scheme in schemes for number in scheme.nobody
)


def may_be_person(*, kind: str, key: str, number: str) -> pl.Expr:
    """Tell of each row whether its party may be a person, by the columns of its kind, key and number.

    Where a number is valid, or a code of the portal's own, the key is made of it; here it is not.
    """
    bare = pl.col(number).str.replace_all(r"[^0-9A-Za-z]", "").str.to_uppercase()
    unused = pl.col(key).is_null() | pl.col(key).cast(pl.String()).str.starts_with(NAMED)
    told = pl.col(kind).cast(pl.String())
    return (
        (told.is_null() | (told == "unknown"))
        & unused
        & (pl.col(number).str.count_matches("[0-9]") >= _FEWEST)
        & ~bare.str.contains(f"^(?:{_ONE_DIGIT})$")
        & ~bare.is_in(_NOBODY)
    ).fill_null(value=False)
