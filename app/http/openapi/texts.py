"""The words of the OpenAPI document that belong to no single route."""

from collections.abc import Iterable

from app.domain.event_types import EVENT_TYPES, event_type
from app.errors import TrackerError
from app.http.answers import PARTIAL
from app.http.openapi.languages import Language

ABOUT: dict[Language, str] = {
    "vi": f"""\
**tiendo** theo dõi tiến độ thực hiện các kế hoạch của tỉnh: nhiệm vụ giao cho từng cơ quan, báo
cáo, đôn đốc và số liệu tổng hợp.

* Mã truy cập: `POST /oauth/token` (OAuth 2.0 client credentials).
* Danh sách: `{{"items", "next"}}`; đi theo `next` đến khi là null: con trỏ chỉ dùng với bộ lọc và
  thứ tự của nó. `sort` chọn thứ tự; `fields` chỉ lấy vài trường (trả `{PARTIAL}`);
  `expand` kèm cả tài nguyên liên quan, như hiện nay, trong `expanded`, là null nếu không được xem.
  Tham số nhận nhiều giá trị thì ngăn bằng dấu phẩy.
* Từ chối: `application/problem+json`, tiếng Việt hoặc tiếng Anh theo `Accept-Language`; hãy rẽ
  nhánh theo `code`. Mỗi thao tác nêu các mã riêng của nó; mã chung ở `default`.
* Trường, tham số lạ bị từ chối và nêu tên.
* Ngày là ngày tại tỉnh (Asia/Ho_Chi_Minh); thời điểm là UTC.
* In English: `/openapi.json` with `Accept-Language: en`.
""",
    "en": f"""\
**tiendo** follows up a province's implementation plans: what each agency owes, its reports, and
the figures that come of them.

* Tokens: `POST /oauth/token` (OAuth 2.0 client credentials).
* Lists are `{{"items", "next"}}`: follow `next` to null; a cursor holds for the filters and the
  order it was made with. `sort` is the order; `fields` names the members to answer, as `{PARTIAL}`;
  `expand` adds whole resources under `expanded`, as they are now, null where you may not read them.
  Several values have commas between them.
* Refusals are problem documents (`application/problem+json`), in Vietnamese or English by
  `Accept-Language`: branch on `code`. An operation names the codes of its own; `default` has
  those of all.
* Unknown fields and parameters are refused by name.
* Days are local to the province (Asia/Ho_Chi_Minh), moments are UTC.
* Tiếng Việt: `/openapi.json` với `Accept-Language: vi`.
""",
}
HEADINGS = {
    "vi": ("Các mã từ chối", "Các loại sự kiện"),
    "en": ("Codes of refusals", "Types of events"),
}


def description(language: Language, refusals: Iterable[type[TrackerError]]) -> str:
    """The description of the document, with the codes of *refusals* and all types of events."""
    codes = "".join(
        f"| `{error.code}` | {int(error.status)} | {getattr(error.title, language)} |\n"
        for error in refusals
    )
    types = "".join(
        f"| `{event_type(noun, action)}` | {getattr(text, language)} |\n"
        for noun, actions in EVENT_TYPES.items()
        for action, text in actions.items()
    )
    of_codes, of_types = HEADINGS[language]
    return (
        f"{ABOUT[language]}\n"
        f"<details><summary>{of_codes}</summary>\n\n"
        f"| `code` | HTTP | |\n|---|---|---|\n{codes}\n</details>\n\n"
        f"<details><summary>{of_types}</summary>\n\n"
        f"| `type` | |\n|---|---|\n{types}\n</details>\n"
    )


TAGS = [
    {"name": "tokens", "description": "Mã truy cập / Access tokens"},
    {
        "name": "registry",
        "description": "Danh mục cơ quan, nhóm cơ quan, kế thừa / Agencies, collectives",
    },
    {"name": "plans", "description": "Kế hoạch và nhiệm vụ / Plans and tasks"},
    {"name": "work", "description": "Nhiệm vụ được giao và báo cáo / Assignments, submissions"},
    {"name": "figures", "description": "Số liệu tổng hợp / Figures"},
    {"name": "reports", "description": "Báo cáo tổng hợp / Consolidated reports"},
    {"name": "following", "description": "Thay đổi, webhook, nhật ký / Changes, webhooks, audit"},
    {"name": "running", "description": "Vận hành / Operation"},
]

