"""Says what was read, and where every row went."""

import os.path
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spendaudit.i18n import number, t
from spendaudit.model.run import Input
from spendaudit.report.screen import Fitting
from spendaudit.report.words import count, words

#: More files than this are summed up by source.
_FILES: Final = 12
#: Reasons for putting rows aside that are shown.
_REASONS: Final = 5


def lines(inputs: Sequence[Input], *, wide: bool, limit: int | None = _FILES) -> Iterator[RenderableType]:
    """Show every file; more than the limit only as sums by source, with the reasons and remarks of all."""
    folder = common_folder(inputs)
    if folder:
        yield words(t("in "), (folder, "dim"))
    if limit is not None and len(inputs) > limit:
        for source, files in groupby(sorted(inputs, key=lambda file: file.source), lambda file: file.source):
            yield from _summed_up(source, list(files))
        yield words((t("file by file: "), "dim"), t("spendaudit normalize, or --output findings.json"))
        return
    narrow = [line for file in inputs for line in _stacked(file, folder)]
    yield Fitting(_table(inputs, folder), _notes(inputs, folder), narrow) if wide else Group(*narrow)
    if len(inputs) > 1:
        yield words((t("all: "), "bold"), f"{_files(inputs)}, {_sum(inputs)}")


def _notes(inputs: Sequence[Input], folder: str) -> list[Text]:
    return [
        words((f"{_name(file, folder)}: ", "dim"), remark) for file in inputs for remark in _remarks([file])
    ]


def _summed_up(source: str, files: Sequence[Input]) -> Iterator[RenderableType]:
    tables = Counter[str]()
    for file in files:
        tables.update({name: counts.loaded for name, counts in file.tables.items()})
    encodings = ", ".join(sorted({file.encoding for file in files}))
    into = ", ".join(f"{name} {number(rows)}" for name, rows in tables.items())
    yield words((source, "bold"), f": {_files(files)}, {encodings}, ", t("into {tables}", tables=into))
    yield words(f"  {_sum(files)}")
    yield from (Padding(remark, (0, 0, 0, 2)) for remark in _remarks(files))


def _files(files: Sequence[Input]) -> str:
    """Count what was given; sheets of a workbook and members of an archive are parts of one file."""
    given = count(len({file.path for file in files}), "file")
    return (
        given
        if len({file.path for file in files}) == len(files)
        else t("{files} in {parts} parts", files=given, parts=number(len(files)))
    )


def common_folder(inputs: Sequence[Input]) -> str:
    """Name the nearest folder that all files lie in, however deep; empty when there is none."""
    folders = {os.path.dirname(file.path) for file in inputs}  # noqa: PTH120 shown as it was given
    try:
        shared = os.path.commonpath(folders)
    except ValueError:  # no file at all, or some paths begin at the root and others do not
        return ""
    # What was typed as ./spend or spend//2024 is shown as it was typed.
    written = shared != os.sep and all(file.path.startswith(shared) for file in inputs)
    return shared if written else ""


def _sum(files: Sequence[Input]) -> str:
    read, loaded, merged, aside = (
        sum(counts) for counts in zip(*(_counts(file) for file in files), strict=True)
    )
    return _equation(read, loaded, merged, aside)


def _counts(file: Input) -> tuple[int, int, int, int]:
    return file.rows_read, file.rows_loaded, file.rows_merged, file.rows_quarantined


def _equation(read: int, loaded: int, merged: int, quarantined: int) -> str:
    return t(
        "{rows} read = {loaded} loaded + {merged} merged + {quarantined} quarantined",
        rows=count(read, "row"),
        loaded=number(loaded),
        merged=number(merged),
        quarantined=number(quarantined),
    )


def _name(file: Input, folder: str) -> str:
    return file.name.removeprefix(folder).lstrip("/\\") if folder else file.name


def _into(file: Input) -> str:
    return ", ".join(f"{name} {number(counts.loaded)}" for name, counts in file.tables.items())


def _filled(file: Input) -> str:
    """Tell in how many rows of the first table it stands when, how much, who bought and who sold."""
    shares = next(iter(file.filled.values()), {})
    return ", ".join(f"{t(question)} {_percent(share)}" for question, share in shares.items())


def _percent(share: float) -> str:
    """Round, but call nothing all or none that is not."""
    rounded = f"{share * 100:.0f} %"
    return t("almost {share}", share=rounded) if 0 < share < 1 and rounded in {"0 %", "100 %"} else rounded


def _table(files: Sequence[Input], folder: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(t("file"), overflow="fold")
    table.add_column(t("recognised as"), overflow="fold")
    for heading in (t("rows read"), t("= loaded"), t("+ merged"), t("+ quarantined")):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(t("into"))
    table.add_column(t("encoding"))
    table.add_column(t("rows with"), overflow="fold")
    for file in files:
        numbers = (Text(number(rows)) for rows in _counts(file))
        table.add_row(
            words(_name(file, folder)),
            words(file.source),
            *numbers,
            words(_into(file)),
            words(file.encoding),
            words(_filled(file)),
        )
    return table


def _stacked(file: Input, folder: str) -> Iterator[RenderableType]:
    yield words((_name(file, folder), "bold"))
    yield words(f"  {file.source}, {file.encoding}, ", t("into {tables}", tables=_into(file)))
    yield words(f"  {_equation(*_counts(file))}")
    if filled := _filled(file):
        yield words("  ", t("rows with {columns}", columns=filled))
    yield from (Padding(remark, (0, 0, 0, 2)) for remark in _remarks([file]))


def _remarks(files: Sequence[Input]) -> Iterator[Text]:
    """Say why rows were put aside, the commonest reason first, and what else a reader should know."""
    rows, places = Counter[str](), Counter[str]()
    for file in files:
        rows.update(file.quarantine)
        places.update(file.quarantine.keys() | set(file.notes))
    where = {text: f" ({count(many, 'file')})" if len(files) > 1 else "" for text, many in places.items()}
    reasons = rows.most_common()
    for reason, many in reasons[:_REASONS]:
        said = t("{rows} quarantined: ", rows=count(many, "row"))
        yield words((said, "yellow"), reason, where[reason])
    if reasons[_REASONS:]:
        rest = sum(number for _, number in reasons[_REASONS:])
        said = t("{rows} quarantined: ", rows=count(rest, "row"))
        yield words((said, "yellow"), t("for other reasons"))
    for note in dict.fromkeys(note for file in files for note in file.notes):
        yield words((t("note: "), "dim"), note, where[note])
