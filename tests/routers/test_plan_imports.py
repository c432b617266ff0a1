from typing import Any
from uuid import uuid4

import pytest

from app.auth.principal import Role
from app.models import Plan, PlanImport, Task
from tests.support.plan_files import docx, package, row, table, with_members
from tests.support.sample import PLAN_NAME, Sample, plan_file
from tests.support.sample_facts import (
    AGRICULTURE,
    CULTURE,
    DEPARTMENTS,
    DISTRICTS,
    EDUCATION,
    FINANCE,
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    INVESTMENT_CENTRE,
    LABOUR,
    PLANNING,
    PROVINCIAL_COMMITTEE,
    SCHOOLS,
)

LEADS = {
    "1.1": [DEPARTMENTS, DISTRICTS],
    "1.2": [DEPARTMENTS, DISTRICTS],
    "2.1": [INFORMATION],
    "2.2": [INFORMATION],
    "2.3": [LABOUR],
    "2.4": [INFORMATION],
    "2.5": [INFORMATION],
    "2.6": [INFORMATION],
    "3.1": [INDUSTRY_AND_TRADE],
    "3.2": [CULTURE],
    "3.3": [FOREIGN_AFFAIRS],
    "3.4": [FOREIGN_AFFAIRS],
    "3.5": [EDUCATION],
    "3.6": [AGRICULTURE],
    "3.7": [FINANCE],
    "3.8": [INFORMATION],
    "3.9": [INFORMATION],
    "3.10": [INVESTMENT_CENTRE],
    "3.11": [DEPARTMENTS, DISTRICTS],
    "3.12": [INFORMATION],
    "3.13": [INFORMATION],
    "4.1": [INFORMATION],
    "4.2": ["CAT"],
    "4.3": ["CAT", "BCHQS"],
    "4.4": [PLANNING],
    "5.1": [DEPARTMENTS, DISTRICTS],
    "5.2": [INFORMATION],
    "5.3": [FOREIGN_AFFAIRS],
    "5.4": [HOME_AFFAIRS],
    "5.5": [INFORMATION],
}
DEPARTMENTS_OF_4_4 = (
    "SKHDT SLDTBXH STC SYT SGDDT SNNPTNT STP SKHCN STTTT SVHTTDL"
    " UBND-H-HUONGSON UBND-H-HUONGKHE UBND-H-VUQUANG"
)
TABLE = table(
    row("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện"),
    row("1", "Việc một", "Sở Thông tin và Truyền thông", "Sở Nội vụ", "2024"),
)
# Reading the plan takes most of a second; what it gives is the same for every question.
_readings: dict[str, dict[str, Any]] = {}


def upload(ending: str = ".docx") -> dict[str, Any]:
    return {"file": (PLAN_NAME + ending, plan_file(ending))}


@pytest.fixture(params=[".docx", ".txt"])
async def reading(request: pytest.FixtureRequest, sample: Sample) -> dict[str, Any]:
    """The answer of a dry run for the plan in one of its two forms."""
    ending = request.param
    if ending not in _readings:
        async with await sample.issuer() as http:
            answer = await http.post("/v1/plan-imports?dry_run=true", files=upload(ending))
        assert answer.status_code == 200
        _readings[ending] = answer.json()["reading"]
    return _readings[ending]


def row_of(reading: dict[str, Any], ordinal: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in reading["rows"] if row["ordinal"] == ordinal)
    return found


def named(reading: dict[str, Any], ordinal: str, role: str) -> list[dict[str, Any]]:
    return [one for one in row_of(reading, ordinal)["assignees"] if one["role"] == role]


def codes(reading: dict[str, Any], ordinal: str, role: str) -> list[str | None]:
    return [one["code"] for one in named(reading, ordinal, role)]


async def test_groups_and_tasks_are_counted_and_keep_the_plans_order(
    reading: dict[str, Any],
) -> None:
    ordinals = [row["ordinal"] for row in reading["rows"] if row["kind"] == "task"]

    assert reading["counts"] == {"groups": 5, "tasks": 30, "assignees": 114, "unresolved": 1}
    assert ordinals == list(LEADS)
    assert ordinals.index("3.2") < ordinals.index("3.10")


