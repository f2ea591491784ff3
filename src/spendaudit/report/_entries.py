"""How is a finding written as JSON? Some thousand of them at once, an object a line: see `to_json`."""

import io
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TextIO, cast

import polars as pl

from spendaudit.model.found import Findings
from spendaudit.model.json_text import certain, objects, quoted, tagged, untagged
from spendaudit.model.run import Run
from spendaudit.report.safe import TO_ESCAPE, escaped

#: Members that are written in one go, and how many goes work while one is taken.
_AT_ONCE: Final = 25_000
_TOGETHER: Final = 2

#: What needs no escape in JSON, but is obeyed by a terminal.
_OBEYED: Final = {sign: code for sign in map(chr, range(0x2070)) if (code := escaped(sign)) != sign}
#: The bytes that begin those in UTF-8. Many texts hold none of them, and to see that is quick.
_BEGIN: Final = {sign.encode()[:1] for sign in _OBEYED if sign > " "}


def entries(run: Run, between: str, head: str = "{") -> Iterator[bytes]:
    """Write every finding, the new ones first, some thousand to a text with `between` between any two.

    Each object begins with `head`. Texts are in UTF-8, for `put`.
    """
    waiting: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(_TOGETHER) as pool:
        for findings, status in ((run.findings, "new"), (run.known, "known")):
            for part in Findings.of(findings).parts(_AT_ONCE):
                waiting.append(pool.submit(_text, part, status, head, between))
                if len(waiting) > _TOGETHER:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def put(stream: TextIO, text: bytes) -> None:
    """Write UTF-8 into a stream of text: as it is, where nothing else would come out."""
    if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() == "utf-8" and not stream.isatty():
        stream.flush()
        stream.buffer.write(text)
    else:
        stream.write(text.decode())


def _text(found: Findings, status: str, head: str, between: str) -> bytes:
    lines = _lines(found, status, head)
    text = _joined(lines, between)
    return _joined(_escaped(lines), between) if any(begin in text for begin in _BEGIN) else text


def _joined(lines: pl.Series, between: str) -> bytes:
    return cast("bytes", lines.str.join(between).cast(pl.Binary).item())


def _lines(found: Findings, status: str, head: str) -> pl.Series:
    frame = found.frame.with_columns(pl.col("starts", "ends").cast(pl.String), status=pl.lit(status))
    amounts = pl.col("amount").cast(pl.String).str.strip_chars_end("0").str.strip_suffix(".")
    written: dict[str, pl.Expr | Sequence[pl.Expr]] = {
        **{name: certain(pl.col(name)) for name in ("fingerprint", "status", "rule", "severity")},
        "amount": quoted(amounts),
        **{name: quoted(pl.col(name)) for name in ("currency", "starts", "ends")},
        "message": certain(pl.col("message")),
        "facts": untagged(pl.col("facts")),
        "members": (pl.lit("["), pl.lit(_members(found)), pl.lit("]")),
    }
    return frame.select(objects(written, head)).to_series()


def _escaped(lines: pl.Series) -> pl.Series:
    """Write signs that a terminal would obey as `escaped` does."""
    return lines.str.replace_many(_OBEYED) if lines.str.contains(TO_ESCAPE).any() else lines


def _members(found: Findings) -> pl.Series:
    """Write what is told of the rows that each finding rests on, one after the other."""
    members = found.members
    written: dict[str, pl.Expr | Sequence[pl.Expr]] = {
        **{name: certain(pl.col(name)) for name in ("table", "id", "file")},
        **{name: tagged(pl.col(name), members.schema[name]) for name in ("row", "url")},
    }
    each = members.select(each=objects(written)).to_series()
    counts = found.frame["members"]
    alone = counts == 1
    of_one = each.gather((counts.cum_sum() - counts).set(~alone, None))
    if alone.all():
        return of_one
    # Most findings rest on one row: lists are made for the others alone.
    finding = found.frame.select(finding=pl.int_range(pl.len()).repeat_by("members")).to_series()
    finding = finding.explode(empty_as_null=False)
    several = ~alone.gather(finding)
    of_several = (
        # In order: Polars need not look for the members of each.
        pl.DataFrame([finding.filter(several).set_sorted(), each.filter(several)])
        .group_by("finding", maintain_order=True)
        .agg("each")
        .with_columns(pl.col("each").list.join(", "))
    )
    return of_one.scatter(of_several["finding"], of_several["each"]).fill_null("")
