"""The sources. Adding one is adding one module here; nothing else lists them."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from pkgutil import iter_modules
from types import MappingProxyType

from spendaudit.errors import DefinitionError, UsageError
from spendaudit.sources._source import Source
from spendaudit.wording import Words, meant


@cache
def load_sources() -> Mapping[str, Source]:
    """Import every source of this package and of installed plug-ins, by id, in order."""
    found: list[Source] = [
        import_module(f"{__name__}.{module.name}").SOURCE
        for module in iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    found += [point.load() for point in entry_points(group="spendaudit.sources")]
    sources: dict[str, Source] = {}
    for source in sorted(found, key=lambda source: source.id):
        if source.id in sources:
            raise DefinitionError(f"two sources are called {source.id}")
        sources[source.id] = source
    return MappingProxyType(sources)


def no_source(source_id: str, known: Iterable[str]) -> UsageError:
    """Say that none of the sources is called so, and what may have been meant."""
    hint = meant(source_id, known, Words("`spendaudit sources` lists them"))
    return UsageError("there is no source {source}", hint=hint, source=source_id)


@cache
def unpublished() -> Mapping[str, str]:
    """Tell of countries that publish nothing: what was looked for, by the country's code, in lower case."""
    pages = files("spendaudit").joinpath("data", "unpublished").iterdir()
    told = {page.name.removesuffix(".md"): page.read_text("utf-8") for page in pages}
    return MappingProxyType(dict(sorted(told.items())))
