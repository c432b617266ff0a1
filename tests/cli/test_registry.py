from collections.abc import Iterator
from pathlib import Path

import pytest

import app.sample
from tests.support.commands import Terminal, terminal

SAMPLE = Path(app.sample.__file__).parent
FILES = {
    "--agencies": "agencies.csv",
    "--collectives": "collectives.csv",
    "--members": "collective-members.csv",
    "--successions": "successions.csv",
}


@pytest.fixture(scope="module")
def tiendo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Commands on a database in which the sample's registry was imported."""
    with terminal(tmp_path_factory.mktemp("secrets")) as tiendo:
        done = tiendo.run("registry", "import", *arguments())
        assert (done.code, done.stderr) == (0, "")
        assert "Cơ quan / agencies: 116 mới / created" in done.stdout
        yield tiendo


def arguments() -> list[str]:
    """All four files of the sample."""
    return [part for option, name in FILES.items() for part in (option, str(SAMPLE / name))]


def test_a_second_import_changes_nothing(tiendo: Terminal) -> None:
    before = tiendo.rows("select count(*) from event")
    done = tiendo.run("registry", "import", *arguments())

    assert done.code == 0
    assert done.stdout.splitlines() == [
        "Cơ quan / agencies: 0 mới / created, 0 sửa / changed, 116 giữ nguyên / unchanged",
        "Nhóm / collectives: 0 mới / created, 0 sửa / changed, 4 giữ nguyên / unchanged",
        "Thành viên / members: 0 mới / created, 0 sửa / changed, 102 giữ nguyên / unchanged",
        "Kế thừa / successions: 0 mới / created, 0 sửa / changed, 81 giữ nguyên / unchanged",
    ]
    assert tiendo.rows("select count(*) from event") == before


def test_bad_rows_are_said_in_two_languages_and_nothing_is_stored(
    tiendo: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "xa.csv"
    file.write_text("code,name,kind\nTOT,Xã tốt,other\nA B,Xã,other\nSNV,Sở khác,department\n")

    done = tiendo.run("registry", "import", "--agencies", str(file))

    assert (done.code, done.stdout) == (1, "")
    first, second, *faults = done.stderr.splitlines()
    assert first == "Chưa nhập gì: có 2 chỗ sai trong các tệp."
    assert second == "Nothing was imported: 2 faults in the files."
    assert [fault.split(": ")[0].strip() for fault in faults] == [
        f"{file}:3:code",
        f"{file}:4:name",
    ]
    assert all(" / " in fault for fault in faults)
    assert tiendo.rows("select 1 from agency where code = 'TOT'") == []


def test_no_file_and_a_missing_file_are_said_so(tiendo: Terminal, tmp_path: Path) -> None:
    none = tiendo.run("registry", "import")
    missing = tiendo.run("registry", "import", "--members", str(tmp_path / "la.csv"))

    assert none.code == 2
    assert "--agencies" in none.stderr
    assert missing.code == 1
    assert "Không mở được tệp" in missing.stderr
    assert "Traceback" not in none.stderr + missing.stderr
