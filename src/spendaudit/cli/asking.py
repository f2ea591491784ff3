"""Puts the rules to what was read, keeps the run, and hides persons from what is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from spendaudit.audit.archive import save
from spendaudit.audit.mask_key import mask_key
from spendaudit.audit.masking import mask
from spendaudit.audit.run import audit
from spendaudit.audit.select import for_readers, select_rules
from spendaudit.audit.settings import parse_params
from spendaudit.cli.lists import Listed
from spendaudit.cli.notes import Notes
from spendaudit.cli.options import FailOn, Persona
from spendaudit.cli.progress import bar
from spendaudit.cli.reading import Read
from spendaudit.config import Config
from spendaudit.enrich.law import Limits, load_limits
from spendaudit.enrich.own_limits import with_own
from spendaudit.errors import DONE, FOUND, INCOMPLETE, UNREADABLE, ReadError
from spendaudit.i18n import ENGLISH, speaking, t
from spendaudit.load.tables import open_tables
from spendaudit.model.findings import Severity
from spendaudit.model.found import Findings
from spendaudit.model.lists import list_of
from spendaudit.model.run import Finding, Run, State
from spendaudit.model.tables import Tables
from spendaudit.report.words import count
from spendaudit.rules import load_rules
from spendaudit.rules._rule import Params, Rule


@dataclass(frozen=True, slots=True)
class Questions:
    """Which rules are asked, with which settings."""

    rules: tuple[Rule[Any], ...]
    params: Mapping[str, Params]
    #: The caller named rules, instead of asking whatever the data can answer.
    named: bool
    #: Rules that a reader is spared, by id.
    left_out: tuple[str, ...] = ()
    #: The law's ceilings, with what the user says of them; None: as they ship.
    limits: Limits | None = None
    #: Tables are searched part by part.
    low_memory: bool = False

    @property
    def spared(self) -> str:
        """Say which rules a reader is spared, and how to ask them; empty when all are asked."""
        if not self.left_out:
            return ""
        number = count(len(self.left_out), "rule")
        return t(
            "{rules} left out for a reader ({names}): --persona auditor asks them, too",
            rules=number,
            names=", ".join(self.left_out),
        )

    @classmethod
    def of(
        cls,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        params: Sequence[str] = (),
        settled: Config | None = None,
        persona: Persona = Persona.AUDITOR,
    ) -> Self:
        """Read the options; each may hold several words between commas. Raises UsageError.

        `settled` is what files and variables hold: settings of rules, which `params` go before, and limits.
        """
        known = load_rules()
        selected = _words(select)
        rules = select_rules(known, selected, _words(ignore))
        left_out: tuple[str, ...] = ()
        if persona is Persona.READER:
            rules, left_out = for_readers(rules, known, selected)
        settled = settled or Config()
        limits = None
        if settled.limits or settled.buyer_tiers:
            limits = with_own(load_limits(), settled.limits, settled.buyer_tiers)
        values = parse_params(params, known, settled.rules)
        return cls(rules, values, bool(selected), left_out, limits)


def _words(options: Iterable[str]) -> list[str]:
    return [word for option in options for part in option.split(",") if (word := part.strip())]


def ask(
    found: Read, questions: Questions, notes: Notes, listed: Listed | None = None, *, show_personal: bool
) -> Run:
    """Audit what was read, with what is `listed` beside it; return the run as it may be shown."""
    found, tables = opened(found, notes, listed)
    return ask_of(found, tables, questions, notes, show_personal=show_personal)


def opened(found: Read, notes: Notes, listed: Listed | None = None) -> tuple[Read, Tables]:
    """Return the tables of what was read, with what is `listed` beside it, and all that was read then."""
    listed = listed or Listed()
    found = listed.load(found, notes)
    return listed.with_holidays(found, open_tables(found.inputs, found.store, numbered=True))


def ask_of(found: Read, tables: Tables, questions: Questions, notes: Notes, *, show_personal: bool) -> Run:
    """Put the questions to tables that are `opened`; return the run as it may be shown, in English."""
    tell_of_tiers(found, questions, notes)
    asked = 0
    with bar(quiet=notes.quiet, of_bytes=False) as progress:

        def tell(rule: Rule[Any]) -> None:
            nonlocal asked
            progress(f"{rule.id} {rule.name}", asked, len(questions.rules))
            asked += 1

        try:
            with speaking(ENGLISH):
                run = audit(
                    tables,
                    found.inputs,
                    questions.rules,
                    questions.params,
                    limits=questions.limits,
                    progress=tell,
                    low_memory=questions.low_memory,
                )
        except FileNotFoundError as error:
            raise ReadError(
                "a table of the store {store} went away while it was read",
                hint="another run has read the same file in another way: run the command again, or give each "
                "run its own --store",
                store=found.store.root,
            ) from error
    if questions.left_out:
        spared = {"persona": Persona.READER.value, "left_out": list(questions.left_out)}
        run = replace(run, settings={**run.settings, **spared})
    kept = save(run, found.kept)
    notes.detail(t("run {run} is kept in {folder}", run=run.id, folder=kept))
    return run if show_personal else hide_persons(run, found.kept)


def tell_of_tiers(found: Read, questions: Questions, notes: Notes) -> None:
    """Say where contracts have no limit because nobody knows the tier of their buyers."""
    if not any("limit" in rule.needs.get("contracts", ()) for rule in questions.rules):
        return
    limits = questions.limits or load_limits()
    countries = {file.jurisdiction for file in found.inputs if "contracts" in file.tables}
    for country in sorted(countries):
        if limits.waits_for_tiers(country):
            notes.say(
                t(
                    "no contract of {country} has a limit: the law goes by the tier of the buyer, which no "
                    "portal says. `spendaudit limits --country {country}` shows the tiers, and [buyer-tiers] "
                    "in spendaudit.toml states them",
                    country=country,
                )
            )


def hide_persons(run: Run, store: Path) -> Run:
    """Put pseudonyms in the place of natural persons. The key is where the names are: in the store."""
    messages = {rule.id: rule.message for rule in load_rules().values()}
    with speaking(ENGLISH):
        return mask(run, mask_key(store / "mask.key"), messages)


def exit_code(run: Run, questions: Questions, fail_on: FailOn, *, refused: int, strict: bool) -> int:
    """Sum the run up in the number that scripts act on.

    A rule that reads a table that nobody loaded, or a list that nobody gave, leaves the audit of a budget
    complete, unless it was asked for.
    """
    if refused:
        return UNREADABLE
    loaded = {
        list_of(file.source) or table
        for file in run.inputs
        for table, counts in file.tables.items()
        if counts.loaded
    }
    meant = {
        rule.id
        for rule in questions.rules
        if questions.named or {*rule.needs, *rule.lists(questions.params[rule.id])} <= loaded
    }
    idle = any(one.state is State.NOT_EVALUABLE and one.id in meant for one in run.outcomes)
    if strict and (idle or any(file.rows_quarantined for file in run.inputs)):
        return INCOMPLETE
    return FOUND if grave(run.findings, fail_on) else DONE


def grave(findings: Sequence[Finding], fail_on: FailOn) -> bool:
    """Tell whether one of the findings is as grave as that."""
    if fail_on is FailOn.NEVER:
        return False
    rank = Severity(fail_on.value).rank
    return any(
        Severity(severity).rank >= rank for severity in Findings.of(findings).frame["severity"].unique()
    )
