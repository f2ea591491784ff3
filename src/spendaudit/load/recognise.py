"""Tells which portal published a file, from its header alone, and refuses what is not a table of one."""

from collections.abc import Mapping

from spendaudit.errors import LayoutChangedError, UnknownLayoutError
from spendaudit.ingest.archive import Published
from spendaudit.load import documents, sheets, texts
from spendaudit.load.fiscal import descriptors
from spendaudit.load.fiscal.source import FDP
from spendaudit.load.matching import Recognised
from spendaudit.sources import no_source
from spendaudit.sources._source import Source


def recognise(
    published: Published, sources: Mapping[str, Source], *, source_id: str = "", new_columns: bool = False
) -> Recognised:
    """Match a file's header with every source (or with the one that is stated), in all their shapes.

    A text that no portal explains may have a descriptor beside it that does.
    `new_columns`: go on when the portal has added columns that nobody has explained.
    Raises ReadError for what is no table, LayoutChangedError for a known portal's other columns.
    """
    wanted = [_stated(source_id, sources)] if source_id else list(sources.values())
    shapes = [shape for source in wanted for shape in source.every_shape]
    if published.sheet:
        return sheets.recognise(published, shapes, new_columns=new_columns)
    head = texts.read_head(published)
    if form := documents.form_of(head):
        return documents.recognise(published, form, shapes)
    try:
        return texts.recognise(published, head, shapes, new_columns=new_columns)
    except (UnknownLayoutError, LayoutChangedError):
        described = FDP in [source.id for source in wanted] and descriptors.recognise(
            published, new_columns=new_columns
        )
        if described:
            return described
        raise


def _stated(source_id: str, sources: Mapping[str, Source]) -> Source:
    if source_id not in sources:
        raise no_source(source_id, sources)
    return sources[source_id]
