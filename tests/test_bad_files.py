"""Each kind of damage that portals' files come in, and the very words a person gets about it."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from spendaudit.errors import LayoutChangedError, ReadError, SpendauditError, UnknownLayoutError
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Loaded, normalize

BAD = Path(__file__).parents[1] / "fixtures" / "bad"

NEXT_DOWNLOAD = "download it again, or ask the portal for the file"
WAY_ON = (
    "; `spendaudit sources gb_spend` shows what the source reads"
    "; `spendaudit map FILE` drafts a mapping for the file as it is now"
)


@dataclass(frozen=True)
class Refusal:
    """A file that cannot be read at all."""

    kind: type[SpendauditError]
    message: str
    hint: str


@dataclass(frozen=True)
class Reading:
    """A file that is read as far as it goes."""

    loaded: int
    aside: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


REFUSED = {
    "html_as_csv": Refusal(
        ReadError,
        "html_as_csv.csv is a web page, not data",
        "the portal answered with a page (often an error or a log-in); download the file again",
    ),
    "empty": Refusal(ReadError, "empty.csv is empty (0 bytes)", NEXT_DOWNLOAD),
    "blanks_only": Refusal(ReadError, "blanks_only.csv holds blanks only", NEXT_DOWNLOAD),
    "no_header": Refusal(
        UnknownLayoutError,
        "no_header.csv starts with data, not with column names: "
        "DMW,Department of Make-Believe Works,03/06/2019,Fees,Press office,Imaginary Medi",
        "add the portal's header as the first line",
    ),
    "new_column": Refusal(
        LayoutChangedError,
        'new_column.csv: gb_spend does not know the column "Carbon tonnes"',
        "the portal may have changed its layout; what it had before can be read: "
        "--ignore-new-columns reads the file without what is new",
    ),
    "missing_column": Refusal(
        LayoutChangedError,
        'missing_column.csv: gb_spend needs the column "Supplier", which the file lacks',
        f"without it payments.payee_name cannot be filled{WAY_ON}",
    ),
    "renamed_column": Refusal(
        LayoutChangedError,
        'renamed_column.csv: gb_spend needs the column "Amount", which the file lacks '
        '(and has "Value in sterling", which it does not know)',
        f"without it payments.amount cannot be filled{WAY_ON}",
    ),
    "twice_column": Refusal(
        LayoutChangedError,
        'twice_column.csv: gb_spend reads "Amount", which stands in the header twice',
        "delete one of the two columns, or ask the portal which one holds",
    ),
    "wrong_delimiter": Refusal(
        ReadError,
        "wrong_delimiter.csv has the columns of gb_spend, but separated by ';' instead of ','",
        "it was saved by another program, which may have changed amounts and dates too: "
        "use the file as the portal publishes it",
    ),
    "wrong_encoding": Refusal(
        ReadError,
        "wrong_encoding.csv is in cp850, while mx_compranet_contracts is published in utf-8 or cp1252: "
        "its accents would be read as other signs",
        "use the portal's own file, or convert it: iconv -f cp850 -t utf-8",
    ),
    "utf16": Refusal(
        ReadError, "utf16.csv is UTF-16 text, which is not read", "convert it: iconv -f utf-16 -t utf-8"
    ),
    "workbook": Refusal(
        ReadError,
        "workbook.csv: the archive is damaged (File is not a zip file)",
        "download it again; it may be cut short",
    ),
    "unknown_portal": Refusal(
        UnknownLayoutError,
        "unknown_portal.csv is of no portal that spendaudit knows; "
        "its header starts with Datum,Gegenstand,Betrag",
        "`spendaudit sources` lists the portals; `spendaudit map FILE` drafts a mapping for another",
    ),
}

READ = {
    "header_only": Reading(0, notes=("the file holds a header and no rows",)),
    "cr_only": Reading(3),
    "double_bom": Reading(3),
    "nul_bytes": Reading(3),
    "unbalanced_quote": Reading(2, {"a quote is opened and never closed": 1}),
    "footer_total": Reading(3, {"a sum of other rows": 1}),
    "shifted_columns": Reading(2, {"7 cells instead of 8": 1, "9 cells instead of 8": 1}),
    "words_for_numbers": Reading(1, {"Amount cannot be read as a number": 2}),
    "american_dates": Reading(2, {"Date cannot be read as a date": 1}),
    "mixed_encodings": Reading(4, notes=("mixed encodings: 1 line was read as utf-8, the others as cp1252",)),
}


def _load(name: str, folder: Path) -> Loaded:
    return normalize([BAD / f"{name}.csv"], Store(folder))


def test_every_bad_file_is_spoken_of() -> None:
    assert {path.stem for path in BAD.iterdir()} == set(REFUSED) | set(READ)


@pytest.mark.parametrize(("name", "refusal"), REFUSED.items(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(
    name: str, refusal: Refusal, tmp_path: Path
) -> None:
    loaded = _load(name, tmp_path)

    (refused,) = loaded.refused
    assert loaded.inputs == ()
    assert type(refused.error) is refusal.kind
    assert refused.error.message == refusal.message
    assert refused.error.hint == refusal.hint
    assert refused.error.exit_code == 3


@pytest.mark.parametrize(("name", "reading"), READ.items(), ids=READ)
def test_what_can_be_read_is_read_and_the_rest_put_aside_with_its_reason(
    name: str, reading: Reading, tmp_path: Path
) -> None:
    (entry,) = _load(name, tmp_path).inputs

    assert entry.rows_loaded == reading.loaded
    assert entry.quarantine == reading.aside
    assert entry.notes == reading.notes
    assert entry.rows_read == entry.rows_loaded + entry.rows_quarantined


def test_bytes_that_are_no_text_at_all_are_refused_without_a_traceback(tmp_path: Path) -> None:
    noise = random.Random(3)  # noqa: S311 noise for a test
    for number in range(40):
        path = tmp_path / f"noise{number}.csv"
        path.write_bytes(bytes(noise.randrange(256) for _ in range(3000)))

    done = normalize([tmp_path], Store(tmp_path / ".store"))

    assert len(done.refused) == 40
    assert done.inputs == ()
