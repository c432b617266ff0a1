"""Every type of event, as the contract lists them."""

from functools import cache

from app.errors import Text, invalid_at

PREFIX = "tiendo"
WILDCARD = ".*"

# By noun and action. A type that was published keeps its meaning.
EVENT_TYPES: dict[str, dict[str, Text]] = {
    "agency": {
        "created": Text("thêm cơ quan", "an agency was entered"),
        "changed": Text("sửa thông tin cơ quan", "its data were corrected"),
        "renamed": Text("đổi tên từ một ngày", "it has a new name from a day on"),
        "succession_entered": Text("ghi nhận kế thừa", "another one takes over from it"),
        "succession_changed": Text("sửa kế thừa", "a succession was corrected"),
    },
    "succession": {
        "recorded": Text("ghi nhận kế thừa", "from a day on others carry what one carried"),
        "corrected": Text("đính chính kế thừa", "it turned out wrong and is in force no more"),
    },
    "collective": {
        "created": Text("thêm nhóm cơ quan", "a collective was entered"),
        "changed": Text("sửa nhóm", "its name or wordings changed"),
        "member_added": Text("thêm thành viên", "an agency joins it"),
        "member_ended": Text("thành viên rời nhóm", "an agency leaves it"),
    },
    "calendar_day": {
        "seeded": Text("ngày lễ theo danh mục", "a public holiday was entered by the service"),
        "entered": Text("ghi một ngày nghỉ, làm bù", "an official entered what a day is"),
        "corrected": Text("đính chính một ngày", "an entered day was corrected"),
    },
    "plan": {
        "created": Text("tạo dự thảo", "a draft was made"),
        "imported": Text("nhập dự thảo từ tệp", "a draft was read from a file"),
        "changed": Text("sửa dự thảo", "a draft was corrected"),
        "regime_set": Text("đặt chế độ báo cáo", "how it is reported from a day on was set"),
        "issued": Text("ban hành", "it was issued: its words are assignments now"),
        "rolled_forward": Text(
            "giao nhiệm vụ của năm sau", "assignments of another year were made"
        ),
        "collective_substituted": Text(
            "quyết định thay thế một nhóm", "it was decided what stands for a collective"
        ),
        "reminder_rule_set": Text("đặt lịch đôn đốc", "when its agencies are reminded was set"),
        "amended": Text("sửa đổi, bổ sung có hiệu lực", "it reads otherwise from now on"),
        "related": Text("ghi quan hệ với kế hoạch khác", "its relations to other plans were set"),
        "registered": Text("ghi nhận kế hoạch hành động", "an issued action plan was registered"),
        "discarded": Text("hủy dự thảo", "a draft was given up by its owner"),
        "corrected": Text("đính chính", "its number, day, parties, bases or note were corrected"),
        "closed": Text("kết thúc theo dõi", "its follow-up ended"),
        "reopened": Text("mở lại", "it is followed up again"),
        "board_opened": Text("mở công khai bảng theo dõi", "its board was opened to the public"),
        "board_closed": Text("thôi công khai bảng theo dõi", "its board is public no more"),
        "submissions_shared": Text(
            "thành viên nhóm chủ trì được xem báo cáo của nhau",
            "members of a collective that leads read each other's submissions",
        ),
        "submissions_unshared": Text(
            "thành viên nhóm chủ trì thôi xem báo cáo của nhau", "they read them no more"
        ),
        "external_ref_set": Text("ghi mã ở hệ thống khác", "another system knows it by an id"),
        "external_ref_removed": Text("bỏ mã ở hệ thống khác", "that system's id was removed"),
        "coordinator_changed": Text("đổi cơ quan theo dõi", "another agency coordinates it"),
        "owner_changed": Text("đổi cơ quan quản lý kế hoạch", "another agency owns it"),
    },
    "amendment": {"issued": Text("ban hành sửa đổi, bổ sung", "an amendment of a plan was issued")},
    "operation": {
        "succeeded": Text("tác vụ dài hoàn thành", "long work that was asked for is done"),
        "failed": Text("tác vụ dài thất bại", "long work that was asked for could not be done"),
    },
    "task_group": {
        "added": Text("thêm nhóm nhiệm vụ", "a group was added to a draft"),
        "changed": Text("sửa nhóm nhiệm vụ", "a draft's group was corrected"),
    },
    "task": {
        "added": Text("thêm nhiệm vụ", "a task was added to a draft"),
        "changed": Text("sửa nhiệm vụ", "a draft's task was corrected"),
        "removed": Text("bỏ nhiệm vụ", "a task was taken out of a draft, with its assignees"),
        "amended": Text("sửa đổi, bổ sung nhiệm vụ", "an amendment added or changed it"),
        "dropped": Text("bãi bỏ nhiệm vụ", "an amendment took it out of the plan"),
        "external_ref_set": Text("ghi mã ở hệ thống khác", "another system knows it by an id"),
        "external_ref_removed": Text("bỏ mã ở hệ thống khác", "that system's id was removed"),
    },
    "assignee": {
        "added": Text("thêm cơ quan thực hiện", "an assignee was added to a draft's task"),
        "changed": Text("sửa cơ quan thực hiện", "whom the plan's words mean was corrected"),
        "removed": Text("bỏ cơ quan thực hiện", "an assignee was taken out of a draft"),
    },
    "assignment": {
        "created": Text("giao nhiệm vụ cho một cơ quan", "an agency owes a task from now on"),
        "in_progress": Text("đang thực hiện", "work has begun, or goes on after all"),
        "awaiting_confirmation": Text("chờ xác nhận", "its end was reported, to be confirmed"),
        "completed": Text("hoàn thành", "it is completed"),
        "not_applicable": Text("không áp dụng", "it was found not to apply"),
        "revoked": Text("thu hồi", "it was called off"),
        "amended": Text("đổi vai trò, thời hạn", "an amendment changed its role or deadline"),
        "documented": Text("có văn bản minh chứng", "a document came as evidence of it"),
        "external_ref_set": Text("ghi mã ở hệ thống khác", "another system knows it by an id"),
        "external_ref_removed": Text("bỏ mã ở hệ thống khác", "that system's id was removed"),
        "handed_over": Text("chuyển cho cơ quan tiếp nhận", "another agency answers for it"),
        "split": Text(
            "chia cho nhiều cơ quan tiếp nhận", "several took it over, each with its own part"
        ),
        "merged": Text(
            "nhập vào nhiệm vụ cơ quan tiếp nhận đã có", "the successor owed the same already"
        ),
        "taken_back": Text("hủy việc chuyển giao ghi sai", "a handover turned out wrong"),
        "deadline_moved": Text("điều chỉnh thời hạn", "it has another deadline"),
        "suspended": Text("tạm dừng", "work on it rests"),
        "resumed": Text("tiếp tục", "work on it goes on"),
        "refused": Text("cơ quan từ chối", "its agency refuses it before it began"),
        "refusal_accepted": Text("chấp nhận từ chối", "the refusal stands: it is called off"),
        "refusal_rejected": Text("không chấp nhận từ chối", "the refusal falls: it is owed"),
        "reopened": Text("mở lại", "it was closed by mistake, and is worked on again"),
        "ended_with_task": Text(
            "kết thúc cùng nhiệm vụ", "it coordinates, and every lead of its task is completed"
        ),
        "carried_over": Text(
            "chuyển sang kế hoạch tiếp theo", "its plan was closed, and the next one has it"
        ),
        "unfinished_at_close": Text(
            "không hoàn thành khi kế hoạch kết thúc", "its plan was closed before it was completed"
        ),
    },
    "extension": {
        "asked": Text("đề nghị gia hạn", "an agency asks for more time"),
        "approved": Text("chấp thuận gia hạn", "it was granted, or a part of it"),
        "refused": Text("không chấp thuận gia hạn", "it was refused"),
        "withdrawn": Text("rút đề nghị", "its agency took it back"),
    },
    "handover": {
        "opened": Text("chờ quyết định cơ quan tiếp nhận", "who takes over is to be decided"),
        "decided": Text("đã quyết định cơ quan tiếp nhận", "a person decided who takes over"),
        "superseded": Text("không còn hiệu lực", "it was overtaken by what happened since"),
    },
    "indicator": {
        "defined": Text("thêm chỉ tiêu", "by what a task is measured was defined"),
        "changed": Text("sửa chỉ tiêu, mục tiêu", "it or its targets were corrected"),
        "ended": Text("kết thúc chỉ tiêu", "it is measured no more"),
        "value_reported": Text(
            "báo kết quả đạt được", "the value reached in a period was reported"
        ),
    },
    "submission": {
        "expected": Text("phải báo cáo một kỳ", "a report is expected for a period"),
        "submitted": Text("nộp", "it was filed"),
        "withdrawn": Text("rút", "its agency took it back"),
        "returned": Text("trả lại", "it was sent back to be corrected"),
        "accepted": Text("chấp nhận", "it was accepted"),
        "waived": Text("miễn", "no report is asked for"),
        "rescheduled": Text("đổi ngày của kỳ, hạn gửi", "its window or its due day moved"),
        "acknowledged": Text("nơi nhận báo trạng thái", "its receiver reports how it is handled"),
        "external_ref_set": Text("ghi mã ở hệ thống khác", "another system knows it by an id"),
        "external_ref_removed": Text("bỏ mã ở hệ thống khác", "that system's id was removed"),
    },
    "agency_report": {
        "expected": Text("phải báo cáo chung", "a request asks an agency for one report"),
        "submitted": Text("nộp báo cáo của cơ quan", "an agency's report on a plan was filed"),
        "withdrawn": Text("rút", "its agency took it back, with its submissions"),
        "returned": Text("trả lại", "it was sent back as a whole to be corrected"),
        "accepted": Text("chấp nhận", "it was accepted as a whole"),
        "waived": Text("không yêu cầu nữa", "its request was withdrawn before it was filed"),
    },
    "report_request": {
        "asked": Text("yêu cầu báo cáo ngoài kỳ", "a document asks for a report of its own"),
        "withdrawn": Text("rút yêu cầu báo cáo", "what was not filed is asked for no more"),
    },
    "consolidated_report": {
        "frozen": Text("chốt báo cáo tổng hợp", "a consolidated report was frozen"),
        "signed": Text("ký báo cáo tổng hợp", "it was signed off; all who report may read it"),
    },
    "rating": {
        "given": Text("đánh giá một cơ quan", "an agency's year was rated"),
        "corrected": Text("đính chính đánh giá", "a rating was corrected; it has one version more"),
    },
    "remark": {
        "made": Text("nhận xét", "an overseer or supervisor of a plan remarked on it"),
        "answered": Text("trả lời nhận xét", "it was answered"),
        "withdrawn": Text("rút nhận xét", "its author took it back; it stays to be read"),
    },
    "document": {"received": Text("nhận văn bản", "another system sent a document")},
    "focal_point": {
        "named": Text("cử đầu mối", "an agency named whom to reach"),
        "ended": Text("thôi làm đầu mối", "that contact holds no more"),
    },
    "reminder": {
        "sent": Text("đôn đốc", "an agency was reminded: `data` has how much and which steps")
    },
    "webhook_endpoint": {
        "created": Text("thêm điểm nhận", "an endpoint was made"),
        "changed": Text("sửa điểm nhận", "its address or filters changed"),
        "secret_rotated": Text("đổi mã bí mật", "it has a new secret"),
        "disabled": Text("ngừng gửi", "nothing is sent to it; `reason` says why"),
        "enabled": Text("gửi trở lại", "it is sent to again"),
        "deleted": Text("xóa điểm nhận", "it was ended for good"),
    },
}


@cache
def event_type(noun: str, action: str) -> str:
    """The type of an event; raises `LookupError` for one that the contract does not list."""
    if action not in EVENT_TYPES.get(noun, ()):
        raise LookupError(f"{noun}.{action} is not in EVENT_TYPES")
    return f"{PREFIX}.{noun}.{action}"


def every_type() -> list[str]:
    """All types, in the order of the table."""
    return [event_type(noun, action) for noun, actions in EVENT_TYPES.items() for action in actions]


def types_under(pattern: str) -> list[str]:
    """The types that a pattern matches: one, all under `tiendo.submission.*`, or none."""
    prefix = pattern.removesuffix("*") if pattern.endswith(WILDCARD) else None
    return [
        name for name in every_type() if name == pattern or (prefix and name.startswith(prefix))
    ]


def matching(pattern: str, *, pointer: str = "?type") -> list[str]:
    """The types that a pattern matches.

    Raises `InvalidError` for one that matches none, so that nobody waits for it in vain.
    """
    found = types_under(pattern)
    if not found:
        text = Text(
            f"Không có loại sự kiện nào là {pattern}.", f"There is no type of event {pattern}."
        )
        raise invalid_at(pointer, "unknown_event_type", text)
    return found
