"""The README names what there is: every rule and every source, and none besides."""

import re
from collections.abc import Iterator
from pathlib import Path

from spendaudit.rules import load_rules
from spendaudit.sources import load_sources

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
RULE = re.compile(r"([A-Z]{2,3})(\d{3})(?:-\1(\d{3}))?")


def table(heading: str) -> str:
    """Return the table below a heading."""
    _, _, below = README.partition(f"\n### {heading}\n")
    return "\n".join(line for line in below.partition("\n#")[0].splitlines() if line.startswith("| "))


def ids(text: str) -> Iterator[str]:
    """Spell ranges of ids out."""
    for letters, first, last in RULE.findall(text):
        yield from (f"{letters}{number:03}" for number in range(int(first), int(last or first) + 1))


def test_every_rule_stands_in_one_family() -> None:
    assert sorted(ids(table("Rules"))) == sorted(load_rules())


def test_every_source_stands_among_the_portals_with_the_tables_that_it_fills() -> None:
    filled = dict[str, set[str]]()
    for line in table("Portals").splitlines()[1:]:
        _, names, _, fills, *_ = line.split("|")
        filled[names] = set(fills.strip().split(", "))
    sources = load_sources()

    assert sorted(re.findall(r"`(\w+)`", "".join(filled))) == sorted(sources)
    for names, tables in filled.items():
        shapes = [
            shape
            for name in re.findall(r"`(\w+)`", names)
            for shape in (sources[name], *sources[name].shapes)
        ]
        told = {output.table for shape in shapes for output in shape.outputs}
        # What a data package fills stands in its descriptor.
        assert tables == (told or {"budget", "payments"})
