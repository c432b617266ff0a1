"""A province's own Word file with named places, such as {{trich_yeu}}, that letters are put in.

A place in a sentence takes a text and keeps the look of the template. A place that is a paragraph
of its own, outside tables, takes parts of the letter: prose, tables, pictures. The file is read in
a process of its own, for a tree is made of it.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from lxml import etree

from app.documents.files.archives import Archive, broken
from app.documents.word.package import OFFICE, member
from app.documents.word.texts import writable
from app.errors import Text, UnreadableFileError

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{WORD}}}"
PREFIXES = {
    "w": WORD,
    "r": f"{OFFICE}/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
DOCUMENT, RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
BESIDE = re.compile(r"word/(header|footer|footnotes|endnotes)\d*\.xml")
"""The parts beside the text itself in which a place in a sentence may stand."""
PLACE = re.compile(r"\{\{\s*([^{}]{1,80}?)\s*\}\}")
UNCLOSED = re.compile(r"\{\{.{0,40}|.{0,40}\}\}")
MOST_BYTES = 5 * 1024 * 1024
MACROS = ("word/vbaProject.bin", "word/vbaData.xml")


@dataclass(frozen=True, slots=True)
class Filling:
    """The contents for the places of a template: texts by name, and the pieces of the letter by
    name, which are written as they come."""

    texts: Mapping[str, str]
    blocks: Mapping[str, Callable[[], Iterable[str]]]
    pictures: Sequence[bytes]


class Template:
    """A template that was read: its places are known, and it can be filled once."""

    def __init__(self, content: bytes) -> None:
        """Open the template; raises `UnreadableFileError` and `FileTooLargeError` for a file that
        is no Word file."""
        self._archive = Archive(content)
        if any(name in self._archive for name in MACROS):
            raise _no_template("có macro", "has macros")
        self._root = self._parsed(DOCUMENT)
        if self._root.tag != f"{W}document" or self._root.find(f"{W}body") is None:
            raise _no_template("không phải tệp .docx", "is no .docx")
        if any(PREFIXES.get(name, uri) != uri for name, uri in self._root.nsmap.items() if name):
            raise _no_template("không phải tệp .docx thông thường", "is no ordinary .docx")
        self._body: Any = self._root.find(f"{W}body")
        beside = [name for name in self._archive.names if BESIDE.fullmatch(name)]
        self._beside = {name: self._parsed(name) for name in beside}

    def _parsed(self, name: str) -> Any:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        text = b"".join(self._archive.chunks(name)) if name in self._archive else b""
        if len(text) > MOST_BYTES or b"<!DOCTYPE" in text:
            raise broken()
        try:
            return etree.fromstring(text, parser)
        except etree.LxmlError as error:
            raise broken() from error

    @property
    def places(self) -> dict[str, bool]:
        """The places by name, in their order: true for those that are paragraphs of their own."""
        found: dict[str, bool] = {}
        for name, alone in self._written():
            found[name] = alone and found.get(name, True)
        return found

    @property
    def doubled(self) -> set[str]:
        """The places that stand several times."""
        counted = Counter(name for name, _ in self._written())
        return {name for name, count in counted.items() if count > 1}

    @property
    def unclosed(self) -> list[str]:
        """The texts that begin like a place and do not close as one: {{so}."""
        rests = (PLACE.sub("", _text_of(one)) for one in self._paragraphs())
        return [cut[0].strip() for rest in rests if (cut := UNCLOSED.search(rest))]

    def _paragraphs(self) -> Iterator[Any]:
        return chain.from_iterable(
            root.iter(f"{W}p") for root in (self._root, *self._beside.values())
        )

    def _written(self) -> Iterator[tuple[str, bool]]:
        for paragraph in self._paragraphs():
            text = _text_of(paragraph)
            for match in PLACE.finditer(text):
                yield match[1], paragraph.getparent() is self._body and match[0] == text.strip()

    def filled(self, filling: Filling) -> bytes:
        """The file with everything in its places."""
        marks = self._mark(filling)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(member(DOCUMENT), "w") as part:
                for piece in self._pieces(marks):
                    part.write(piece.encode())
            for name in self._archive.names:
                if name not in (DOCUMENT, RELATIONS, TYPES, *self._beside):
                    archive.writestr(member(name), b"".join(self._archive.chunks(name)))
            for name, root in self._beside.items():
                archive.writestr(member(name), _declared(root))
            archive.writestr(member(TYPES), self._types())
            archive.writestr(member(RELATIONS), self._relations(len(filling.pictures)))
            for number, picture in enumerate(filling.pictures, 1):
                archive.writestr(member(f"word/media/tiendo{number}.png"), picture)
        return file.getvalue()

    def _mark(self, filling: Filling) -> dict[str, Callable[[], Iterable[str]]]:
        """Put texts into their places, and marks into those of blocks."""
        marks: dict[str, Callable[[], Iterable[str]]] = {}
        for paragraph in list(self._root.iter(f"{W}p")):
            alone = PLACE.fullmatch(_text_of(paragraph).strip())
            if alone and alone[1] in filling.blocks and paragraph.getparent() is self._body:
                mark = f"tiendo-{len(marks)}"
                marks[mark] = filling.blocks[alone[1]]
                self._body.replace(paragraph, etree.Comment(mark))
            else:
                _fill_texts(paragraph, filling.texts)
        for root in self._beside.values():
            for paragraph in root.iter(f"{W}p"):
                _fill_texts(paragraph, filling.texts)
        return marks

    def _pieces(self, marks: Mapping[str, Callable[[], Iterable[str]]]) -> Iterator[str]:
        root = etree.Element(self._root.tag, self._root.attrib, {**self._root.nsmap, **PREFIXES})
        root.extend(list(self._root))
        text = etree.tostring(root, encoding="unicode")
        yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        for number, piece in enumerate(re.split(r"<!--(tiendo-\d+)-->", text)):
            if number % 2:
                yield from marks[piece]()
            else:
                yield piece

    def _types(self) -> bytes:
        root = self._parsed(TYPES)
        if not any(one.get("Extension", "").lower() == "png" for one in root):
            space = root.tag.partition("}")[0]
            default = etree.SubElement(root, f"{space}}}Default")
            default.set("Extension", "png")
            default.set("ContentType", "image/png")
        return _declared(root)

    def _relations(self, pictures: int) -> bytes:
        root = self._parsed(RELATIONS)
        space = root.tag.partition("}")[0]
        for number in range(1, pictures + 1):
            one = etree.SubElement(root, f"{space}}}Relationship")
            one.set("Id", picture_id(number))
            one.set("Type", f"{OFFICE}/relationships/image")
            one.set("Target", f"media/tiendo{number}.png")
        return _declared(root)

    def ends_with(self, name: str) -> bool:
        """True if the template's last paragraph that is not empty is this place."""
        words = [
            text
            for child in self._body
            if child.tag != f"{W}sectPr" and (text := _text_of(child).strip())
        ]
        last = PLACE.fullmatch(words[-1]) if words else None
        return last is not None and last[1] == name

    def take_section(self) -> str:
        """The pages of the template's own text, as the paragraph that ends them: whatever is
        written at the template's end has pages of its own."""
        section = self._body.find(f"{W}sectPr")
        if section is None:
            return ""
        self._body.remove(section)
        section.tail = None
        pages = etree.tostring(section, encoding="unicode")
        return f'<w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/>{pages}</w:pPr></w:p>'


def picture_id(number: int) -> str:
    """The id by which a filled template names its picture of this number, from 1."""
    return f"rIdTiendo{number}"


def unknown_places(
    found: Mapping[str, bool], texts: Collection[str], blocks: Collection[str]
) -> list[str]:
    """The places that nothing is written in: misnamed, or parts of a letter in a sentence."""
    return [
        name
        for name, alone in found.items()
        if name not in texts and not (name in blocks and alone)
    ]


def _declared(root: Any) -> bytes:
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return found


def _text_of(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph.iter(f"{W}t"))


def _fill_texts(paragraph: Any, texts: Mapping[str, str]) -> None:
    """Put texts into the places of a paragraph: where a place is spread over several runs, into
    the first of them."""
    nodes = list(paragraph.iter(f"{W}t"))
    whole = "".join(node.text or "" for node in nodes)
    found = [match for match in PLACE.finditer(whole) if match[1] in texts]
    for match in reversed(found):
        begun = 0
        put: str | None = writable(texts[match[1]])
        for node in nodes:
            text = node.text or ""
            first, last = match.start() - begun, match.end() - begun
            begun += len(text)
            if first >= len(text) or last <= 0:
                continue
            node.text = text[: max(first, 0)] + (put or "") + text[min(last, len(text)) :]
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            put = None


def _no_template(vi: str, en: str) -> UnreadableFileError:
    return UnreadableFileError(
        Text(f"Tệp mẫu {vi}; hãy lưu thành .docx và gửi lại.", f"The template {en}.")
    )
