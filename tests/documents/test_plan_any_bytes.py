"""Whatever the bytes are, a file is read or refused; nothing else comes out."""

import io
import random
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.tables.plan_table import read_plan_document
from app.errors import FileTooLargeError, UnreadableFileError
from tests.support.plan_files import DOCX, HEADING, TEXT, cell, docx, row, table, xlsx, zipped

XLSX = xlsx([HEADING, [1, "Việc", "Sở A", "", "2024"]], merged=["C2:D2"])
TASKS = table(row(*HEADING), row("1", "Việc", "Sở A", "", "2024"))


def read_or_refuse(content: bytes, name: str) -> None:
    try:
        plan = read_plan_document(content, file_name=name)
    except (UnreadableFileError, FileTooLargeError):
        return
    assert plan.rows


NAMES = st.sampled_from(["a.docx", "a.xlsx", "a.txt"])


@given(st.binary(max_size=2_000), NAMES)
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    read_or_refuse(content, name)


def damaged(sound: bytes, chance: random.Random) -> bytes:
    content = bytearray(sound)
    for _ in range(chance.randint(1, 10)):
        content[chance.randrange(len(content))] = chance.choice(b"<>/&\0 \xff") or chance.randrange(
            256
        )
    if chance.random() < 0.2:
        del content[chance.randrange(len(content)) :]
    return bytes(content)


@given(st.sampled_from([(DOCX, "a.docx"), (XLSX, "a.xlsx"), (TEXT, "a.txt")]), st.randoms())
@settings(max_examples=150, deadline=None)
def test_damaged_files_are_read_or_refused(sound: tuple[bytes, str], chance: random.Random) -> None:
    read_or_refuse(damaged(sound[0], chance), sound[1])


@given(st.sampled_from([(DOCX, "a.docx"), (XLSX, "a.xlsx")]), st.data(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_sound_archives_of_damaged_parts_are_read_or_refused(
    sound: tuple[bytes, str], data: st.DataObject, chance: random.Random
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(sound[0]))
    parts = {name: archive.read(name) for name in archive.namelist() if "tyles" not in name}
    name = data.draw(st.sampled_from(sorted(parts)))

    read_or_refuse(zipped(parts | {name: damaged(parts[name], chance)}), sound[1])


ELEMENTS = st.sampled_from(
    [
        *("tbl", "tr", "tc", "p", "r", "t", "pPr", "tcPr", "trPr", "vMerge", "gridSpan"),
        *("gridBefore", "numPr", "numId", "ilvl", "del", "ins", "br", "sdt", "sdtContent"),
    ]
)
TREES = st.recursive(
    st.sampled_from([*HEADING, "1", "1.1", "I", ""]),
    lambda inner: st.tuples(ELEMENTS, st.lists(inner, max_size=4)),
    max_leaves=40,
)


def written(tree: object) -> str:
    if isinstance(tree, str):
        return f"<w:t>{tree}</w:t>"
    assert isinstance(tree, tuple)
    return f'<w:{tree[0]} w:val="2">{"".join(map(written, tree[1]))}</w:{tree[0]}>'


@given(st.lists(TREES, max_size=4))
@settings(max_examples=100, deadline=None)
def test_elements_in_any_order_are_read_or_refused(trees: list[object]) -> None:
    numbering = '<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
    body = "".join(map(written, trees))

    read_or_refuse(docx(TASKS + body, numbering=numbering), "a.docx")
    read_or_refuse(docx(table(row(*HEADING), body)), "a.docx")


@given(
    st.lists(st.lists(st.sampled_from(["", "1", "1.1", "I", "Nhiệm vụ", "a)", "x"]), max_size=7))
)
@settings(max_examples=150, deadline=None)
def test_a_row_of_any_shape_keeps_its_words(rows: list[list[str]]) -> None:
    lines = [HEADING, ("1", "Việc", "Sở A", "", "2024"), *rows]
    text = "\n\n".join("\n".join(f"\t{text}" for text in line) for line in lines)

    read_or_refuse(text.encode(), "a.txt")


CELLS = st.tuples(
    st.sampled_from(["", "1", "1.1", "I", "a)", "Nhiệm vụ", "việc", "- Việc", "Tổng"]),
    st.sampled_from(
        ["", "", '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>']
    ),
)


@given(st.lists(st.lists(CELLS, max_size=7), max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_word_of_a_row_is_lost(rows: list[list[tuple[str, str]]]) -> None:
    """Cells merged into the one above show that one's words, so theirs may go."""
    expected, written = [], []
    for at, cells in enumerate(rows):
        texts = [
            f"{text} từ{at}x{column}" if text else "" for column, (text, _) in enumerate(cells)
        ]
        written.append(row(*(cell(t, p) for t, (_, p) in zip(texts, cells, strict=True))))
        expected += [t for t, (_, p) in zip(texts, cells, strict=True) if p != "<w:vMerge/>"]

    plan = read_plan_document(
        docx(table(row(*HEADING), row("1", "Việc", "Sở A", "", "2024"), *written)),
        file_name="a.docx",
    )

    kept = "\n".join(text for each in plan.rows for _, text in each.cells)
    assert [text for text in expected if text not in kept] == []
