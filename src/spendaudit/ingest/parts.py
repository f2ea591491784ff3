"""The part of a body that has arrived, and what must hold for the rest to fit it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from spendaudit.ingest.durable import write_json
from spendaudit.ingest.rawstore import Answer


@dataclass(frozen=True, slots=True)
class Begun:
    """What the portal said when it began to send a body."""

    answer: Answer
    #: Bytes of the whole body, if the portal said so.
    total: int | None

    @property
    def validator(self) -> str:
        """What the portal must still hold for the rest to fit: a strong ETag, else the date of the file."""
        strong = self.answer.etag.startswith('"')
        return self.answer.etag if strong else self.answer.last_modified

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read it again in a later run; None when it cannot be trusted."""
        try:
            content = json.loads(path.read_text("utf-8"))
            return cls(Answer(**content["answer"]), content["total"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Part:
    """A file that grows, with a note beside it: `<name>.part` and `<name>.json`."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def begun(self) -> Begun | None:
        """What is known of a part that can be resumed; None when there is nothing to resume."""
        return Begun.read(self._note) if self.size else None

    def begin(self, begun: Begun, *, resumable: bool) -> None:
        """Start anew. The old bytes go first: beside new facts they would grow into a wrong whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(b"")
        if resumable and begun.validator:
            write_json(self._note, asdict(begun))
        else:
            self._note.unlink(missing_ok=True)

    def discard(self) -> None:
        """Forget the part and what was known of it."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.path.with_suffix(".json")
