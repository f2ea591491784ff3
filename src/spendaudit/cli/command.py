"""How a command's help names its arguments: as examples do, without the types that a program gives them."""

from typing import Any

from typer.core import TyperArgument, TyperCommand


class Command(TyperCommand):
    """A command whose help says `PATH...`, where Typer would say `{PATH}...` and `PATH <list[str]>`."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take what Typer makes of the function. It tells the type of an argument whatever its metavar."""
        super().__init__(*arguments, **named)
        for param in self.params:
            if isinstance(param, TyperArgument):
                param.display_type_rich = _untyped  # type: ignore[method-assign]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Name arguments without the braces that Typer puts around those that must be given."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]


def _untyped(ctx: Any) -> None:
    return None
