"""How help reads: in the reader's language, with arguments named as examples name them."""

from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup

from spendaudit.i18n import t


class Command(TyperCommand):
    """A command whose help says `PATH...`, where Typer would say `{PATH}...` and `PATH <list[str]>`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take what Typer makes of the function. It tells the type of an argument whatever its metavar."""
        super().__init__(*arguments, **named)
        _translate(self)
        for param in self.params:
            if isinstance(param, TyperArgument):
                param.display_type_rich = _untyped  # type: ignore[method-assign]

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, and the one that asks for help."""
        return _said(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Name arguments without the braces that Typer puts around those that must be given."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Say how the command is called."""
        _usage(self, ctx, formatter)


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


def _untyped(ctx: Any) -> None:
    return None
