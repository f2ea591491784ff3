"""What may a rule's settings be? Reads `SPL001.days=60`, and says in plain words what is wrong with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from spendaudit.audit.select import matching
from spendaudit.config import Assignment
from spendaudit.errors import UsageError
from spendaudit.misfits import misfit
from spendaudit.rules._rule import Params, Rule
from spendaudit.wording import Words, joined

_SEVERAL: Final = frozenset({tuple, list, set, frozenset})


def parse_params(
    assignments: Sequence[str], rules: Mapping[str, Rule[Any]], settled: Sequence[Assignment] = ()
) -> dict[str, Params]:
    """Return the settings of every rule, by id: its defaults, and what `RULE.setting=value` changes.

    A rule is named by its id or its name. The last of two assignments to one setting holds, and `assignments`
    hold before what was `settled` in files and variables.
    Raises UsageError that names the rule, the setting, the bound, the value, and the file if it is in one.
    """
    given: dict[str, dict[str, Assignment]] = defaultdict(dict)
    for assignment in settled:
        try:
            rule = _rule(rules, assignment.rule)
            given[rule.id][_setting(rule, assignment.name)] = assignment
        except UsageError as error:
            raise error.at(assignment.origin) from None
    for assigned in assignments:
        rule, name, value = _cut(assigned, rules, "SPL001.days=60")
        given[rule.id][name] = Assignment(rule.id, name, value, "")
    return {id_: _validated(rule, given.get(id_, {})) for id_, rule in rules.items()}


def alternatives(
    assignment: str, rules: Mapping[str, Rule[Any]], params: Mapping[str, Params]
) -> tuple[Rule[Any], str, dict[str, Params]]:
    """Return the rule, the setting and, by value as written, what `SPL001.days=7,30,90` makes of `params`.

    Values of a setting that is a list stand apart by semicolons. Raises UsageError as `parse_params` does.
    """
    rule, name, values = _cut(assignment, rules, "SPL001.days=7,30,90")
    texts = [text.strip() for text in values.split(";" if _several(rule, name) else ",")]
    if not all(texts):
        raise UsageError(
            "{rule}.{name}: there is no value beside a comma",
            hint="leave the comma out",
            rule=rule.id,
            name=name,
        )
    own = params[rule.id].model_dump()
    return (
        rule,
        name,
        {text: _validated(rule, {name: Assignment(rule.id, name, text, "")}, own) for text in texts},
    )


def written(value: Any) -> str:
    """Write the value of a setting as `--param` takes it."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ",".join(map(str, value)) or "nothing"
        case _:
            return str(value)


def _cut(assignment: str, rules: Mapping[str, Rule[Any]], example: str) -> tuple[Rule[Any], str, str]:
    target, equals, value = assignment.partition("=")
    rule_name, dot, setting = target.strip().partition(".")
    if not (equals and dot and setting):
        raise UsageError(
            "not a setting: {assignment!r}",
            hint="write it as {example}",
            assignment=assignment,
            example=example,
        )
    rule = _rule(rules, rule_name)
    return rule, _setting(rule, setting.strip().lower()), value


def _rule(rules: Mapping[str, Rule[Any]], name: str) -> Rule[Any]:
    found = sorted(matching(rules, name))
    if len(found) > 1:
        raise UsageError(
            "{name}: settings belong to one rule, and {found} are meant", name=name, found=", ".join(found)
        )
    return rules[found[0]]


def _setting(rule: Rule[Any], name: str) -> str:
    known = sorted(rule.params.model_fields)
    if name in known:
        return name
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = Words("did you mean {near}?", near=f"{rule.id}.{close[0]}") if close else ""
    raise UsageError(
        "{rule} has no setting {name!r}; it has {known}"
        if known
        else "{rule} has no setting {name!r}; it has none",
        hint=hint,
        rule=rule.id,
        name=name,
        known=", ".join(known),
    )


def _validated(
    rule: Rule[Any], given: Mapping[str, Assignment], others: Mapping[str, Any] = MappingProxyType({})
) -> Params:
    values = {name: _value(rule, one) for name, one in given.items()}
    try:
        params: Params = rule.params.model_validate({**others, **values})
    except ValidationError as error:
        raise UsageError(joined([_told(rule, detail, given) for detail in error.errors()], "\n")) from None
    return params


def _several(rule: Rule[Any], name: str) -> bool:
    return get_origin(rule.params.model_fields[name].annotation) in _SEVERAL


def _value(rule: Rule[Any], assignment: Assignment) -> str | list[str]:
    if isinstance(assignment.value, list):
        return assignment.value
    text = assignment.value.strip()
    return [part.strip() for part in text.split(",")] if _several(rule, assignment.name) else text


def _told(rule: Rule[Any], detail: ErrorDetails, given: Mapping[str, Assignment]) -> Words:
    origin = {one.origin for name, one in given.items() if name in detail["loc"][:1] and one.origin}
    where = ".".join([rule.id, *(str(part) for part in detail["loc"][:1])])
    place = "".join(f"{one}: " for one in origin) + where
    got = [Words(" (got {value})", value=detail["input"])] if detail["loc"] else []
    return joined((place, ": ", misfit(detail), *got), "")
