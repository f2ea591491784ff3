"""Small files and claims that survive other runs, and runs that are killed."""

import json
import os
import sys
import uuid
from contextlib import suppress
from pathlib import Path


def write_json(path: Path, content: object) -> None:
    """Write a small file aside, then put it in its place: readers see all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{uuid.uuid4().hex}.writing")
    with aside.open("w", encoding="utf-8") as stream:
        json.dump(content, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let a new name in a folder outlive a power cut; Windows has no such call."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def lock(handle: int) -> bool:
    """Claim an open file until it is closed or the process ends; False when another run has it."""
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 Windows has none

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
