"""What the script of a page filters, sorts and opens, written so that no text stands in it twice.

Columns of one length lie beside one another, of findings and of the rows of each table. What is text may
stand as a number instead: its place in `texts`. Amounts are strings of plain digits, as in JSON for programs.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from string import Formatter
from typing import Any, Final

import polars as pl

from spendaudit.i18n import language, number, t
from spendaudit.model.findings import Severity
from spendaudit.model.run import Finding
from spendaudit.model.working import working
from spendaudit.report._page_columns import LIMIT, laid_out, limited, rows_told
from spendaudit.report._page_rows import Rows
from spendaudit.report._page_words import words
from spendaudit.report.places import Places
from spendaudit.report.safe import plain
from spendaudit.report.terms import term, value
from spendaudit.report.to_json import digits
from spendaudit.rules import load_rules

#: A text of at least so many signs that stands several times is written once.
_SHARED: Final = 4
#: Of a finding about more parties than this, only those can be asked for that charts or other findings name.
_PARTIES: Final = 12


def document(
    findings: Sequence[Finding],
    rows: Rows,
    places: Places,
    charted: Mapping[str, Iterable[str]],
    worked: Mapping[str, Sequence[Any]],
) -> str:
    """Return the data of the first findings of a run as JSON that may stand inside of a script.

    `charted` names the buyers and suppliers that charts show; `worked` tells how amounts come about.
    """
    rows = rows.first(len(findings))
    shown = rows_told(rows, findings)
    facets = {party: _parties(rows.frame, party, charted[party]) for party in ("buyer", "supplier")}
    facets["month"] = _named(rows.frame, pl.col("date").dt.strftime("%Y-%m"))
    names = {facet: _names(facet, found, shown) for facet, found in facets.items()}
    firsts = {one.rule: one for one in reversed(findings)}
    many = Counter(one.rule for one in findings)
    # A sentence that stands once is not shorter in parts.
    parts = {rule: _parts(rule) if many[rule] > 1 else () for rule in many}
    lists, tables = laid_out(shown, names, rows, len(findings))
    whole = {
        "words": words() | {name: term(name) for names in rows.amounts.values() for name in names},
        "language": language(),
        "signs": _signs(),
        "severities": [one.value for one in reversed(Severity)],
        "names": names,
        "rules": [_rule(firsts[rule], rows, parts[rule]) for rule in many],
        "files": _files(places, shown),
        "findings": {
            **_findings(findings, parts, rows),
            **{facet: _places(found, names[facet], len(findings)) for facet, found in facets.items()},
            **worked,
            "rows": lists,
        },
        "rows": tables,
    }
    return _inside_a_script(_shared(whole))


def _signs() -> str:
    """Return what stands between thousands and before decimals."""
    return "".join(sign for sign in number(Decimal("1000.5"), 1) if not sign.isdigit())


def _parties(frame: pl.DataFrame, party: str, charted: Iterable[str]) -> pl.DataFrame:
    """Tell which parties each finding is about that a reader can ask for."""
    named = _named(frame, pl.col(party))
    few = named.filter(pl.len().over("finding") <= _PARTIES)["name"].unique()
    return named.filter(pl.col("name").is_in([*few, *charted]))


def _named(frame: pl.DataFrame, name: pl.Expr) -> pl.DataFrame:
    return frame.select("finding", name=name).drop_nulls().unique().sort("finding", "name")


def _names(facet: str, found: pl.DataFrame, shown: pl.DataFrame) -> list[str]:
    """List every name that a finding can be asked for by, and those that rows tell besides."""
    told: set[str] = {*shown[facet].drop_nulls()} if facet in shown.columns else set()
    return sorted(told.union(found["name"]))


def _places(found: pl.DataFrame, names: Sequence[str], findings: int) -> list[list[int]]:
    """List for each finding where what it is about stands among the names."""
    place = {name: number for number, name in enumerate(names)}
    lists: list[list[int]] = [[] for _ in range(findings)]
    for finding, name in found.iter_rows():
        lists[finding].append(place[name])
    return lists


def _rule(finding: Finding, rows: Rows, parts: Sequence[str]) -> dict[str, Any]:
    """Tell what all findings of a rule share: what stands between the names and numbers of its sentence."""
    return {
        "id": finding.rule,
        "name": plain(finding.rule_name),
        "limited": int(limited(finding.rule)),
        "parts": parts,
        "amounts": rows.amounts.get(finding.rule, ()),
        "facts": [term(name) for name in _untold(finding, rows)],
    }


def _untold(finding: Finding, rows: Rows) -> list[str]:
    """Name the facts of a finding that neither its sentence nor its rows tell."""
    told: set[str] = {*LIMIT, *rows.amounts.get(finding.rule, ()), *_named_by(finding.rule)}
    return [name for name in finding.facts if name not in told]


def _named_by(rule: str) -> frozenset[str]:
    """Return what a rule's sentence names."""
    known = load_rules().get(rule)
    return known.placeholders if known else frozenset()


