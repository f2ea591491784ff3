"""What does the page of a rule say under which heading? The sections that every page has, in their order."""

from collections.abc import Mapping
from typing import Final

#: The section that names, in one line, the documents that a reader can ask for.
SETTLES: Final = "What would settle it"

#: The section that is a test as well (`_example`).
EXAMPLE: Final = "Worked example"

SECTIONS: Final = (
    "Why it matters",
    "Formula",
    "Threshold",
    "False positives",
    SETTLES,
    EXAMPLE,
    "References",
)


def sections(page: str, headings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Cut a rule's page into the text below each of its headings, by the English ones.

    `headings` say how a translated page puts them.
    """
    said = headings or {}
    starts = sorted((page.index(f"\n{said.get(title, title)}\n"), title) for title in SECTIONS)
    ends = [start for start, _ in starts[1:]] + [len(page)]
    return {
        # The line below a heading underlines it.
        title: page[start:end].strip().split("\n", 2)[-1].strip()
        for (start, title), end in zip(starts, ends, strict=True)
    }
