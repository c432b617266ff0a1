"""edXML as a small tree, built from parser events under limits that hold before they are needed."""

import re
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from app.documents.edxml.package import NAMESPACE
from app.errors import Fault, FileTooLargeError, Text, UnreadableFileError

# A package with fifty attachments and receivers has about a thousand elements.
MAX_ELEMENTS = 20_000
MAX_DEPTH = 24
# Each attribute takes two quotes, and the parser keeps all those of one element.
MAX_QUOTES = 20_000
MAX_ENVELOPE_BYTES = 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_ENCODED = re.compile(rb"(<(?:[\w.-]+:)?ContentTransferEncoded\b[^<>]*>)[^<]*")


class Element:
    """One element; `name` is "" outside the standard's namespace."""

    __slots__ = ("_data", "children", "local", "name", "parent")

    def __init__(self, tag: str, parent: "Element | None") -> None:
        namespace, _, self.local = tag.rpartition("}")
        self.name = self.local if namespace[1:] == NAMESPACE else ""
        self.parent = parent
        self.children: list[Element] = []
        self._data: list[str] = []

    def add(self, data: str) -> None:
        """Take a piece of its text."""
        self._data.append(data)

    @property
    def raw(self) -> str:
        """The element's own text as it stands."""
        return "".join(self._data)

    @property
    def text(self) -> str:
        """The element's own text on one line."""
        return " ".join(self.raw.split())

    def all(self, name: str) -> list["Element"]:
        """The element's children of that name."""
        return [child for child in self.children if child.name == name]

    def below(self) -> Iterator["Element"]:
        """Every element below it."""
        for child in self.children:
            yield child
            yield from child.below()

    @property
    def pointer(self) -> str:
        """The path from the root, which is "#"; alike siblings are numbered from 0."""
        if self.parent is None:
            return "#"
        alike = self.parent.all(self.name) if self.name else [self]
        number = f"/{alike.index(self)}" if len(alike) > 1 else ""
        return f"{self.parent.pointer}/{self.local[:100]}{number}"


def read_tree(content: bytes) -> Element:
    """The root of a package. Raises `UnreadableFileError` for what is no such XML, and
    `FileTooLargeError` for what is made to take more than a package does."""
    from lxml import etree  # noqa: PLC0415 - loaded when first needed

    _check(content)
    builder = _Builder()
    parser = etree.XMLParser(
        target=cast(Any, builder),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )
    try:
        for start in range(0, len(content), _CHUNK_BYTES):
            parser.feed(content[start : start + _CHUNK_BYTES])
        parser.close()
    except etree.LxmlError as error:
        raise unreadable("không phải XML hợp lệ", "is not well-formed XML") from error
    root = builder.root
    if root is None or root.name != "edXML":
        raise unreadable(
            "không có phần tử gốc edXML của QCVN 102:2016", "has no edXML root of QCVN 102:2016"
        )
    return root


def envelope_of(content: bytes) -> bytes:
    """The package as it was received, but for the bytes of its attachments."""
    envelope = _ENCODED.sub(rb"\1", content)
    if len(envelope) > MAX_ENVELOPE_BYTES:
        raise _too_large("phong bì lớn hơn 1 MB", "envelope is larger than 1 MB")
    return envelope


def unreadable(vi: str, en: str, pointer: str = "#") -> UnreadableFileError:
    """The error for the caller to raise: the package can't be read, with the place."""
    text = Text(f"Gói edXML {vi}.", f"The edXML package {en}.")
    return UnreadableFileError(faults=[Fault(pointer, "unreadable_package", text)])


def _too_large(vi: str, en: str) -> FileTooLargeError:
    return FileTooLargeError(Text(f"Gói edXML có {vi}.", f"The edXML package's {en}."))


def _too_complex() -> FileTooLargeError:
    return _too_large(
        f"quá {MAX_ELEMENTS} phần tử, hoặc lồng quá {MAX_DEPTH} cấp",
        f"elements are more than {MAX_ELEMENTS}, or deeper than {MAX_DEPTH}",
    )


def _check(content: bytes) -> None:
    declared = _DECLARED.match(content.lstrip(b"\xef\xbb\xbf")[:200])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise unreadable("không dùng bảng mã UTF-8", "is not in UTF-8")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise unreadable("không dùng bảng mã UTF-8", "is not in UTF-8") from None
    quotes = content.count(b'"') + content.count(b"'")
    if content.count(b"<") > 2 * MAX_ELEMENTS or quotes > MAX_QUOTES:
        raise _too_complex()


class _Builder:
    """The parser's target."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise _too_complex()
        element = Element(tag, self._open[-1] if self._open else None)
        if element.parent is None:
            self.root = element
        else:
            element.parent.children.append(element)
        self._open.append(element)

    def end(self, _tag: str) -> None:
        self._open.pop()

    def data(self, data: str) -> None:
        self._open[-1].add(data)

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> NoReturn:
        # Called before any entity is declared, so neither a bomb nor a reference is followed.
        raise unreadable("có khai báo DOCTYPE", "declares a DOCTYPE")

    def close(self) -> None:
        pass
