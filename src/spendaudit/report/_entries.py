"""How is a finding written as JSON? Some thousand of them at once, an object a line: see `to_json`."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import polars as pl

from spendaudit.model.found import Findings
from spendaudit.model.json_text import objects, quoted, tagged, untagged
from spendaudit.model.run import Run
from spendaudit.report.safe import TO_ESCAPE, escaped

#: Findings that are written in one go, and how many goes work while one is taken.
_AT_ONCE: Final = 10_000
_TOGETHER: Final = 2
#: What is told of a row that a finding rests on.
_MEMBER: Final = ("table", "id", "file", "row", "url")

#: What of it needs no escape in JSON, but is obeyed by a terminal.
_OBEYED: Final = {sign: code for sign in map(chr, range(0x2070)) if (code := escaped(sign)) != sign}


def entries(run: Run, between: str, head: str = "{") -> Iterator[str]:
    """Write every finding, the new ones first, some thousand to a text with `between` between any two.

    Each object begins with `head`.
    """
    waiting: deque[Future[str]] = deque()
    with ThreadPoolExecutor(_TOGETHER) as pool:
        for findings, status in ((run.findings, "new"), (run.known, "known")):
            found = Findings.of(findings)
            for start in range(0, len(found), _AT_ONCE):
                part = Findings(found.frame.slice(start, _AT_ONCE), found.rows)
                waiting.append(pool.submit(_text, part, status, head, between))
                if len(waiting) > _TOGETHER:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _text(found: Findings, status: str, head: str, between: str) -> str:
    return str(_escaped(_lines(found, status, head)).str.join(between).item())


def _lines(found: Findings, status: str, head: str) -> pl.Series:
    frame = found.frame.with_columns(pl.col("starts", "ends").cast(pl.String), status=pl.lit(status))
    amounts = pl.col("amount").cast(pl.String).str.strip_chars_end("0").str.strip_suffix(".")
    written = {
        **{name: quoted(pl.col(name)) for name in ("fingerprint", "status", "rule", "severity")},
        "amount": quoted(amounts),
        **{name: quoted(pl.col(name)) for name in ("currency", "starts", "ends", "message")},
        "facts": untagged(pl.col("facts")),
        "members": pl.lit(_members(found)),
    }
    return frame.select(objects(written, head)).to_series()


def _escaped(lines: pl.Series) -> pl.Series:
    """Write signs that a terminal would obey as `escaped` does."""
    return lines.str.replace_many(_OBEYED) if lines.str.contains(TO_ESCAPE).any() else lines


def _members(found: Findings) -> pl.Series:
    members = found.members
    written = {name: tagged(pl.col(name), members.schema[name]) for name in _MEMBER}
    each = members.select(objects(written)).to_series()
    finding = pl.int_range(pl.len())
    lists = (
        # In order: Polars need not look for the members of each.
        found.frame.select(finding=finding.repeat_by("members").explode(empty_as_null=False).set_sorted())
        .with_columns(each.alias("each"))
        .group_by("finding", maintain_order=True)
        .agg("each")
        .with_columns(pl.col("each").list.join(", "))
    )
    of_each = found.frame.select(finding=finding).join(lists, on="finding", how="left", maintain_order="left")
    return ("[" + of_each["each"].fill_null("") + "]").alias("members")