async def test_titles_are_clean_and_every_cells_words_are_kept(reading: dict[str, Any]) -> None:
    title = row_of(reading, "2.3")["title"]
    cells = {cell["heading"]: cell["text"] for cell in row_of(reading, "2.1")["cells"]}

    assert title.startswith("Triển khai thực hiện Nghị định số 152/2020/NĐ-CP")
    assert all("  " not in row["title"] for row in reading["rows"])
    assert cells["Cơ quan chủ trì"] == "Sở Thông tin và\nTruyền thông"
    assert cells["Thời gian thực hiện"] == "2024 "


async def test_time_frames_are_read(reading: dict[str, Any]) -> None:
    frames = [row["time_frame"] for row in reading["rows"] if row["kind"] == "task"]
    spans = [(frame["kind"], frame["starts_on"], frame["ends_on"]) for frame in frames]

    assert {span: spans.count(span) for span in spans} == {
        ("annual", None, None): 18,
        ("year_range", "2024-01-01", "2030-12-31"): 6,
        ("year_range", "2024-01-01", "2025-12-31"): 3,
        ("year", "2024-01-01", "2024-12-31"): 2,
        ("until_year", None, "2030-12-31"): 1,
    }
    assert not any(frame["needs_person"] for frame in frames)
    assert (reading["starts_on"], reading["ends_on"]) == ("2024-01-01", "2030-12-31")


async def test_leads_are_understood(reading: dict[str, Any]) -> None:
    assert {ordinal: codes(reading, ordinal, "lead") for ordinal in LEADS} == LEADS


async def test_a_list_with_one_prefix_a_line_is_taken_apart(reading: dict[str, Any]) -> None:
    found = named(reading, "4.4", "coordinating")
    lead = next(one for one in found if one["code"] == PLANNING)

    assert [one["code"] for one in found] == DEPARTMENTS_OF_4_4.split()
    assert lead["note"]["en"] == "It leads the task and owes it only once."
    assert "chỉ tính một lần" in lead["note"]["vi"]


async def test_an_agency_beside_the_collectives_that_contain_it(reading: dict[str, Any]) -> None:
    assert codes(reading, "5.5", "coordinating") == [HOME_AFFAIRS, DEPARTMENTS, DISTRICTS]


async def test_a_class_that_cannot_be_counted_is_recorded(reading: dict[str, Any]) -> None:
    *others, last = named(reading, "3.5", "coordinating")

    assert [one["code"] for one in others] == [FOREIGN_AFFAIRS, INFORMATION, CULTURE, "BAO", "DAI"]
    assert (last["resolution"], last["code"]) == ("collective", SCHOOLS)
    assert last["source_text"] == "các cơ sở giáo dục và đào tạo"


async def test_an_unknown_centre_is_left_open_with_its_near_miss(reading: dict[str, Any]) -> None:
    [unknown] = [one for one in named(reading, "3.6", "coordinating") if one["code"] is None]

    assert unknown["resolution"] == "unresolved"
    assert unknown["source_text"] == "Trung tâm xúc tiến đầu tư, thương mại và du lịch"
    assert [one["code"] for one in unknown["suggestions"]] == [INVESTMENT_CENTRE]
    assert [one["code"] for one in row_of(reading, "3.6")["warnings"]] == ["assignee_unresolved"]


async def test_a_typo_is_read_and_said(reading: dict[str, Any]) -> None:
    last = named(reading, "3.9", "coordinating")[-1]

    assert last["code"] == DISTRICTS
    assert last["source_text"] == "Ủy ban nhan dân các huyện, thành phố, thị xã"
    assert last["note"] is not None


