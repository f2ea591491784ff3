"""Who takes part in many contracting processes at once? What `_ocds_parties` tells of one, by columns."""

import re
from collections.abc import Sequence
from itertools import accumulate, islice
from typing import Final

import polars as pl

from spendaudit.sources._ocds_parties import CODED, TAX_NUMBERS, WORDED, references, registered, together
from spendaudit.sources._ocds_parts import NONE, OF, RELEASE, at, counted, starts, times

#: Numbers from this size on (in bytes) that have a letter or digit in them say more than that there is none.
_TELLING: Final = 5

_TAX_NUMBER: Final = f"^(?:{'|'.join(map(re.escape, TAX_NUMBERS))})"

_PARTY: Final = "@party"

_REFERENCE: Final = [
    RELEASE,
    "id",
    "name",
    "identifier",
    *(f"identifier/{of}" for of in ("scheme", "id", "legalName")),
]


def named(groups: Sequence[pl.DataFrame], parties: pl.DataFrame) -> list[pl.DataFrame]:
    """Tell of references to parties, group by group, who is meant.

    `number` is the one that a register gave, and `listed` tells whether the release lists the party, in which
    `region`. References and parties are `flat` objects.
    """
    asked = pl.concat([group[_REFERENCE] for group in groups])
    known = parties[[RELEASE, "id"]].hstack([counted(parties.height).alias(_PARTY)])
    # The last of those that have one id.
    known = known.unique([RELEASE, "id"], keep="last")
    found = asked[[RELEASE, "id"]].join(known, on=[RELEASE, "id"], how="left", maintain_order="left")[_PARTY]
    theirs = parties.select(
        number=registers(parties["identifier/scheme"], parties["identifier/id"]),
        theirs="name",
        legal="identifier/legalName",
        region="address/region",
        listed=pl.lit(value=True),
    )[found]
    if (own := asked["identifier"]).any():
        number = registers(asked["identifier/scheme"], asked["identifier/id"])
        legal = asked["identifier/legalName"]
        theirs = theirs.with_columns(
            number=number.zip_with(own, theirs["number"]), legal=legal.zip_with(own, theirs["legal"])
        )
    both = asked[["id", "name"]].hstack(theirs).with_columns(pl.coalesce("name", "theirs", "legal"))
    if both["number"].null_count():
        local = pl.col("name").is_null() | pl.col("id").str.contains(_TAX_NUMBER)
        both = both.with_columns(pl.coalesce("number", pl.when(local).then("id")))
    told = both[["number", "name", "id", "region", "listed"]]
    ends = accumulate(group.height for group in groups)
    return [
        told[end - group.height : end].hstack(group[[RELEASE, *({OF} & set(group.columns))]])
        for group, end in zip(groups, ends, strict=True)
    ]


def registers(schemes: pl.Series, numbers: pl.Series) -> pl.Series:
    """Give the numbers of registers, row by row, as `registered` does."""
    # Few registers are spoken of: what a scheme is, is asked once of each.
    words = schemes.unique().drop_nulls()
    codes = [WORDED.get(word, word) for word in words]
    starts_with = pl.Series(
        [f"{code}-" if CODED.fullmatch(code) else None for code in codes], dtype=pl.String
    )
    number, start = pl.col("number"), pl.col("start")
    plain = (number.str.len_bytes() >= _TELLING) & number.str.contains("[1-9A-Za-z]")
    coded = start.is_not_null() & ~number.str.starts_with(start)
    frame = pl.DataFrame(
        {
            "scheme": schemes,
            "number": numbers,
            "start": schemes.replace_strict(words, starts_with, default=None, return_dtype=pl.String),
        }
    ).with_columns(
        found=pl.when(plain).then(pl.when(coded).then(start + number).otherwise(number)),
        plain=plain,
    )
    odd = frame.filter(~pl.col("plain")).select("scheme", "number").unique()
    if odd.is_empty():
        return frame["found"]
    odd = odd.with_columns(odd=pl.Series([registered(*pair) for pair in odd.rows()], dtype=pl.String))
    both = frame.join(odd, on=["scheme", "number"], how="left", nulls_equal=True, maintain_order="left")
    return both.select(pl.coalesce("found", "odd")).to_series()


def joint(members: pl.DataFrame, owners: int) -> pl.DataFrame:
    """Tell of some owners whether any are `acting`, and who they are, alone or together.

    `acting/number`, `acting/name`, and in `acting/references` their ids. Members are in their owners' order.
    """
    counts = times(members[OF], owners)
    facts = members.select("number", "name", references="id")
    acting = at(starts(counts).zip_with(counts == 1, NONE), facts)
    many = (counts > 1).arg_true()
    told: list[tuple[str | None, ...]] = []
    several = iter(facts.filter((counts > 1)[members[OF]]).rows())
    for count in counts.gather(many):
        group = list(islice(several, count))
        ids = references(number for _, _, number in group)
        told.append((*together((number, name) for number, name, _ in group), ids))
    named_together = pl.DataFrame(told, schema=facts.schema, orient="row")
    return acting.select(
        (counts > 0).alias("acting"),
        *(acting[name].scatter(many, named_together[name]).alias(f"acting/{name}") for name in facts.columns),
    )
