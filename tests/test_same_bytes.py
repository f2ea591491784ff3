"""Holds one audit in every format to its bytes: they are the same on every machine and Python."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import golden
from spendaudit.report.formats import load_formats, named


def test_every_format_gives_the_bytes_that_are_remembered() -> None:
    names = golden.differing(golden.digests(golden.outputs()), golden.known())

    assert not names, golden.advice(names)


def test_every_format_is_remembered() -> None:
    remembered = {found[0].name for name in golden.known() if (found := named(name, load_formats().values()))}

    assert remembered == {*load_formats()}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"findings.csv"}, ["findings.csv"]),
        ({golden.WORKBOOK}, [golden.WORKBOOK]),
        ({golden.WORKBOOK, golden.ZLIB}, []),
        (
            {golden.WORKBOOK, f"{golden.WORKBOOK}-unpacked", golden.ZLIB},
            ["findings.xlsx", "findings.xlsx-unpacked"],
        ),
        ({"findings.csv", golden.ZLIB}, ["findings.csv"]),
    ],
)
def test_a_workbook_may_differ_only_where_zlib_packs_in_another_way(
    changed: set[str], told: list[str]
) -> None:
    kept = golden.known()

    found = {name: "other" if name in changed else digest for name, digest in kept.items()}

    assert golden.differing(found, kept) == told


def test_a_format_that_is_new_or_gone_is_told() -> None:
    kept = {"findings.csv": "1", "findings.md": "2"}

    assert golden.differing({"findings.csv": "1", "findings.html": "3"}, kept) == [
        "findings.md",
        "findings.html",
    ]