async def test_a_dry_run_stores_nothing_and_answers_what_an_import_answers(sample: Sample) -> None:
    before = await sample.rows_of_all_tables()

    async with await sample.issuer() as http:
        dry = (await http.post("/v1/plan-imports?dry_run=true", files=upload(".txt"))).json()
        between = await sample.rows_of_all_tables()
        answer = await http.post("/v1/plan-imports", files=upload(".txt"))
        again = await http.get(answer.headers["Location"])

    made = answer.json()
    # The client itself was made for the first request.
    assert between == before | {"client": before["client"] + 1}
    assert (answer.status_code, again.status_code) == (201, 200)
    assert dry == made | {"id": None, "plan_id": None, "created_at": None}
    assert again.json() == made


async def test_an_import_makes_a_draft_of_its_words(drafted: Sample) -> None:
    plan = await drafted.the_plan()

    async with await drafted.issuer() as http:
        groups = (await http.get(f"/v1/plans/{plan.id}/task-groups")).json()["items"]
        tasks = (await http.get(f"/v1/plans/{plan.id}/tasks")).json()["items"]
        answer = (await http.get(f"/v1/plans/{plan.id}")).json()

    assert (answer["status"], answer["number"], answer["issued_on"]) == ("draft", None, None)
    assert (answer["owner"]["code"], answer["issuer"]["code"]) == (
        PROVINCIAL_COMMITTEE,
        PROVINCIAL_COMMITTEE,
    )
    assert [group["ordinal"] for group in groups] == ["1", "2", "3", "4", "5"]
    assert [task["ordinal"] for task in tasks] == list(LEADS)
    by_id = {group["id"]: group for group in groups}
    for task in tasks:
        assert by_id[task["task_group_id"]]["ordinal"] == task["ordinal"].partition(".")[0]
        assert by_id[task["task_group_id"]]["position"] < task["position"]
    assert tasks[2]["source_cells"][4] == {"heading": "Thời gian thực hiện", "text": "2024 "}
    assert tasks[2]["assignees"][0]["source_text"] == "Sở Thông tin và\nTruyền thông"


async def test_an_import_is_written_down(drafted: Sample) -> None:
    plan = await drafted.the_plan()

    [entry], [event] = await drafted.noted("plan", plan.id)

    assert (entry.action, event.type) == ("imported", "tiendo.plan.imported")
    assert entry.agency_id == event.agency_id == plan.owner_id
    assert set(entry.detail) == {"file_sha256"}


async def test_names_are_read_as_of_the_day_that_is_asked_for(sample: Sample) -> None:
    files = {"file": ("mot.docx", docx(TABLE))}

    async with await sample.issuer() as http:
        old = await http.post("/v1/plan-imports?dry_run=true&as_of=2025-02-28", files=files)
        new = await http.post("/v1/plan-imports?dry_run=true&as_of=2025-03-01", files=files)

    assert codes(old.json()["reading"], "1", "lead") == [INFORMATION]
    # From that day on there is no such department.
    assert codes(new.json()["reading"], "1", "lead") == [None]
    assert codes(new.json()["reading"], "1", "coordinating") == [HOME_AFFAIRS]


def bomb() -> bytes:
    return with_members({"x": b"\0" * 10_000_000})


def with_doctype() -> bytes:
    return package({"word/document.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'})


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("ke-hoach.docx", b"%PDF-1.7 ...", "unreadable_file"),
        ("ke-hoach.docx", b"", "unreadable_file"),
        ("ke-hoach.docx", bomb(), "file_too_large"),
        ("ke-hoach.docx", with_doctype(), "unreadable_file"),
        ("ke-hoach.xlsx", plan_file(), "unreadable_file"),
        ("ke-hoach.txt", "Một văn bản không có bảng.".encode(), "unreadable_file"),
    ],
    ids=["pdf", "empty", "bomb", "doctype", "wrong ending", "no table"],
)
async def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_stored(
    sample: Sample, name: str, content: bytes, code: str
) -> None:
    async with await sample.issuer() as http:
        before = await sample.rows_of_all_tables()
        answer = await http.post("/v1/plan-imports", files={"file": (name, content)})

    assert answer.json()["code"] == code
    assert answer.status_code == (413 if code == "file_too_large" else 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].count("\n") == 0
    assert await sample.rows_of_all_tables() == before


