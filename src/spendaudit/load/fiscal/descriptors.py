"""Finds the descriptor (`datapackage.json`) that speaks of a file, and the files that one speaks of."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published
from spendaudit.ingest.packed import told
from spendaudit.load import texts
from spendaudit.load.fiscal.meaning import name_of
from spendaudit.load.fiscal.package import read_meaning
from spendaudit.load.fiscal.source import FDP, to_source
from spendaudit.load.matching import Recognised
from spendaudit.model.remarks import DESCRIBED, DESCRIBED_OTHERWISE
from spendaudit.sources import load_sources
from spendaudit.sources._json_parts import object_of, objects_of
from spendaudit.sources._source import Documents

_NAME: Final = "datapackage.json"

#: Larger ones describe nothing that a person could read.
_LARGEST: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a publisher says of files, and where it says so."""

    label: str
    text: str
    package: Mapping[str, Any]

    @property
    def resources(self) -> list[Mapping[str, Any]]:
        """The tables that it speaks of."""
        return [one for one in self.package["resources"] if isinstance(one, dict) and _path(one)]


def recognise(published: Published, *, new_columns: bool) -> Recognised | None:
    """Read a file as a descriptor beside it says; None where there is none that speaks of it.

    Raises ReadError where the descriptor leaves open what the columns mean, LayoutChangedError where the
    file has others.
    """
    for descriptor, place in _beside(published):
        if found := _matching(descriptor, place, published):
            resource, other = found
            label = f"{published.label}: {_NAME}"
            meaning = read_meaning(descriptor.package, resource, label)
            made = to_source(descriptor.package, resource, meaning, label)
            head = texts.read_head(published)
            recognised = texts.recognise(published, head, [made.source], new_columns=new_columns)
            said = DESCRIBED_OTHERWISE if other else DESCRIBED
            notes = (said.format(descriptor=descriptor.label, file=other), *made.notes, *recognised.notes)
            return replace(recognised, notes=notes, mapping=descriptor.text)
    return None


def described(path: Path) -> list[Path]:
    """List the files that a descriptor speaks of, or the path itself if it is none.

    Raises ReadError where none of them is there.
    """
    descriptor = _read(path.name, path.read_bytes()) if _may_be(path) else None
    if descriptor is None:
        return [path]
    near = sorted(file for pattern in ("*", "*/*") for file in path.parent.glob(pattern) if file.is_file())
    found = [
        file
        for file in near
        if not file.name.startswith(".") and _matching(descriptor, _place(path, file), Published(file))
    ]
    if not found:
        names = ", ".join(_path(one) for one in descriptor.resources[:3])
        raise ReadError(
            "{file} speaks of {names}, which is not beside it",
            hint="put the table into the same folder",
            file=path.name,
            names=names,
        )
    return found


def _beside(published: Published) -> Iterator[tuple[Descriptor, str]]:
    """Give the descriptors that may speak of a file, the nearest first, and where it stands from there."""
    if published.member:
        with told(published.path.name):
            archive = zipfile.ZipFile(published.path)
        with archive:
            members = [one for one in archive.infolist() if PurePosixPath(one.filename).name == _NAME]
            inside = PurePosixPath(published.member)
            for member in sorted(members, key=lambda one: -len(one.filename)):
                above = PurePosixPath(member.filename).parent
                if above in inside.parents and member.file_size <= _LARGEST:
                    label = f"{published.path.name}!{member.filename}"
                    with told(label):
                        content = archive.read(member)
                    if descriptor := _read(label, content):
                        yield descriptor, str(inside.relative_to(above))
        return
    path = published.path.absolute()
    for folder in (path.parent, path.parent.parent):
        if _may_be(file := folder / _NAME) and (descriptor := _read(file.name, file.read_bytes())):
            yield descriptor, _place(file, path)


def _matching(
    descriptor: Descriptor, place: str, published: Published
) -> tuple[Mapping[str, Any], str] | None:
    """Find what a descriptor says of a file, by path or name; or of another, all of whose columns it has."""
    for resource in descriptor.resources:
        if PurePosixPath(_path(resource)) == PurePosixPath(place):
            return resource, ""
    name = PurePosixPath(place).name
    for resource in descriptor.resources:
        if PurePosixPath(_path(resource)).name == name:
            return resource, ""
    if "/" in place.strip("/"):
        return None
    for resource in descriptor.resources:
        names = [name_of(one) for one in objects_of(object_of(resource.get("schema")).get("fields"))]
        separator = str(object_of(resource.get("dialect")).get("delimiter", ","))
        if names and len(separator) == 1 and names == texts.first_record(published, separator):
            return resource, PurePosixPath(_path(resource)).name
    return None


def _may_be(path: Path) -> bool:
    return path.name == _NAME and path.is_file() and path.stat().st_size <= _LARGEST


def _read(label: str, content: bytes) -> Descriptor | None:
    """Read a descriptor; None for JSON of another kind, or none at all."""
    try:
        text = content.decode("utf-8-sig")
        package = json.loads(text)
    except (ValueError, RecursionError):
        return None
    layout = load_sources()[FDP].layout
    fits = isinstance(layout, Documents) and isinstance(package, dict) and layout.fits(package)
    return Descriptor(label, text, package) if fits else None


def _place(descriptor: Path, file: Path) -> str:
    return file.absolute().relative_to(descriptor.absolute().parent).as_posix()


def _path(resource: Mapping[str, Any]) -> str:
    """Where a resource's table is; of several parts the first, of an address its end."""
    path = resource.get("path", resource.get("url", ""))
    return str(path[0] if isinstance(path, list) and path else path or "")
