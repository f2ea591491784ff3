"""Which rules does a run ask? Ids, prefixes, names and Open Contracting Partnership numbers choose them."""

from collections.abc import Mapping, Sequence
from typing import Any

from spendaudit.errors import UsageError
from spendaudit.rules._rule import Precision, Rule
from spendaudit.wording import Words, meant


def select_rules(
    rules: Mapping[str, Rule[Any]], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> tuple[Rule[Any], ...]:
    """Return the chosen rules by id: all of them if `select` is empty, without the ignored ones.

    Raises UsageError for a word that chooses nothing, and when nothing is left.
    """
    chosen = {id_ for word in select for id_ in matching(rules, word)} if select else set(rules)
    dropped = {id_ for word in ignore for id_ in matching(rules, word)}
    left = tuple(rules[id_] for id_ in sorted(chosen - dropped))
    if not left:
        raise UsageError("no rule is left to run", hint="ignore fewer rules, or select others")
    return left


def for_readers(
    chosen: Sequence[Rule[Any]], rules: Mapping[str, Rule[Any]], select: Sequence[str] = ()
) -> tuple[tuple[Rule[Any], ...], tuple[str, ...]]:
    """Part the chosen rules into those for any reader, and the ids of those that say little by themselves.

    A rule that a word of `select` means, and no other, is asked whatever it says.
    Raises UsageError when no rule is left.
    """
    meant = {id_ for word in select if len(ids := matching(rules, word)) == 1 for id_ in ids}
    kept = tuple(rule for rule in chosen if rule.precision is not Precision.LOW or rule.id in meant)
    if not kept:
        raise UsageError(
            "no rule is left to run: those that were chosen say little by themselves",
            hint="--persona auditor asks them, and so does the id of one with --select",
        )
    return kept, tuple(rule.id for rule in chosen if rule not in kept)


def matching(rules: Mapping[str, Rule[Any]], word: str) -> frozenset[str]:
    """Return the ids of the rules that one word means: `SPL001`, `SPL`, `split-purchases` or `R011`."""
    upper, lower = word.strip().upper(), word.strip().lower()
    found = frozenset(
        id_
        for id_, rule in rules.items()
        if upper and (id_.startswith(upper) or rule.name == lower or upper in rule.ocp)
    )
    if not found:
        raise UsageError("no rule is called {word!r}", hint=_suggestion(rules, word), word=word)
    return found


def _suggestion(rules: Mapping[str, Rule[Any]], word: str) -> Words:
    known = {spelling for rule in rules.values() for spelling in (rule.id, rule.name, *rule.ocp)}
    return meant(word.strip(), sorted(known), Words("`spendaudit rules` lists them all"), cutoff=0.5)
