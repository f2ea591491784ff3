"""What a shell may complete: ids of rules and of sources, asked for only when somebody presses the key."""

from collections.abc import Iterator


def rule_ids(incomplete: str) -> Iterator[tuple[str, str]]:
    """Give the ids that begin so, each with its name."""
    from spendaudit.rules import load_rules

    return ((one.id, one.name) for one in load_rules().values() if one.id.startswith(incomplete.upper()))


def source_ids(incomplete: str) -> Iterator[str]:
    """Give the ids that begin so."""
    from spendaudit.sources import load_sources

    return (name for name in load_sources() if name.startswith(incomplete))
