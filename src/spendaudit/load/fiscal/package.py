"""Reads what a Fiscal Data Package says of a file, whichever version it is of."""

from spendaudit.errors import ReadError
from spendaudit.load.fiscal.meaning import Meaning, name_of
from spendaudit.load.fiscal.model import of_model
from spendaudit.load.fiscal.types import of_types
from spendaudit.sources._json_parts import Tree, object_of, objects_of


def read_meaning(package: Tree, resource: Tree, label: str) -> Meaning:
    """Read what a descriptor says of one of its resources. Raises ReadError for what cannot be understood."""
    fields = {name_of(one): one for one in objects_of(object_of(resource.get("schema")).get("fields"))}
    if any("columnType" in one for one in fields.values()):
        # Programs that write version 1 add a model of version 0.3, which says less.
        return of_types(object_of(resource.get("schema")), fields, label)
    model = (
        package.get("model")
        or package.get("mapping")
        or object_of(package.get("openspending")).get("mapping")
    )
    if isinstance(model, dict):
        return of_model(model, package, resource, fields, label)
    raise ReadError(
        "{file} does not say what the columns mean: it has neither a model nor column types",
        hint="`spendaudit sources fdp` says what it must hold; `spendaudit map FILE` drafts a mapping",
        file=label,
    )