def _parts(rule: str) -> list[str]:
    known = load_rules().get(rule)
    if known is None:
        return []
    parts, joined = [], ""
    for literal, name, _, _ in Formatter().parse(t(known.message)):
        joined += literal
        if name is not None:
            parts.append(joined)
            joined = ""
    return [*parts, joined]


def _findings(
    findings: Sequence[Finding], parts: Mapping[str, Sequence[str]], rows: Rows
) -> dict[str, list[Any]]:
    rules = list(parts)
    severities = [*reversed(Severity)]
    told = {one.rule: _untold(one, rows) for one in reversed(findings)}
    return {
        "print": [one.fingerprint for one in findings],
        "rule": [rules.index(one.rule) for one in findings],
        "severity": [severities.index(one.severity) for one in findings],
        "amount": [None if one.amount is None else digits(one.amount) for one in findings],
        "currency": [one.currency for one in findings],
        "starts": [one.starts and one.starts.isoformat() for one in findings],
        "ends": [one.ends and one.ends.isoformat() for one in findings],
        "message": [_cut(plain(one.message), parts[one.rule]) for one in findings],
        "facts": [[value(name, one.facts.get(name)) for name in told[one.rule]] for one in findings],
        "count": [len(one.members) for one in findings],
    }


def _cut(message: str, parts: Sequence[str]) -> list[str] | str:
    """Cut a message into what stands between the parts of its rule's sentence; whole if it has them not."""
    if not parts or not message.startswith(parts[0]):
        return message
    filled, place = [], len(parts[0])
    for part in parts[1:-1]:
        end = message.find(part, place)
        if end < 0:
            return message
        filled.append(message[place:end])
        place = end + len(part)
    end = len(message) - len(parts[-1])
    if len(parts) == 1 or end < place or not message.endswith(parts[-1]):
        return message
    return [*filled, message[place:end]]


def work_out(findings: Sequence[Finding], rows: Rows) -> dict[str, list[Any]]:
    """Work the amount of each finding out.

    `worked` is 1 where it is the sum of its rows, else the terms that give it, 0 where there are none;
    `total` is what its rows add up to, where that is something else.
    """
    worked: list[Any] = []
    totals: list[str | None] = []
    start = 0
    own = pl.col("own")
    sums = rows.frame.group_by("finding", maintain_order=True).agg(
        pl.len(), own.sum(), own.is_not_null().any().alias("any"), pl.col("currency").n_unique()
    )
    by_finding = {finding: rest for finding, *rest in sums.iter_rows()}
    for place, one in enumerate(findings):
        rows_of, total, known, currencies = by_finding.get(place, (0, None, False, 0))
        of_finding = rows.frame.slice(start, rows_of)
        start += rows_of
        added = total if known and currencies == 1 else None
        if one.amount is None or added == one.amount:
            worked.append(int(one.amount is not None))
            totals.append(None)
            continue
        amounts = [name for name in rows.amounts.get(one.rule, ()) if of_finding[name].is_not_null().any()]
        parts = working(one, of_finding, amounts, _named_by(one.rule))
        worked.append([[term(part.name), digits(part.value), int(part.taken)] for part in parts] or 0)
        totals.append(None if added is None else digits(added))
    return {"worked": worked, "total": totals}


def _files(places: Places, shown: pl.DataFrame) -> dict[str, str]:
    named = {}
    for file in shown["file"].drop_nulls().unique(maintain_order=True):
        known = places.files.get(file)
        inside = f"!{known.member}" if known and known.member else ""
        named[file] = plain(f"{places.path(known.path).as_posix()}{inside}") if known else file
    return named


def _shared(whole: dict[str, Any]) -> dict[str, Any]:
    """Write every text that stands several times once."""
    parts = {name: whole[name] for name in ("names", "findings", "rows")}
    many = Counter(_texts(parts))
    texts = sorted((one for one in many if many[one] > 1), key=lambda one: (-many[one], one))
    places = {one: place for place, one in enumerate(texts)}
    return {**whole, "texts": texts, **{name: _placed(part, places) for name, part in parts.items()}}


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str() if len(value) >= _SHARED:
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for one in value.values():
                yield from _texts(one)


def _placed(value: Any, places: Mapping[str, int]) -> Any:
    match value:
        case str():
            return places.get(value, value)
        case list():
            return [_placed(one, places) for one in value]
        case dict():
            return {name: _placed(one, places) for name, one in value.items()}
        case _:
            return value


def _inside_a_script(value: Mapping[str, Any]) -> str:
    """Write JSON in which nothing ends a script, begins a comment or parts a line of an older JavaScript."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
