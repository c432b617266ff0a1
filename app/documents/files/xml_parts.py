"""Reading the XML parts of an Office file as events: no tree of a hostile part is ever built."""

from typing import Any, NoReturn, cast

from app.documents.confined.limits import FileAllowance
from app.documents.files.archives import Archive, bomb, broken
from app.errors import Text, UnreadableFileError

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_SHEET = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_PACKAGE = (
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/content-types",
)
_OTHERS = (
    "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_KNOWN = frozenset((*_WORD, *_SHEET, *_PACKAGE, *_OTHERS))
_MAX_NAMES = 1_000
_LONGEST_PIECE_BYTES = 1024 * 1024


class PartReader:
    """Takes one part's events. Subclasses see local names; what is in a foreign namespace (a
    drawing's own <t> or <tbl>) is opened and closed under the name ""."""

    def __init__(self, allowance: FileAllowance) -> None:
        self.allowance = allowance
        self._names: dict[str, str] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> None: ...

    def closed(self, name: str) -> None: ...

    def data(self, data: str) -> None: ...

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.allowance.element()
        self.opened(self._local_name(tag), attributes)

    def end(self, tag: str) -> None:
        self.closed(self._local_name(tag))

    def _local_name(self, tag: str) -> str:
        name = self._names.get(tag)
        if name is None:
            namespace, _, local = tag.rpartition("}")
            name = local if namespace[1:] in _KNOWN else ""
            if len(self._names) < _MAX_NAMES:
                self._names[tag] = name
        return name

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> NoReturn:
        # Called before any entity is declared, so neither a bomb nor a reference is followed.
        raise UnreadableFileError(
            Text(
                "Tệp chứa khai báo DOCTYPE, không phải tệp Office bình thường.",
                "The file declares a DOCTYPE, which no ordinary Office file does.",
            )
        )

    def close(self) -> None: ...


def attribute(attributes: dict[str, str], name: str) -> str | None:
    """An attribute by its local name, whichever edition of the standard qualifies it."""
    for key, value in attributes.items():
        if key == name or key.endswith("}" + name):
            return value
    return None


def whole_number(text: str | None, default: int, *, limit: int = 1_000_000) -> int:
    """A number out of an attribute; nonsense and the monstrous count as not given."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return default
    return min(int(text), limit)


def read_part(archive: Archive, name: str, reader: PartReader) -> None:
    """Raises `UnreadableFileError` if the part is missing, is no XML or declares a DOCTYPE, and
    `FileTooLargeError` if it unpacks to too much or uses up the reader's allowance."""
    from lxml import etree  # noqa: PLC0415 - loaded when first needed

    parser = etree.XMLParser(
        target=cast(Any, reader),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )
    try:
        since_tag = 0
        for chunk in archive.chunks(name):
            # No start tag holds "<", and the parser keeps all of a tag: a million attributes in
            # one of them would take hundreds of megabytes.
            since_tag = 0 if b"<" in chunk else since_tag + len(chunk)
            if since_tag > _LONGEST_PIECE_BYTES:
                raise bomb()
            parser.feed(chunk)
        parser.close()
    except etree.LxmlError as error:
        raise broken() from error
