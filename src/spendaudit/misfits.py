"""What is wrong with a value that somebody wrote? Says in plain words what pydantic found."""

from typing import TYPE_CHECKING, Final

from spendaudit.wording import Words, either

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_KINDS: Final = {
    "less_than_equal": "must be at most {le}",
    "less_than": "must be below {lt}",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be above {gt}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "extra_forbidden": "there is no such setting",
    "missing": "is missing",
    "string_too_short": "must not be empty",
}
#: The beginnings of pydantic's names for errors of one type.
_TYPES: Final = {
    "int": "must be a whole number",
    "decimal": "must be a number such as 1234.5",
    "float": "must be a number such as 1234.5",
    "finite": "must be a number such as 1234.5",
    "bool": "must be true or false",
    "date": "must be a date such as 2024-01-31",
    "string": "must be text",
    "tuple": "must be a list",
    "dict": "must be a table",
    "model": "must be a table",
}


def misfit(found: "ErrorDetails") -> Words:
    """Put one error of a validation into words; a check of our own brings them (`ValueError(Words(...))`)."""
    kind, context = found["type"], found.get("ctx", {})
    beginning = kind.split("_", 1)[0]
    if isinstance(own := context.get("error"), ValueError) and isinstance(said := own.args[0], Words):
        return said
    if kind in _KINDS:
        return Words(_KINDS[kind], **{name: _choices(value) for name, value in context.items()})
    if beginning in _TYPES and kind != "string_pattern_mismatch":
        return Words(_TYPES[beginning])
    return Words(found["msg"])


def _choices(value: object) -> object:
    """Take apart what pydantic writes in English: `'low', 'medium' or 'high'`."""
    return either(value.replace(" or ", ", ").split(", ")) if isinstance(value, str) else value
