"""The file of an import: kept sealed, and had back by whoever reads the import."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import PlanImportFile
from tests.support.clients import Api
from tests.support.plan_files import HEADING, docx, row, table
from tests.support.sample import PLAN_NAME, Sample, plan_file
from tests.support.sample_facts import INFORMATION, PROVINCIAL_COMMITTEE

FILE = docx(table(row(*HEADING), row("1", "Việc một", "Sở Nội vụ", "", "2024")))


async def imported(sample: Sample, content: bytes = FILE, name: str = "Kế hoạch.docx") -> str:
    """The address of an import of a file."""
    async with await sample.issuer() as http:
        made = await http.post("/v1/plan-imports", files={"file": (name, content)})
    assert made.status_code == 201, made.text
    return made.headers["Location"]


@pytest.mark.parametrize("ending", [".docx", ".txt"])
async def test_the_file_is_had_back_byte_by_byte_under_its_name(
    sample: Sample, ending: str
) -> None:
    content = plan_file(ending)
    url = await imported(sample, content, PLAN_NAME + ending)

    async with await sample.by(PROVINCIAL_COMMITTEE, Role.READER) as http:
        file, read = await http.get(f"{url}/file"), (await http.get(url)).json()

    assert file.status_code == 200
    assert file.content == content
    assert file.headers["content-type"].partition(";")[0] == read["media_type"]
    assert f'filename="{PLAN_NAME}{ending}"' in file.headers["content-disposition"]
    assert file.headers["content-disposition"].startswith("attachment;")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_a_name_that_is_too_long_is_cut_before_its_ending(sample: Sample) -> None:
    url = await imported(sample, name="k" * 400 + ".docx")

    async with await sample.issuer() as http:
        read = (await http.get(url)).json()

    assert read["file_name"] == "k" * 250 + ".docx"


async def test_a_copy_of_the_database_does_not_give_the_file_away(sample: Sample) -> None:
    await imported(sample)

    sealed = (await sample.session.exec(select(PlanImportFile.sealed))).one()

    assert len(sealed) > len(FILE)
    assert FILE[:40] not in sealed
    assert b"PK\x03\x04" not in sealed[:100]


async def test_whoever_may_not_read_the_import_has_no_file(sample: Sample) -> None:
    url = await imported(sample)

    async with await sample.by(INFORMATION, Role.ISSUER) as http:
        answer = await http.get(f"{url}/file")

    assert answer.status_code == 404


async def test_another_imports_file_is_not_unsealed(sample: Sample) -> None:
    one = await imported(sample)
    other = await imported(sample, plan_file(".txt"), "khac.txt")
    # As if somebody with a hand in the database had changed them over.
    moved = sa.select(col(PlanImportFile.sealed)).where(
        col(PlanImportFile.plan_import_id) == UUID(other.rpartition("/")[2])
    )
    await sample.session.exec(
        sa.update(PlanImportFile)
        .where(col(PlanImportFile.plan_import_id) == UUID(one.rpartition("/")[2]))
        .values(sealed=moved.scalar_subquery())
    )
    await sample.session.commit()

    async with await sample.issuer() as http:
        answer = await http.get(f"{one}/file")

    assert (answer.status_code, answer.json()["code"]) == (409, "file_lost")


async def test_under_a_new_secret_the_file_is_lost_and_the_answer_says_so(sample: Sample) -> None:
    url = await imported(sample)
    client = await sample.client(PROVINCIAL_COMMITTEE, Role.READER)
    changed = Api(sample.connection, sample.api.settings, secret=SecretStr("khac" * 10))

    async with changed.by(client) as http:
        answer = await http.get(f"{url}/file")

    assert (answer.status_code, answer.json()["code"]) == (409, "file_lost")


async def test_an_import_from_before_files_were_kept_says_so(sample: Sample) -> None:
    url = await imported(sample)
    await sample.session.exec(sa.delete(PlanImportFile))
    await sample.session.commit()

    async with await sample.issuer() as http:
        answer = await http.get(f"{url}/file")

    assert answer.status_code == 404
    assert "imported before files were" in answer.json()["detail"]


async def test_the_file_of_a_discarded_draft_is_deleted(sample: Sample) -> None:
    url = await imported(sample)
    async with await sample.issuer() as http:
        plan = f"/v1/plans/{(await http.get(url)).json()['plan_id']}"
        tag = (await http.get(plan)).headers["etag"]
        gone = await http.delete(plan, headers={"If-Match": tag})
        answer = await http.get(f"{url}/file")

    assert (gone.status_code, answer.status_code) == (204, 404)
    assert await sample.rows(PlanImportFile) == 0
