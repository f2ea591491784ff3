"""With which key are persons' pseudonyms made? It is made once and stays on this machine."""

import os
import secrets
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from spendaudit.errors import UsageError

VARIABLE: Final = "SPENDAUDIT_MASK_KEY"
#: Identifiers are tried out faster than short keys: a key that can be guessed hides nobody.
_SHORTEST: Final = 16


def mask_key(file: Path) -> bytes:
    """Return the key (32 bytes): from `SPENDAUDIT_MASK_KEY`, else from the file, which is made on first use.

    Only its owner may read the file. Raises UsageError when either holds fewer than 16 characters.
    """
    if text := os.environ.get(VARIABLE, ""):
        return _key(text, VARIABLE)
    if not file.exists():
        _make(file)
    return _key(file.read_text("ascii", errors="replace"), str(file))


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Made aside (a temporary file belongs to its owner alone), then linked: of two runs at once, one wins.
    with NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as aside:
        aside.write(secrets.token_hex(32))
        aside.flush()
        try:
            os.link(aside.name, file)
        except FileExistsError:
            return


def _key(text: str, origin: str) -> bytes:
    if len(text.strip()) < _SHORTEST:
        raise UsageError(
            "{origin}: the key that hides persons is too short",
            hint="give at least {least} characters that nobody can guess",
            origin=origin,
            least=_SHORTEST,
        )
    return blake2b(text.strip().encode(), digest_size=32).digest()
