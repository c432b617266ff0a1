"""The words in which a report's files state the standing of an assignment."""

from collections.abc import Iterable

from app.domain.consolidated_reports.content import (
    AcceptedText,
    AgencyResult,
    FigureGroup,
    ReportContent,
    ReportedPlan,
)
from app.kinds import Grade
from app.official_words import STATUS_WORDS, day_words, plan_words

STANDINGS = {status.value: words for status, words in STATUS_WORDS.items()} | {
    "awaiting_handover": "chờ bàn giao"
}
TIMELINESS = {
    "on_time": "đúng hạn",
    "late": "quá hạn",
    "reported_on_time": "báo cáo đúng hạn",
    "reported_late": "báo cáo quá hạn",
    "overdue": "quá hạn",
    "due_soon": "sắp đến hạn",
    "in_time": "trong hạn",
    "no_deadline": "không có thời hạn",
}
GRADES = {
    Grade.EXCELLENT: "Hoàn thành xuất sắc",
    Grade.GOOD: "Hoàn thành tốt",
    Grade.COMPLETED: "Hoàn thành",
    Grade.NOT_COMPLETED: "Không hoàn thành",
}
NO_REPORT = "Chưa có báo cáo"
SHARED = "Báo cáo chung: "


def standing(groups: Iterable[FigureGroup]) -> list[FigureGroup]:
    """The groups with an assignment that has begun; groups whose assignments all begin later are
    left out."""
    return [one for one in groups if one.statistics["by_current_deadline"]["total"]]


def group_words(group: FigureGroup) -> str:
    """The name of a group; assignments that await a handover have none by agency, and tasks under
    no heading have none."""
    now = group.statistics["by_current_deadline"]
    nameless = "Chờ bàn giao" if now["awaiting_handover"] == now["total"] else "Không thuộc nhóm"
    return group.label or nameless


def standing_words(one: AgencyResult) -> str:
    """An assignment's standing in words: Đã hoàn thành, đúng hạn."""
    words = STANDINGS[one.standing]
    judged = TIMELINESS.get(one.timeliness or "")
    first = f"{words[0].upper()}{words[1:]}"
    return f"{first}, {judged}" if judged else first


def text_words(text: AcceptedText | None) -> str:
    """An agency's text with the difficulties below it; the words for a missing report where there
    is no text."""
    if text is None:
        return NO_REPORT
    words = [f"{SHARED if text.is_shared else ''}{text.results}".strip()]
    if text.difficulties.strip():
        words.append(f"Khó khăn, vướng mắc: {text.difficulties}")
    if text.late_reason:
        words.append(f"Lý do báo cáo chậm: {text.late_reason}")
    return "\n".join(words)


def occurrence_words(occurrence: str | None) -> str:
    """The year of a yearly task; nothing of one that is done once."""
    return "" if occurrence in (None, "once") else f"năm {occurrence}"


def cited_plans(content: ReportContent) -> str:
    """The plans as the report cites them, each with its issuer."""
    return "; ".join(map(_cited, (content.plan, *content.with_plans)))


def _cited(plan: ReportedPlan) -> str:
    words = plan_words(plan.number, plan.issued_on, plan.title)
    return f"{words} của {plan.issuer.name}" if plan.issuer else words


def data_days(content: ReportContent) -> str:
    """The window of the data, and the day as of which they stand, in words."""
    return (
        f"kỳ số liệu từ ngày {day_words(content.data_from)} đến ngày"
        f" {day_words(content.data_to)}; số liệu tính đến hết ngày {day_words(content.as_of)}"
    )
