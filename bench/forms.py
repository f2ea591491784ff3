"""Makes up releases of invented awards in forms other than lines of text.

    python bench/forms.py workbook --records 20000 --out awards.xlsx

The same seed and number of records give the same bytes.
"""

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

import feeds
import releases
import workbooks
from awards import Award, invented


def _written(text: Callable[[Iterable[Award]], Iterable[bytes]], path: Path, awards: Iterable[Award]) -> None:
    with path.open("wb") as stream:
        stream.writelines(text(awards))


#: What writes each form, by the ending of its files.
FORMS: Final[dict[str, tuple[str, Callable[[Path, Iterable[Award]], None]]]] = {
    "workbook": (".xlsx", workbooks.write),
    "JSON lines": (".jsonl", partial(_written, releases.lines)),
    "JSON package": (".json", partial(_written, releases.package)),
    "XML feeds": (".zip", feeds.write),
}


def main() -> None:
    """Read the options and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    # Aside first: a file is complete or absent.
    aside = asked.out.with_suffix(".part")
    FORMS[asked.form][1](aside, invented(asked.records, asked.seed))
    aside.rename(asked.out)


if __name__ == "__main__":
    main()
