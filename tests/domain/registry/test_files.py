from datetime import date

import pytest

from app.documents.files.csv_files import SourceFile
from app.domain.registry.importing.files import RegistryFiles, read_registry
from app.models import AgencyKind

HEADING = "code,name,short_name,kind,valid_from,valid_until,aliases,certainty,unit_code"
ROW = 'SVH,"Sở Văn hóa, Thể thao và Du lịch",Sở VH,department,,2025-03-01,A;B; A,found,436'


def agencies(content: str | bytes) -> RegistryFiles:
    """The registry that a file of agencies holds."""
    raw = content if isinstance(content, bytes) else content.encode()
    return read_registry(agencies=SourceFile("cq.csv", raw))


def reasons(files: RegistryFiles) -> list[tuple[str, str]]:
    """The faults: the pointer and the code of each."""
    return [(fault.pointer, fault.code) for fault in files.faults]


def test_a_row_is_read_cell_by_cell() -> None:
    files = agencies(f"{HEADING}\n{ROW}\n")

    (row,) = files.agencies
    assert files.faults == ()
    assert (row.code, row.name, row.kind) == (
        "SVH", "Sở Văn hóa, Thể thao và Du lịch", AgencyKind.DEPARTMENT,
    )  # fmt: skip
    assert (row.valid_from, row.valid_until) == (None, date(2025, 3, 1))
    assert (row.aliases, row.unit_code, row.parent) == (("A", "B"), "436", None)


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{HEADING}\r\n{ROW}\r\n",
        f"{HEADING}\n\n{ROW}\n,,,,,,,,\n",
        "sep=;\r\n" + HEADING.replace(",", ";") + "\r\n"
        + 'SVH;Sở Văn hóa, Thể thao và Du lịch;Sở VH;department;;2025-03-01;"A;B; A";found;436',
        HEADING.replace(",", ";") + ";;\r\n"
        + 'SVH;Sở Văn hóa, Thể thao và Du lịch;Sở VH;DEPARTMENT;;2025-03-01;"A;B; A";found;436;;',
        HEADING.replace(",", "\t") + "\n"
        + "SVH\tSở Văn  hóa,\u00a0Thể thao và Du lịch\tSở VH\tdepartment\t\t2025-03-01\tA;B"
        "\tfound\t436\n",
        HEADING.upper() + "\n" + ROW.replace("ở", "o\u031b\u0309"),
    ],
)  # fmt: skip
def test_files_are_read_as_people_save_them(content: str) -> None:
    files = agencies(content)

    assert files.faults == ()
    assert [(row.code, row.name, row.aliases, row.unit_code) for row in files.agencies] == [
        ("SVH", "Sở Văn hóa, Thể thao và Du lịch", ("A", "B"), "436")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"  \r\n", "The file is empty"),
        (b"PK\x03\x04 a workbook", "Excel workbook"),
        (b"code,name,kind\nSNV,S\xf5,department", "not UTF-8"),
        ("code,name,kind\nSNV,Sở,department".encode("utf-16"), "not UTF-8"),
        (b"code,name,kind\n\0", "not UTF-8"),
        (b"code,name\n", "missing: kind"),
        (b"code,name,kind,colour,colour\n", "unknown: colour, colour; repeated: colour"),
        (b'code,name,kind\nSNV,"S', "unbalanced quotes"),
        (b'code,name,kind\nSNV,"S"x,department', "unbalanced quotes"),
        (b"code,name,kind\n" + b"x" * (10 * 1024 * 1024), "larger than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, said: str) -> None:
    (fault,) = agencies(content).faults

    assert fault.code == "unreadable_file"
    assert said in fault.detail.en
    assert fault.detail.vi != fault.detail.en


def test_every_bad_cell_is_named_by_file_line_and_column() -> None:
    files = agencies(
        "code,name,kind,valid_from,valid_until,identifier,unit_code\n"
        "snv,,ministry,01/03/2025,2025-02-30,H27,4\n"
        'A,"Hai\ndòng",department,2025-03-01,2025-03-01,27,\n'
        "B,Tên,department\n"
        "C,Tên,department,,,,\n"
        "C,Tên,department,,,,\n"
        f"D,{'x' * 501},department,,,,\n"
    )

    assert sorted(reasons(files)) == [
        ("cq.csv:2:code", "bad_cell"),
        ("cq.csv:2:kind", "bad_cell"),
        ("cq.csv:2:name", "bad_cell"),
        ("cq.csv:2:unit_code", "bad_cell"),
        ("cq.csv:2:valid_from", "bad_cell"),
        ("cq.csv:2:valid_until", "bad_cell"),
        ("cq.csv:3:identifier", "bad_cell"),
        ("cq.csv:3:valid_until", "bad_cell"),
        ("cq.csv:5", "wrong_number_of_cells"),
        ("cq.csv:7", "repeated_row"),
        ("cq.csv:8:name", "bad_cell"),
    ]
    lines = [int(pointer.split(":")[1]) for pointer, _ in reasons(files)]
    assert lines == sorted(lines)
    assert [row.code for row in files.agencies] == ["C"]


def test_an_old_identifier_is_turned_round_and_kept() -> None:
    files = agencies("code,name,kind,identifier\nVPUB,Văn phòng,department,000.00.01.H27\n")

    (row,) = files.agencies
    assert (row.identifier, row.identifier_source) == ("H27.01", "000.00.01.H27")


def test_members_successions_and_collectives_are_read() -> None:
    files = read_registry(
        collectives=SourceFile("n.csv", b"code,name,enumerable,aliases\nA,x,TRUE,\nB,y,co,\n"),
        members=SourceFile(
            "t.csv",
            b"collective,agency,valid_from,valid_until\nA,X,,\nA,X,2025-01-01,\nA,X,,2024-01-01\n",
        ),
        successions=SourceFile(
            "k.csv",
            b"predecessor,successor,effective_on,kind\n"
            b"X,Y,2025-03-01,merge\nX,,2025-03-01,abolition\nX,X,2025-03-01,merge\n"
            b"X,,2025-03-02,merge\nX,Y,2025-03-02,abolition\nX,Y,,split\n",
        ),
    )

    assert [(row.code, row.is_enumerable) for row in files.collectives] == [("A", True)]
    assert [row.valid_from for row in files.members] == [None, date(2025, 1, 1)]
    assert [row.successor for row in files.successions] == ["Y", None]
    assert reasons(files) == [
        ("n.csv:3:enumerable", "bad_cell"),
        ("t.csv:4", "repeated_row"),
        ("k.csv:4:successor", "bad_cell"),
        ("k.csv:5:successor", "bad_cell"),
        ("k.csv:6:successor", "bad_cell"),
        ("k.csv:7:effective_on", "bad_cell"),
    ]
