"""The places of a province's own template, and the part of a report that stands in each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

from app.documents.word.letter import Letter, LetterPart
from app.documents.word.pictures import Pictures
from app.documents.word.template import Filling, Template, picture_id, unknown_places
from app.documents.word.writer import appendices, body_part, day_line, letter_body, recipients
from app.domain.consolidated_reports.content import ReportContent, SigningOff
from app.domain.consolidated_reports.letter import (
    SECTIONS,
    bases,
    beginning,
    end,
    letter_of,
    section_of,
)
from app.domain.consolidated_reports.words import cited_plans, data_days
from app.errors import Fault, InvalidError, Text

TEXTS: Mapping[str, Callable[[Letter, ReportContent], str]] = {
    "co_quan_chu_quan": lambda letter, _: letter.letterhead.superior or "",
    "co_quan": lambda letter, _: " ".join(letter.letterhead.agency),
    "so": lambda letter, _: letter.letterhead.number,
    "dia_danh": lambda letter, _: letter.letterhead.place,
    "ngay_thang": lambda letter, _: day_line(letter.letterhead.day),
    "trich_yeu": lambda letter, _: letter.subject,
    "kinh_gui": lambda letter, _: letter.addressee,
    "ke_hoach": lambda _, content: cited_plans(content),
    "ky_so_lieu": lambda _, content: data_days(content),
    "chuc_vu": lambda letter, _: letter.signature.lines[-1],
    "nguoi_ky": lambda letter, _: letter.signature.name or "",
}
"""The places that stand in sentences."""
APPENDICES = "phu_luc"
WHOLE = "noi_dung"
PARTS = ("can_cu", "mo_dau", *SECTIONS, "ket_thuc")
"""The places of the body part by part, which the whole body holds already."""
BLOCKS = (WHOLE, *PARTS, "noi_nhan", APPENDICES)
"""The places that are paragraphs of their own; the appendices come last."""


def check(template: Template) -> list[str]:
    """The places of a template that a report can be written in.

    Raises `InvalidError`, which names each place that is misnamed or not closed, or stands where
    it can't, or would write the same part of the letter twice.
    """
    places = template.places
    wrong = unknown_places(places, TEXTS, BLOCKS)
    if APPENDICES in places and APPENDICES not in wrong and not template.ends_with(APPENDICES):
        wrong.append(APPENDICES)
    faults = [_fault(name) for name in wrong] + [_unclosed(text) for text in template.unclosed]
    doubled = template.doubled
    if WHOLE in places:
        doubled |= places.keys() & set(PARTS)
    faults += [_doubled(name) for name in BLOCKS if name in doubled and name not in wrong]
    if faults or not places:
        raise InvalidError(faults=faults or [_NO_PLACE])
    return list(places)


def _doubled(name: str) -> Fault:
    shown, whole = f"{{{{{name}}}}}", f"{{{{{WHOLE}}}}}"
    vi, en = f"{shown} chỉ được đứng một lần", f"{shown} stands once"
    if name in PARTS:
        vi, en = f"{vi}, và không cùng {whole}", f"{en}, and not beside {whole}"
    return Fault("#/file", "doubled_place", Text(f"{vi}.", f"{en}."))


def _unclosed(text: str) -> Fault:
    return Fault(
        "#/file",
        "unclosed_place",
        Text(
            f"Chỗ điền {text} thiếu dấu ngoặc; phải viết như {{{{so}}}}.",
            f"The place {text} lacks a brace; it is written {{{{so}}}}.",
        ),
    )


def _fault(name: str) -> Fault:
    shown = f"{{{{{name}}}}}"
    if name in BLOCKS:
        where = Text("phải là một đoạn riêng, ngoài bảng", "is a paragraph of its own, in no table")
        if name == APPENDICES:
            where = Text("phải là đoạn cuối cùng", "is the last paragraph")
        return Fault("#/file", "misplaced", Text(f"{shown} {where.vi}.", f"{shown} {where.en}."))
    known = ", ".join((*TEXTS, *BLOCKS))
    return Fault(
        "#/file",
        "unknown_place",
        Text(f"Không có chỗ điền {shown}; các chỗ điền: {known}.", f"There is no place {shown}."),
    )


_NO_PLACE = Fault(
    "#/file",
    "no_place",
    Text("Tệp mẫu không có chỗ điền nào.", "The template has no place to write in."),
)


def write_in(template: Template, content: ReportContent, signing: SigningOff | None) -> bytes:
    """The report as a letter in the template."""
    letter = letter_of(content, signing)
    pictures = Pictures(picture_id)
    pages = template.take_section() if APPENDICES in template.places else ""
    blocks: dict[str, Callable[[], Iterable[str]]] = {
        "noi_dung": lambda: letter_body(letter.body, pictures),
        "can_cu": lambda: _of(bases(content), pictures),
        "mo_dau": lambda: body_part(beginning(content), pictures),
        "ket_thuc": lambda: body_part(end(content), pictures, is_last=True),
        "noi_nhan": lambda: recipients(letter.recipients),
        APPENDICES: lambda: chain((pages,), appendices(letter.appendices, pictures)),
    }
    for name in SECTIONS:
        blocks[name] = partial(_section, content, name, pictures)
    texts = {name: text(letter, content) for name, text in TEXTS.items()}
    return template.filled(Filling(texts, blocks, pictures.drawn))


def _section(content: ReportContent, name: str, pictures: Pictures) -> Iterator[str]:
    return _of(section_of(content, name), pictures)


def _of(parts: Iterable[LetterPart], pictures: Pictures) -> Iterator[str]:
    for part in parts:
        yield from body_part(part, pictures)
