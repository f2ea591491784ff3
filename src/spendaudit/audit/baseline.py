"""Which findings are known and answered for? A file of fingerprints, each with the reason, for review in git.

    schema_version = 1

    [[known]]
    rule = "SPL001"
    fingerprint = "4694346d0c5ad15e"
    reason = "call-offs of one framework, see decree 12/2024"
    expires = 2027-06-30

It holds no names, amounts or rows: a fingerprint survives settings, row order, language and releases, and
says nothing about who was flagged. Entries stand in the order of rule and fingerprint, one field a line.
"""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from spendaudit.errors import UsageError
from spendaudit.model.found import Findings
from spendaudit.model.run import Finding, Run, State
from spendaudit.wording import Words, meant

SCHEMA_VERSION: Final = 1

_HEAD: Final = (
    "# Findings that are known and answered for: `spendaudit audit --baseline` leaves them out.\n"
    "# Every entry needs a reason; `expires` (a date) is optional. `spendaudit baseline --help` keeps it.\n"
)
_NEEDED: Final = ("rule", "fingerprint", "reason")
_FIELDS: Final = (*_NEEDED, "expires")
_DIGITS: Final = 16
_HEXADECIMAL: Final = frozenset("0123456789abcdef")
#: TOML takes every sign as JSON writes it, but for this one, which it wants escaped.
_DELETE: Final = "\x7f"
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_FIRST_SIGN: Final = " "


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One finding that somebody answers for."""

    rule: str
    fingerprint: str
    reason: str
    #: The last day on which the reason holds.
    expires: date | None = None

    def holds(self, today: date) -> bool:
        """Tell whether the reason still holds."""
        return self.expires is None or today <= self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A run held against a baseline."""

    new: Sequence[Finding]
    #: Findings that the baseline knows.
    known: Sequence[Finding]
    #: Findings that it knows for a reason that no longer holds; they are new, too.
    expired: tuple[Known, ...]
    #: Entries whose rule was asked and did not find them.
    stale: tuple[Known, ...]


def read(path: Path) -> tuple[Known, ...]:
    """Read a baseline. Raises UsageError that names the entry and what is wrong with it."""
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(
            "there is no baseline {path}",
            hint="`spendaudit baseline write {path} --reason ...` begins one",
            path=path,
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError("{path} cannot be read as a baseline: {error}", path=path, error=error) from error
    version = content.pop("schema_version", None)
    if version != SCHEMA_VERSION:
        raise UsageError(
            "{path} is no baseline: its schema_version is {version}, not {known}",
            path=path,
            version=version,
            known=SCHEMA_VERSION,
        )
    entries = content.pop("known", [])
    if content:
        raise _unknown(next(iter(content)), ("schema_version", "known")).at(path)
    if not isinstance(entries, list):
        raise UsageError("{path}: entries begin with [[known]]", path=path)
    known = tuple(_entry(path, number, entry) for number, entry in enumerate(entries, 1))
    doubled = sorted(name for name, times in Counter(one.fingerprint for one in known).items() if times > 1)
    if doubled:
        raise UsageError(
            "{path}: {fingerprint} stands in it twice",
            hint="keep one of the two reasons",
            path=path,
            fingerprint=doubled[0],
        )
    return known


def text(known: Iterable[Known]) -> str:
    """Write a baseline: the same entries give the same bytes."""
    parts = [f"{_HEAD}schema_version = {SCHEMA_VERSION}\n"]
    for one in sorted(known, key=lambda one: (one.rule, one.fingerprint)):
        lines = [f"{name} = {_quoted(getattr(one, name))}" for name in _NEEDED]
        if one.expires:
            lines.append(f"expires = {one.expires.isoformat()}")
        parts.append("\n".join(("[[known]]", *lines, "")))
    return "\n".join(parts)


def hold(run: Run, baseline: Iterable[Known], today: date) -> Held:
    """Tell which findings of the run the baseline knows, and which of its entries the run does not have."""
    entries = {one.fingerprint: one for one in baseline}
    findings = Findings.of(run.findings)
    found = set(findings.frame["fingerprint"])
    asked = {one.id for one in run.outcomes if one.state in {State.FIRED, State.CLEAN}}
    lasting = {print_ for print_, one in entries.items() if one.holds(today)}
    return Held(
        new=findings.where(~pl.col("fingerprint").is_in(lasting)),
        known=findings.where(pl.col("fingerprint").is_in(lasting)),
        expired=_sorted(one for print_, one in entries.items() if print_ in found - lasting),
        stale=_sorted(one for print_, one in entries.items() if print_ not in found and one.rule in asked),
    )


def known_apart(run: Run, held: Held) -> Run:
    """Return the run with the known findings beside the new ones."""
    return replace(run, findings=held.new, known=held.known)


def answered(
    findings: Iterable[Finding], reason: str, expires: date | None, *, besides: Collection[Known] = ()
) -> tuple[Known, ...]:
    """Answer for these findings, and keep the reasons that were given before."""
    before = {one.fingerprint for one in besides}
    made = (
        Known(rule=one.rule, fingerprint=one.fingerprint, reason=reason, expires=expires)
        for one in findings
        if one.fingerprint not in before
    )
    return _sorted((*besides, *made))


def _sorted(known: Iterable[Known]) -> tuple[Known, ...]:
    return tuple(sorted(known, key=lambda one: (one.rule, one.fingerprint)))


def _entry(path: Path, number: int, entry: Any) -> Known:
    place = Words("{path}, entry {number}", path=path, number=number)
    if not isinstance(entry, Mapping):
        raise UsageError("{place}: entries begin with [[known]]", place=place)
    for name in entry:
        if name not in _FIELDS:
            raise _unknown(name, _FIELDS).at(place)
    for name in _NEEDED:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise UsageError(
                "{place} has no {name}",
                hint=_WHY if name == "reason" else "",
                place=place,
                name=name,
            )
    if len(entry["fingerprint"]) != _DIGITS or not _HEXADECIMAL.issuperset(entry["fingerprint"]):
        raise UsageError(
            "{place}: {fingerprint} is no fingerprint",
            hint="it has sixteen hexadecimal digits",
            place=place,
            fingerprint=entry["fingerprint"],
        )
    expires = entry.get("expires")
    # A date and time is a date, too, to Python.
    if expires is not None and type(expires) is not date:
        raise UsageError(
            "{place}: expires is no date", hint="write it as 2027-06-30, without quotes", place=place
        )
    return Known(**{name: entry[name].strip() for name in _NEEDED}, expires=expires)


_WHY: Final = Words("say why this finding is answered for: whoever reviews the file asks")


def _unknown(name: str, known: Iterable[str]) -> UsageError:
    return UsageError("there is no {name}", hint=meant(name, known), name=name)


def _quoted(value: str) -> str:
    """Write a string as TOML does."""
    signs = (
        _ESCAPES.get(sign) or (f"\\u{ord(sign):04x}" if sign < _FIRST_SIGN or sign == _DELETE else sign)
        for sign in value
    )
    return f'"{"".join(signs)}"'
