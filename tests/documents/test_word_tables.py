"""Tables of letters: whatever somebody typed is read back as it was typed."""

from io import BytesIO

import docx
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.word.letter import Letter, Letterhead, LetterTable, SignatureBlock
from app.documents.word.texts import writable
from app.documents.word.writer import write_letter

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def written(table: LetterTable) -> list[list[str]]:
    """The cells of the table, as Word reads them."""
    letter = Letter(
        letterhead=Letterhead("UBND tỉnh", ["Sở Mẫu"], "01/BC-MAU", "Hà Tĩnh", None),
        type_name="Báo cáo",
        subject="Mẫu",
        addressee="UBND tỉnh",
        body=[table],
        signature=SignatureBlock(["Giám đốc"]),
        recipients=["Như trên;"],
    )
    document = docx.Document(BytesIO(write_letter(letter)))
    return [[cell.text for cell in row.cells] for row in document.tables[1].rows]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_every_cell_is_read_back_as_it_was_typed(rows: list[tuple[str, str]]) -> None:
    found = written(LetterTable(("A", "B"), (8, 8), rows))

    assert found[0] == ["A", "B"]
    assert found[1:] == [["\n".join(writable(text).splitlines()) for text in row] for row in rows]


@settings(deadline=None, max_examples=30)
@given(TEXTS)
def test_a_row_of_one_text_spans_the_table(text: str) -> None:
    [_, spanned] = written(LetterTable(("A", "B"), (8, 8), [(text,)]))

    assert spanned == ["\n".join(writable(text).splitlines())] * 2
