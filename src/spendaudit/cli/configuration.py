"""What `spendaudit config` and `init` show: the settings that hold, and a file to begin with."""

import json
from collections.abc import Iterator
from typing import Any, Final

import polars as pl
from rich.console import RenderableType
from rich.text import Text

from spendaudit.audit.score import weigh
from spendaudit.audit.select import matching
from spendaudit.audit.settings import parse_params
from spendaudit.cli.laid_out import table_of
from spendaudit.config import DEFAULT, KEYS, Config, Key, Kind
from spendaudit.enrich.law import load_limits
from spendaudit.enrich.own_limits import with_own
from spendaudit.errors import UsageError
from spendaudit.i18n import t
from spendaudit.paths import default_store
from spendaudit.report.formats import load_formats
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.words import words
from spendaudit.rules import load_rules

_HEAD: Final = """\
# Settings of spendaudit, for all runs from this folder and those below it.
#
# Nothing is set: the values shown are defaults, or examples where there is none. Options of a command and
# variables of the environment (SPENDAUDIT_FAIL_ON for fail-on) go before this file; it goes before
# [tool.spendaudit] of pyproject.toml.
# Paths start from this folder. `spendaudit config --origin` shows what holds, and why.
# An editor checks this file after `spendaudit config --schema > spendaudit.schema.json`, if its first line is
# `#:schema ./spendaudit.schema.json`.
"""
_TABLES: Final = """\
# Reference lists that suppliers and days are looked up in.
# [lists]
# sanctions = "lists/sanctions.csv"
# registry = ["lists/registry.csv", "lists/registry.toml"]
# holidays = true

# Settings of a rule, by its id or name; `spendaudit rules SPL001` shows them.
# [rules.SPL001]
# days = 60

# Budgets change and are overrun by trifles, too: a floor leaves them out, in the currency of the data. None
# is set; to begin with, this project suggests some 10,000 US dollars: 10000000 CLP, 200000 MXN,
# 40000000 COP, 50000 BRL, 10000 EUR or GBP.
# [rules]
# BUD002.floor = 10000000
# BUD004.floor = 10000000
# BUD008.floor = 10000000
# BUD013.floor = 10000000

# A ceiling in the place of one that ships, by its id; `spendaudit limits` shows them. The amount counts in
# the unit of the series. [[limits.ID]], several times, gives several spans of days.
# [limits.cl-compra-agil]
# amount = 30
# from = 2024-12-12
# to = 2024-12-31
# law = "Circular 12 of our council"

# One of your own needs a country and a currency. It may be for some contracts or buyers only; of two that
# hold for a contract, the later does.
# [limits.our-small-purchases]
# country = "CL"
# currency = "CLP"
# amount = 500000
# comparison = "below"
# method = ["direct"]
# buyers = ["69000000-1"]

# The tier that the law puts a buyer in, by its id, where no portal says it.
# [buyer-tiers]
# "890000001" = "budget-120000"

# What a rule weighs in a score, from 0 to 100, by its id, prefix or name.
# [score.weights]
# SPL001 = 5
"""


def starter() -> str:
    """Write a file in which every key stands with its meaning and default, commented out."""
    keys = "".join(
        f"\n# {t(key.about)}\n# {key.name} = {_toml(key)}\n" for key in KEYS if key.kind is not Kind.NAMED
    )
    return f"{t(_HEAD)}{keys}\n{t(_TABLES)}"


def _toml(key: Key) -> str:
    default = list(key.default) if isinstance(key.default, tuple) else key.default
    return json.dumps(key.example or default)


def check(config: Config) -> None:
    """Refuse what no command could use. Raises UsageError that names the file or variable."""
    rules = load_rules()
    for name in ("select", "ignore"):
        setting = config.options[name]
        try:
            for word in setting.value:
                for part in word.split(","):
                    matching(rules, part)
        except UsageError as error:
            raise error.at(f"{setting.origin}: {name}") from None
    parse_params([], rules, config.rules)
    with_own(load_limits(), config.limits, config.buyer_tiers)
    try:
        weigh(rules, {name: setting.value for name, setting in config.weights.items()})
    except UsageError as error:
        origins = ", ".join(sorted({setting.origin for setting in config.weights.values()}))
        raise error.at(f"{origins}: score.weights") from None
    written = config.options["output-format"]
    if written.value not in load_formats():
        known = ", ".join(load_formats())
        raise UsageError(
            "{origin}: output-format: there is no format {name}",
            hint="formats: {known}",
            origin=written.origin,
            name=written.value,
            known=known,
        )


def listing(config: Config, *, origin: bool) -> Listing:
    """List every value that holds, in all forms; of rules, limits, tiers and weights those that are set."""
    entries = [dict(zip(("setting", "value", "origin"), one, strict=True)) for one in _settings(config)]
    rows = pl.DataFrame(
        [{name: _shown(value) for name, value in one.items()} for one in entries],
        dict.fromkeys(("setting", "value", "origin"), pl.String()),
    )

    def lay_out(_screen: Screen) -> Iterator[RenderableType]:
        table = table_of(t("setting"), t("value"), *([t("from")] if origin else []))
        for name, value, place in rows.iter_rows():
            style = "dim" if place == DEFAULT else ""
            cells = (name, value, *([place] if origin else []))
            table.add_row(*(words((cell, style)) for cell in cells))
        yield table
        if not config.files:
            yield Text()
            yield words(t("No spendaudit.toml was found; `spendaudit init` writes one."))

    return Listing("settings", rows, entries, lay_out)


def _settings(config: Config) -> Iterator[tuple[str, Any, str]]:
    """Give names, values as JSON has them, and origins."""
    for name, setting in config.options.items():
        value = list(setting.value) if isinstance(setting.value, tuple) else setting.value
        yield name, str(default_store()) if name == "store" and value is None else value, setting.origin
    rules = load_rules()
    held = {
        (min(matching(rules, one.rule)), one.name.lower()): (one.value, one.origin) for one in config.rules
    }
    for (rule, name), (written, origin) in sorted(held.items()):
        yield f"rules.{rule}.{name}", written, origin
    own = with_own(load_limits(), config.limits, {}).said
    for id_, setting in config.limits.items():
        yield f"limits.{id_}", own[id_], setting.origin
    for buyer, setting in config.buyer_tiers.items():
        yield f"buyer-tiers.{buyer}", setting.value, setting.origin
    for name, setting in config.weights.items():
        yield f"score.weights.{name}", f"{setting.value:f}", setting.origin


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
