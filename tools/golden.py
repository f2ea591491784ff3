"""Writes one audit in every format, and remembers its bytes, so that every machine and Python gives the same.

python tools/golden.py          write tests/golden.sha256 anew, after a change of a format or of a text in it
python tools/golden.py --check  say what differs from it here
python tools/golden.py FOLDER   put the files into a folder, to look at; of two commits, to compare

The audit is that of the bundled files by a few rules. A workbook is packed by the zlib of the machine, and
builds of it pack in their own ways: beside its bytes stand those of its parts, which are the same everywhere.
"""

import os
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile

ROOT: Final = Path(__file__).parents[1]
GOLDEN: Final = ROOT / "tests" / "golden.sha256"
WORKBOOK: Final = "findings.xlsx"
#: How the zlib of a machine packs the parts of the workbook.
ZLIB: Final = "zlib"
#: A rule of budgets, of money by window, of limits and of dates.
_RULES: Final = ("BUD001", "CON001", "SPL001", "TIM005")
_INPUTS: Final = ("budget_execution_april.csv", "purchase_orders_2024.csv")
_SUFFIXES: Final = (
    "csv", "json", "jsonl", "md", "html", "xlsx", "sarif", "xml", "github.txt", "codequality.json",
    "db", "parquet", "txt",
)  # fmt: skip
#: Packages that write bytes of their own, or texts, numbers and tables of a report.
_WRITERS: Final = ("babel", "markdown-it-py", "polars", "rich", "xlsxwriter")


def outputs() -> Mapping[str, bytes]:
    """Audit the bundled files, and return what each format makes of it, by the name of the file."""
    names = [f"findings.{suffix}" for suffix in _SUFFIXES]
    with TemporaryDirectory() as folder:
        for name in _INPUTS:
            copy(ROOT / "fixtures" / "demo" / name, folder)
        asked = [
            "--select",
            ",".join(_RULES),
            "--period",
            "2024",
            "--store",
            "store",
            "--fail-on",
            "never",
            "-q",
        ]
        written = [word for name in names for word in ("--output", name)]
        subprocess.run(  # noqa: S603 our own program
            [sys.executable, "-m", "spendaudit", "audit", *_INPUTS, *asked, *written],
            cwd=folder,
            env=_environment(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        found = {name: (Path(folder) / name).read_bytes() for name in names}
    with ZipFile(BytesIO(found[WORKBOOK])) as parts:
        unpacked = b"".join(f"{one}\n".encode() + parts.read(one) for one in parts.namelist())
    return {
        **found,
        f"{WORKBOOK}-unpacked": unpacked,
        ZLIB: zlib.compress(unpacked, 6),
    }


def _environment() -> dict[str, str]:
    """Let nothing of the machine's own settings in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPENDAUDIT_")}
    own = {"SPENDAUDIT_LANG": "en", "SPENDAUDIT_MASK_KEY": "golden" * 8, "COLUMNS": "100"}
    return {**kept, **own, "PYTHONPATH": str(ROOT / "src")}


def digests(found: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file by its name."""
    return {name: sha256(content).hexdigest() for name, content in found.items()}


def known() -> dict[str, str]:
    """Return the digests that are remembered, by the name of the file."""
    lines = [line.split() for line in GOLDEN.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {name: digest for digest, name in lines}


def differing(found: Mapping[str, str], kept: Mapping[str, str]) -> list[str]:
    """Name the files that are not what they were, save a workbook that is only packed in another way."""
    changed = [name for name in {**kept, **found} if found.get(name) != kept.get(name)]
    packed = ZLIB in changed and f"{WORKBOOK}-unpacked" not in changed
    return [name for name in changed if name != ZLIB and not (packed and name == WORKBOOK)]


def advice(names: Iterable[str]) -> str:
    """Say what to do about files that differ."""
    here = _writers()
    then = next((line for line in GOLDEN.read_text("utf-8").splitlines() if line.startswith("# by ")), "")
    moved = "" if then == here else f"\nIt was written {then.strip('# ')}; here it is {here.strip('# ')}."
    return (
        f"Not the bytes of {GOLDEN.name}: {', '.join(names)}.{moved}\n"
        "If you changed a format, the page of a rule, a text or a locked package, you should see that:\n"
        "compare the files (`python tools/golden.py FOLDER`, here and in the commit before); `make golden`.\n"
        "If you changed none of them, this machine or Python gives other bytes for the same audit: a bug."
    )


def _writers() -> str:
    return f"# by {', '.join(f'{name} {version(name)}' for name in _WRITERS)}"


def _lines(found: Mapping[str, str]) -> Iterator[str]:
    yield "# What `make golden` wrote: the SHA-256 of one audit in every format."
    yield _writers()
    yield from (f"{digest}  {name}" for name, digest in found.items())


def main() -> int:
    """Run what the command line names."""
    found = outputs()
    match sys.argv[1:]:
        case []:
            GOLDEN.write_text("\n".join(_lines(digests(found))) + "\n", "utf-8")
        case ["--check"]:
            names = differing(digests(found), known())
            print(advice(names) if names else f"Python {sys.version.split()[0]}: the same bytes")
            return bool(names)
        case [folder]:
            Path(folder).mkdir(parents=True, exist_ok=True)
            for name, content in found.items():
                (Path(folder) / name).write_bytes(content)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
