"""Where does a finding stand in the published files? What a check shows beside it.

A line is the row as a spreadsheet counts it, the header among them. For a file inside of an archive, a sheet
of a workbook and a record of JSON or XML, it is the row or record there, and `inside` says where.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from spendaudit.i18n import n, number, t
from spendaudit.model.run import Finding, Input, Member, Run
from spendaudit.report.safe import plain


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a published file."""

    #: With `/` between folders, whatever the machine.
    path: str
    line: int
    #: The file inside of an archive, or the sheet of a workbook; empty when there is none.
    inside: str

    @property
    def name(self) -> str:
        """What a person calls it: `data.zip!spend.csv row 57`."""
        inside = f"!{self.inside}" if self.inside else ""
        return t("{file} row {row}", file=f"{self.path}{inside}", row=self.line)


@dataclass(frozen=True, slots=True)
class Places:
    """The published files of a run, by their short content ids."""

    files: Mapping[str, Input]
    #: Paths are relative to this folder, where they lie in it.
    root: str = ""

    @classmethod
    def of(cls, run: Run, root: str = "") -> "Places":
        """Look the files of a run up; of two with the same content, the first is named."""
        return cls({file.file: file for file in reversed(run.inputs)}, root)

    def path(self, path: str) -> PurePath:
        """Name a file from the root, as a check of a repository does."""
        known = PurePath(path)
        return known.relative_to(self.root) if self.root and known.is_relative_to(self.root) else known

    def __getitem__(self, member: Member) -> Place:
        """Find the row of a member."""
        file = self.files.get(member.file)
        if file is None:
            return Place(member.file, member.row, "")
        return Place(plain(self.path(file.path).as_posix()), member.row, plain(file.member))

    def first(self, finding: Finding) -> Place:
        """Find the first row of a finding."""
        return self[finding.members[0]]


def more(finding: Finding) -> str:
    """Say how many rows a finding rests on besides its first: ` and 2 more rows`; empty for one row."""
    others = len(finding.members) - 1
    if not others:
        return ""
    return " " + n("and {others} more row", "and {others} more rows", others).format(others=number(others))
