"""Who takes part in many contracting processes at once? What `_ocds_parties` tells of one, by columns."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

import polars as pl

from spendaudit.sources._ocds_parties import CODED, TAX_NUMBERS, WORDED, references, registered, together
from spendaudit.sources._ocds_parts import NONE, OF, RELEASE, at, counted, starts, times

#: Numbers from this size on (in bytes) that have a letter or digit in them say more than that there is none.
_TELLING: Final = 5

_TAX_NUMBER: Final = f"^(?:{'|'.join(map(re.escape, TAX_NUMBERS))})"

_PARTY: Final = "@party"


def named(groups: Sequence[pl.DataFrame], parties: pl.DataFrame) -> list[pl.DataFrame]:
    """Tell of references to parties, group by group, who is meant.

    `number` is the one that a register gave, and `listed` tells whether the release lists the party, in which
    `region`. References and parties are `flat` objects.
    """
    asked = pl.concat([group.select(RELEASE, "id") for group in groups])
    known = parties.select(RELEASE, "id").with_columns(counted(parties.height).alias(_PARTY))
    found = _found(asked, known)
    if found.height > asked.height:
        # The last of those that have one id.
        found = _found(asked, known.unique([RELEASE, "id"], keep="last"))
    told = parties.select(
        registers(parties["identifier/scheme"], parties["identifier/id"]).alias("number"),
        pl.col("name").alias("theirs"),
        pl.col("identifier/legalName").alias("legal"),
        pl.col("address/region").alias("region"),
        pl.lit(value=True).alias("listed"),
    )[found[_PARTY]]
    ends = pl.Series([group.height for group in groups]).cum_sum()
    return [_told(group, told[end - group.height : end]) for group, end in zip(groups, ends, strict=True)]


def _found(asked: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    return asked.join(known, on=[RELEASE, "id"], how="left", maintain_order="left")


def _told(group: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Put together what references say themselves, and what the lists of parties say."""
    if (own := group["identifier"]).any():
        number = registers(group["identifier/scheme"], group["identifier/id"])
        legal = group["identifier/legalName"]
        parties = parties.with_columns(
            number=number.zip_with(own, parties["number"]), legal=legal.zip_with(own, parties["legal"])
        )
    both = group.select("id", "name").hstack(parties).with_columns(pl.coalesce("name", "theirs", "legal"))
    told = both.select("number", "name", "id", "region", "listed")
    if told["number"].null_count():
        local = pl.col("name").is_null() | pl.col("id").str.contains(_TAX_NUMBER)
        told = told.with_columns(pl.coalesce("number", pl.when(local).then("id")))
    return told.with_columns(group.select(RELEASE, *({OF} & set(group.columns))))


def registers(schemes: pl.Series, numbers: pl.Series) -> pl.Series:
    """Give the numbers of registers, row by row, as `registered` does."""
    scheme, number = pl.col("scheme").replace(WORDED), pl.col("number")
    coded = scheme.str.contains(f"^{CODED.pattern}$") & ~number.str.starts_with(scheme + "-")
    plain = (number.str.len_bytes() >= _TELLING) & number.str.contains("[1-9A-Za-z]")
    frame = pl.DataFrame({"scheme": schemes, "number": numbers}).with_columns(
        found=pl.when(plain).then(pl.when(coded).then(scheme + "-" + number).otherwise(number)),
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
        ids = references([{"id": number} for _, _, number in group])
        told.append((*together((number, name) for number, name, _ in group), ids))
    named_together = pl.DataFrame(told, schema=facts.schema, orient="row")
    return acting.select(
        (counts > 0).alias("acting"),
        *(acting[name].scatter(many, named_together[name]).alias(f"acting/{name}") for name in facts.columns),
    )
