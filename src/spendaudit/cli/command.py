"""How help reads: in the reader's language, on any terminal, with arguments named as examples name them."""

import re
from textwrap import wrap
from typing import Any, Final

from typer.core import TyperArgument, TyperCommand, TyperGroup

from spendaudit.errors import UsageError
from spendaudit.i18n import t

#: What begins a paragraph whose lines stay as they are.
_AS_IT_IS: Final = "\b"
#: An example, or the room below one, and what is said of it.
_SAID_OF: Final = re.compile(r"(\s{10,}|\s*\S.*?\s{2,})(\S.*)")
#: What help calls words that name a file or a folder.
_PLACES: Final = frozenset({"DIR", "FILE", "FOLDER"})


class Command(TyperCommand):
    """A command whose help says `PATH...`, where Typer would say `{PATH}...` and `PATH <list[str]>`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take what Typer makes of the function. It tells the type of an argument whatever its metavar."""
        super().__init__(*arguments, **named)
        _translate(self)
        for param in self.params:
            if isinstance(param, TyperArgument):
                param.display_type_rich = _untyped  # type: ignore[method-assign]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words behind the command. A place without a name would be the folder one is in."""
        given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        for param in self.params:
            # Of an option that may be repeated, a list.
            if param.metavar in _PLACES and "" in (given.get(param.name), *(given.get(param.name) or ())):
                raise UsageError(
                    "{option} is empty", hint="a variable of the shell may not be set", option=param.opts[0]
                )
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, and the one that asks for help."""
        return _said(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Name arguments without the braces that Typer puts around those that must be given."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Say how the command is called."""
        _usage(self, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 a list has room for a sentence
        """Say in a sentence what the command does."""
        return _sentence(self.help)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Say what the command does."""
        self.help = _folded(self.help or "", formatter)
        super().format_help_text(ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help is in the reader's language."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take what Typer makes of the function."""
        super().__init__(*arguments, **named)
        _translate(self)
        self.subcommand_metavar = t("COMMAND [ARGS]...")

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options, also those that Typer adds once the group is made."""
        return _said(super().get_params(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Say how the group is called."""
        _usage(self, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 a list has room for a sentence
        """Say in a sentence what the commands are for."""
        return _sentence(self.help)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Say what the commands are for."""
        self.help = _folded(self.help or "", formatter)
        super().format_help_text(ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Say what holds for all commands."""
        self.epilog = _folded(self.epilog or "", formatter)
        super().format_epilog(ctx, formatter)


def _translate(command: Any) -> None:
    """Say the texts of a command and its options in the reader's language."""
    for name in ("help", "short_help", "epilog"):
        if text := getattr(command, name):
            setattr(command, name, t(text))
    command.options_metavar = t("[OPTIONS]")
    _said(command.params)


def _said(params: list[Any]) -> list[Any]:
    for param in params:
        # What was said already is no key of the catalogue, and stays.
        for name in ("help", "show_default"):
            if isinstance(text := getattr(param, name, None), str):
                setattr(param, name, t(text))
    return params


def _usage(command: Any, ctx: Any, formatter: Any) -> None:
    pieces = " ".join(command.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, pieces, f"{t('Usage:')} ")


def _sentence(text: str | None) -> str:
    return " ".join((text or "").partition("\n\n")[0].split())


def _folded(text: str, formatter: Any) -> str:
    """Fold what is said of examples below itself; a terminal would break it anywhere, at its first column."""
    room = formatter.width - formatter.indent_increment
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        "\n".join(part for line in one.split("\n") for part in _parts(line, room))
        if one.lstrip("\n").startswith(_AS_IT_IS)
        else one
        for one in paragraphs
    )


def _parts(line: str, room: int) -> list[str]:
    if len(line) <= room or not (found := _SAID_OF.fullmatch(line)):
        return [line]
    example, said = found.groups()
    if room - len(example) < room // 3:
        return [example.rstrip(), *(f"      {part}" for part in wrap(said, room - 6))]
    first, *others = wrap(said, room - len(example))
    return [f"{example}{first}", *(" " * len(example) + other for other in others)]


def _untyped(ctx: Any) -> None:
    return None
