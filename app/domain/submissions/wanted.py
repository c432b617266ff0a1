"""The parts that a regime requires of a submission before it is filed (NĐ 09/2019/NĐ-CP, Điều 7
b)."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from app.errors import Fault, InvalidError, Text
from app.models import Outcome, Wanted
from app.models.base import says_something
from app.queries.submissions.case_rows import HeldCase

LACKING: Mapping[Wanted, tuple[str, Text]] = {
    Wanted.TEXT: (
        "#/results",
        Text("Phải nêu kết quả thực hiện.", "The results must be written."),
    ),
    Wanted.EVIDENCE: (
        "#/evidence",
        Text(
            "Phải nêu ít nhất một văn bản chứng minh.",
            "At least one document must show the result.",
        ),
    ),
    Wanted.COMPLETION_TEXT: (
        "#/results",
        Text(
            "Báo cáo hoàn thành phải nêu kết quả thực hiện.",
            "A report of completion must say what was reached.",
        ),
    ),
    Wanted.COMPLETION_DOCUMENT: (
        "#/evidence",
        Text(
            "Báo cáo hoàn thành phải nêu văn bản chứng minh kết quả hoặc văn bản báo cáo.",
            "A report of completion names a document that shows the result, or its own document.",
        ),
    ),
    Wanted.LATE_REASON: (
        "#/late_reason",
        Text(
            "Báo cáo gửi sau hạn phải nêu lý do chậm.",
            "A report after it was due must say why it is late.",
        ),
    ),
}
OF_COMPLETION = (Wanted.COMPLETION_TEXT, Wanted.COMPLETION_DOCUMENT)
"""The parts that are required of a report of completion alone."""
NOT_LATE = Text(
    "Báo cáo gửi trong hạn nên không có lý do chậm.",
    "A report in time has no reason for lateness.",
)


def require_wanted(case: HeldCase, content: Mapping[str, Any], received_on: date) -> None:
    """Raise `InvalidError` with all that the regime wants and the content lacks."""
    faults = list(_faults(case, content, received_on))
    if faults:
        raise InvalidError(faults=faults)


def _faults(case: HeldCase, content: Mapping[str, Any], received_on: date) -> Iterator[Fault]:
    # An update of an accepted report is never late: the first one was judged by its own day.
    is_late = received_on > case.submission.due_on and case.submission.accepted_attempt is None
    for wanted in _in_order(tuple(case.wants)):
        if not _has(wanted, content, is_late=is_late):
            pointer, text = LACKING[wanted]
            yield Fault(pointer, "required", text)
    if "late_reason" in content and not is_late:
        yield Fault("#/late_reason", "not_late", NOT_LATE)


@lru_cache(maxsize=64)
def _in_order(wants: tuple[str, ...]) -> tuple[Wanted, ...]:
    """The parts that a regime *wants* of one submission, in the order in which a refusal names
    them."""
    return tuple(wanted for wanted in LACKING if wanted in wants)


def _has(wanted: Wanted, content: Mapping[str, Any], *, is_late: bool) -> bool:
    """True if the content has the wanted part, or need not have it."""
    if wanted is Wanted.LATE_REASON:
        return not is_late or "late_reason" in content
    if wanted in OF_COMPLETION and content["outcome"] != Outcome.COMPLETED:
        return True
    if wanted in (Wanted.TEXT, Wanted.COMPLETION_TEXT):
        return says_something(content["results"])
    document = content.get("document") if wanted is Wanted.COMPLETION_DOCUMENT else None
    return bool(content["evidence"] or document)