# The meaning of each parameter wherever it is found, unless its route describes it.
PARAMETERS = {
    "plan_id": "Id kế hoạch / the plan's id",
    "link_id": "Id liên kết / the link's id",
    "group_id": "Id nhóm nhiệm vụ / the task group's id",
    "task_id": "Id nhiệm vụ / the task's id",
    "assignee_id": "Id dòng cơ quan thực hiện của nhiệm vụ / the assignee's id",
    "amendment_id": "Id lần sửa đổi / the amendment's id",
    "document_id": "Id văn bản đã nhận / the received document's id",
    "assignment_id": "Id nhiệm vụ được giao / the assignment's id",
    "report_id": "Id báo cáo của cơ quan / the id of the agency report",
    "form": "Dạng tệp / the form of the file",
    "name": "Biểu đồ nào / which chart",
    "consolidated_report_id": "Id báo cáo tổng hợp / the consolidated report's id",
    "report_request": "Chỉ báo cáo theo yêu cầu này / only what this report request asks for",
    "report_request_id": "Id yêu cầu báo cáo / the report request's id",
    "extension_id": "Id đề nghị gia hạn / the extension's id",
    "submission_id": "Id báo cáo / the submission's id",
    "operation_id": "Id tác vụ dài / the operation's id",
    "member_id": "Id của lần tham gia nhóm / the membership's id",
    "focal_point_id": "Id đầu mối / the focal point's id",
    "reminder_id": "Id lần đôn đốc / the reminder's id",
    "rating_id": "Id đánh giá / the rating's id",
    "remark_id": "Id nhận xét / the remark's id",
    "grade": "Chỉ các mức này / only these grades",
    "indicator_id": "Id chỉ tiêu / the indicator's id",
    "handover_id": "Id việc bàn giao / the handover's id",
    "succession_id": "Id kế thừa / the succession's id",
    "import_id": "Id lần nhập / the import's id",
    "action": "Chỉ việc này, ví dụ submitted / only this action",
    "agency": "Chỉ của cơ quan này: mã, mã định danh hoặc id / only this agency's",
    "asked_before": "Đề nghị TRƯỚC ngày này / EXCLUSIVE: asked before this day",
    "asked_from": "Đề nghị từ ngày này / INCLUSIVE: asked from this day on",
    "assignment": "Chỉ của nhiệm vụ được giao này / only of this assignment",
    "by": "Phân tổ theo / what to divide by",
    "client": "Chỉ hệ thống này / only this client's",
    "coordinator": "Chỉ kế hoạch do cơ quan này theo dõi / only plans that this agency coordinates",
    "day": "Ngày nào / which day",
    "deadline_before": "Thời hạn TRƯỚC ngày này / EXCLUSIVE: owed before this day",
    "deadline_from": "Thời hạn từ ngày này / INCLUSIVE: owed from this day on",
    "endpoint_id": "Id điểm nhận webhook / the webhook endpoint's id",
    "due_before": "Hạn gửi TRƯỚC ngày này / EXCLUSIVE: due before this day",
    "due_from": "Hạn gửi từ ngày này / INCLUSIVE: due from this day on",
    "evidence": "Chỉ báo cáo dẫn văn bản số này / only what names a document of this number",
    "is_late": "Chỉ báo cáo nộp trễ, hoặc đúng hạn / only what was filed late, or in time",
    "is_enumerable": "Chỉ nhóm lập được danh sách, hoặc không / only what has members, or not",
    "is_seeded": "Chỉ ngày chưa ai đính chính, hoặc đã / only what no official said, or did",
    "issued_before": "Ban hành TRƯỚC ngày này / EXCLUSIVE: issued before this day",
    "issued_from": "Ban hành từ ngày này / INCLUSIVE: issued from this day on",
    "issuer": "Chỉ kế hoạch do cơ quan này ban hành / only plans that this agency issues",
    "kind": "Chỉ loại cơ quan này / only agencies of this kind",
    "noun": "Chỉ loại dòng này, ví dụ submission / only rows of this kind",
    "number": "Chỉ kế hoạch có số, ký hiệu này / only the plan of this number",
    "occurrence": "Chỉ việc của năm này, hoặc once / only of this year, or once",
    "occurred_before": "TRƯỚC thời điểm này / EXCLUSIVE: before this moment",
    "occurred_from": "Từ thời điểm này / INCLUSIVE: from this moment on",
    "parent": "Chỉ cơ quan trực thuộc cơ quan này / only agencies under this one",
    "period": "Chỉ kỳ báo cáo này: 2026, 2026-H1, 2026-Q3, 2026-08 / only of this period",
    "plan": "Chỉ của kế hoạch này (id) / only of this plan",
    "request_id": "Chỉ do yêu cầu này / only what this request did",
    "role": "Chỉ chủ trì hoặc chỉ phối hợp / only as lead or as coordinating",
    "row_id": "Chỉ về dòng này / only about this row",
    "state": "Chỉ trạng thái này / only in this state",
    "status": "Chỉ trạng thái này / only in this state",
    "received_before": "Nộp TRƯỚC ngày này / EXCLUSIVE: filed before this day",
    "received_from": "Nộp từ ngày này / INCLUSIVE: filed from this day on",
    "task_group": "Chỉ của nhóm nhiệm vụ này (id) / only of this task group",
    "task": "Chỉ của nhiệm vụ này (id) / only of this task",
    "timeliness": "Chỉ việc đúng hạn, trễ hạn, quá hạn… / only what is in time, overdue…",
}
