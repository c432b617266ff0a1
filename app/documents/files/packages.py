"""Finding the parts of an Office package by its own relations, not by customary names."""

import posixpath
from dataclasses import dataclass

from app.documents.confined.limits import FileAllowance
from app.documents.files.archives import Archive
from app.documents.files.xml_parts import PartReader, attribute, read_part


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is the last segment of the type's address; `part` is a path in the archive, which need
    not hold it."""

    id: str
    kind: str
    part: str


def relations_of(archive: Archive, part: str, allowance: FileAllowance) -> list[Relation]:
    """The relations that *part* declares ("" for the package itself); none if it has no list."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in archive:
        return []
    reader = _Relations(allowance, folder)
    read_part(archive, listing, reader)
    return reader.found


def content_types(archive: Archive, allowance: FileAllowance) -> dict[str, str]:
    """The content types by path in the archive, of the parts listed one by one: defaults by file
    ending are left out. Empty if the archive has no such list."""
    if "[Content_Types].xml" not in archive:
        return {}
    reader = _ContentTypes(allowance)
    read_part(archive, "[Content_Types].xml", reader)
    return reader.found


class _Relations(PartReader):
    def __init__(self, allowance: FileAllowance, folder: str) -> None:
        super().__init__(allowance)
        self.folder = folder
        self.found: list[Relation] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        # A path is only ever a key into the archive, so one that climbs finds nothing.
        part = posixpath.normpath(posixpath.join("/", self.folder, target)).lstrip("/")
        self.found.append(Relation(attribute(attributes, "Id") or "", kind, part))


class _ContentTypes(PartReader):
    def __init__(self, allowance: FileAllowance) -> None:
        super().__init__(allowance)
        self.found: dict[str, str] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Override":
            part = attributes.get("PartName", "").lstrip("/")
            self.found[part] = attributes.get("ContentType", "")
