"""What is wrong with a command line? Says in the reader's language what Typer says in English."""

from typing import Final

from spendaudit.i18n import anew

#: As Typer and pydantic put them; what begins alike stands with the longer first.
SENTENCES: Final = (
    "Missing argument {name}.",
    "Missing option {name}.",
    "No such option: {name} (Possible options: {names})",
    "No such option: {name}",
    "{what} Did you mean {near}?",
    "Option {name} requires an argument.",
    "Option {name} does not take a value.",
    "Got unexpected extra argument(s) ({names})",
    "Invalid value for {name}: {what}",
    "{value} is not one of {names}.",
    "{value} does not match the formats {names}.",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be greater than or equal to {least}",
    "Input should be less than or equal to {most}",
)


def mistake(message: str) -> str:
    """Say one of Typer's messages; what it says in no known way stays as it is."""
    return anew(message, SENTENCES, (), lambda name, value: mistake(value) if name == "what" else value)
