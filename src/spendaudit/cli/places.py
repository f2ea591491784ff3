"""Where is it written, and in which format? For what is no report of findings: lists, and comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from spendaudit.cli.outputs import check_place
from spendaudit.errors import UsageError
from spendaudit.wording import Words, meant


@dataclass(frozen=True, slots=True)
class Places:
    """The files to write, each with its format, and the format of standard output (empty: nothing)."""

    files: tuple[tuple[Path, str], ...]
    printed: str

    @classmethod
    def of(cls, files: Sequence[Path], format_name: str, formats: Mapping[str, str], *, quiet: int) -> Self:
        """Find the format of every file, by the suffixes of `formats`.

        Raises UsageError before any work is done that could not be kept.
        """
        if format_name not in formats.values():
            known = Words("formats: {known}", known=", ".join(formats.values()))
            hint = meant(format_name, formats.values(), known)
            raise UsageError("there is no format {name}", hint=hint, name=format_name)
        chosen = []
        for path in files:
            named = formats.get(path.suffix.lower(), "" if path.suffix else format_name)
            if not named:
                raise UsageError(
                    "{path}: no format is called so",
                    hint="file names end in {known}",
                    path=path,
                    known=", ".join(formats),
                )
            check_place(path, f"list{next(suffix for suffix in formats if formats[suffix] == named)}")
            chosen.append((path, named))
        return cls(tuple(chosen), "" if quiet > 1 else format_name)
