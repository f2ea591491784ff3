"""What may stand in spendaudit.toml, for editors: a JSON Schema, made of what reads the file."""

from typing import Any, Final

from spendaudit.config import KEYS, WEIGHTS, Key, Kind
from spendaudit.enrich.law import Limits, load_limits
from spendaudit.enrich.own_limits import OwnLimit
from spendaudit.report.formats import load_formats
from spendaudit.rules import load_rules
from spendaudit.rules._rule import Rule

_WORDS: Final = {"type": ["array", "string"], "items": {"type": "string", "minLength": 1}}


def json_schema() -> dict[str, Any]:
    """Describe the file: every key, every rule and its settings, the limits that ship (draft 2020-12)."""
    rules, limits = load_rules(), load_limits()
    tables = {
        "rules": {
            "description": "Settings of rules, by id or name.",
            "type": "object",
            "properties": {
                name: {"$ref": f"#/$defs/{rule.id}"}
                for rule in rules.values()
                for name in (rule.id, rule.name)
            },
            "additionalProperties": False,
        },
        "limits": {
            "description": "Ceilings in the place of those that ship, or beside them, by id.",
            "type": "object",
            "properties": {id_: _limit(about) for id_, about in sorted(_series(limits).items())},
            "additionalProperties": _limit("A ceiling of your own: it needs a country and a currency."),
        },
        "buyer-tiers": {
            "description": "Id of a buyer -> the tier that the law puts it in, where no portal says it.",
            "type": "object",
            "additionalProperties": {"type": "string", "examples": _tiers(limits)},
        },
        "score": {
            "type": "object",
            "properties": {
                "weights": {
                    "description": "What a rule weighs in a score, by id, prefix or name.",
                    "type": "object",
                    "additionalProperties": {
                        "type": "number",
                        "minimum": int(WEIGHTS[0]),
                        "maximum": int(WEIGHTS[1]),
                    },
                }
            },
            "additionalProperties": False,
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "spendaudit.toml",
        "type": "object",
        "properties": {key.name: _key(key) for key in KEYS} | tables,
        "additionalProperties": False,
        "$defs": {rule.id: _rule(rule) for rule in rules.values()}
        | {"limit": OwnLimit.model_json_schema(ref_template="#/$defs/limit/$defs/{model}")},
    }


def _key(key: Key) -> dict[str, Any]:
    about: dict[str, Any] = {"description": key.about}
    if key.default not in {None, (), ""}:
        about["default"] = key.default
    match key.kind:
        case Kind.FLAG:
            return about | {"type": "boolean"}
        case Kind.WORDS | Kind.PATHS:
            return about | _WORDS
        case Kind.NAMED:
            return about | {"type": "object", "additionalProperties": {"anyOf": [_WORDS, {"const": True}]}}
        case _:
            choices = tuple(load_formats()) if key.name == "output-format" else key.choices
            return about | ({"enum": list(choices)} if choices else {"type": "string", "minLength": 1})


def _rule(rule: Rule[Any]) -> dict[str, Any]:
    schema: dict[str, Any] = rule.params.model_json_schema(ref_template=f"#/$defs/{rule.id}/$defs/{{model}}")
    return schema | {"title": f"{rule.id} {rule.name}", "description": rule.summary}


def _limit(about: str) -> dict[str, Any]:
    one = {"$ref": "#/$defs/limit"}
    return {"description": about, "anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _series(limits: Limits) -> dict[str, str]:
    return {
        one.series.id: f"{country}: {one.series.procedure} ({one.series.unit or one.series.currency})"
        for country, listed in limits.ceilings.items()
        for one in listed
    }


def _tiers(limits: Limits) -> list[str]:
    every = (one for listed in limits.ceilings.values() for one in listed)
    return sorted({tier for one in every for tier in one.series.under.buyer_tier})