async def test_fifty_megabytes_are_refused_in_our_form(sample: Sample) -> None:
    async with await sample.issuer() as http:
        answer = await http.post(
            "/v1/plan-imports", files={"file": ("to.docx", b"PK\x03\x04" + b"\0" * 50_000_000)}
        )

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "file_too_large"
    assert await sample.rows(PlanImport) == 0


async def test_a_file_is_needed(sample: Sample) -> None:
    async with await sample.issuer() as http:
        none = await http.post("/v1/plan-imports", files={"tep": ("a.txt", b"x")})
        text = await http.post("/v1/plan-imports", data={"file": "x"})
        broken = await http.post(
            "/v1/plan-imports", content=b"x", headers={"content-type": "multipart/form-data"}
        )

    assert [one.status_code for one in (none, text, broken)] == [422, 422, 400]
    assert none.json()["errors"][0]["pointer"] == "#/file"
    assert all(one.headers["content-type"] == "application/problem+json" for one in (none, broken))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ISSUER])
async def test_only_issuers_import(sample: Sample, role: Role) -> None:
    async with await sample.by(PROVINCIAL_COMMITTEE, role) as http:
        answer = await http.post("/v1/plan-imports", files={"file": ("a.docx", docx(TABLE))})

    assert answer.status_code == 403
    assert await sample.rows(Plan) == 0


async def test_another_agencys_draft_and_import_do_not_exist(sample: Sample) -> None:
    async with await sample.issuer() as http:
        made = await http.post("/v1/plan-imports", files={"file": ("a.docx", docx(TABLE))})
        plan_id, import_url = made.json()["plan_id"], made.headers["Location"]
        [task] = (await http.get(f"/v1/plans/{plan_id}/tasks")).json()["items"]

    urls = [
        import_url,
        f"/v1/plans/{plan_id}",
        f"/v1/plans/{plan_id}/task-groups",
        f"/v1/plans/{plan_id}/tasks",
        f"/v1/plans/{plan_id}/assignments",
        f"/v1/plans/{plan_id}/reporting-regimes",
        f"/v1/tasks/{task['id']}",
    ]
    for role in (Role.ISSUER, Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR):
        async with await sample.by(INFORMATION, role) as http:
            answers = [await http.get(url) for url in urls]
            assert [one.status_code for one in answers] == [404] * len(urls)
            assert (await http.get("/v1/plans")).json()["items"] == []
    async with await sample.by(INFORMATION, Role.ISSUER) as http:
        assignee = task["assignees"][0]["id"]
        changes = [
            await http.patch(f"/v1/plans/{plan_id}", json={"title": "Khác"}),
            await http.patch(f"/v1/tasks/{task['id']}", json={"title": "Khác"}),
            await http.patch(f"/v1/assignees/{assignee}", json={"agency": FINANCE}),
            await http.delete(f"/v1/tasks/{task['id']}"),
            await http.post(f"/v1/plans/{plan_id}/issue"),
        ]
    assert [one.status_code for one in changes] == [404] * len(changes)
    assert await sample.rows(Task) == 1


async def test_a_reader_of_the_same_agency_reads_its_draft(sample: Sample) -> None:
    async with await sample.issuer() as http:
        made = await http.post("/v1/plan-imports", files={"file": ("a.docx", docx(TABLE))})

    async with await sample.by(PROVINCIAL_COMMITTEE, Role.READER) as http:
        read = await http.get(made.headers["Location"])
        plan = await http.get(f"/v1/plans/{made.json()['plan_id']}")
        unknown = await http.get(f"/v1/plan-imports/{uuid4()}")

    assert (read.json(), read.status_code) == (made.json(), 200)
    assert plan.json()["allowed_actions"] == []
    assert unknown.status_code == 404
