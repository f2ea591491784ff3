"""`spendaudit config`: what holds for a run from here, and where it was settled."""

from typing import Annotated

import typer

from spendaudit.cli import options

Origin = Annotated[bool, typer.Option("--origin", help="Show where every value comes from.")]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of spendaudit.toml.")]


def config(
    *,
    origin: Origin = False,
    schema: Schema = False,
    output: options.ListOutput = [],  # noqa: B006 Typer copies it
    output_format: options.OutputFormat = "table",
    config: options.Config = None,
    quiet: options.Quiet = 0,
) -> None:
    """Show the settings of a run that starts here, after checking all of them.

    \b
    Examples:
      spendaudit config --origin
      spendaudit config --config ci.toml --output-format json
      spendaudit config --schema > spendaudit.schema.json

    The first of these that says something holds, key by key: the option of a command, the environment
    (SPENDAUDIT_FAIL_ON for fail-on), spendaudit.toml here or in a folder above, [tool.spendaudit] of
    pyproject.toml, the default.

    An editor completes and checks spendaudit.toml by the schema: its first line may be
    `#:schema ./spendaudit.schema.json`.
    """
    import json

    from spendaudit.cli.configuration import check, listing
    from spendaudit.cli.configuration_schema import json_schema
    from spendaudit.cli.listing import choose, write
    from spendaudit.config import load_config
    from spendaudit.report.screen import standard_output

    places = choose(output, output_format, quiet=quiet)
    settled = load_config(config)
    if schema:
        json.dump(json_schema(), standard_output(), ensure_ascii=False, indent=2)
        standard_output().write("\n")
        return
    check(settled)
    write(listing(settled, origin=origin), places)
