"""Shared reports (lồng ghép): one text for several assignments, kept with each of them."""

from collections.abc import Sequence
from typing import Any

from app.domain.acts import PersonalAct
from app.domain.submissions.push import PushVerdict, SubmissionPush, push_submissions
from app.errors import Fault, InvalidError, Text, TrackerError

OF_THE_ASSIGNMENT = "#/task_ordinal"
"""Pointers of faults that concern the assignment itself; all others concern its content."""


async def share(act: PersonalAct, pushes: Sequence[SubmissionPush]) -> list[dict[str, Any]]:
    """Push one text to each of these assignments by the rules of a single push.

    All or nothing: raises `InvalidError` with the faults of each of them.
    """
    verdicts, _ = await push_submissions(
        act,
        pushes,
        atomic=True,
        dry_run=False,
        is_shared=True,
    )
    faults = _repeated(verdicts)
    for number, verdict in enumerate(verdicts):
        if isinstance(verdict.error, TrackerError):
            faults += _faults(number, verdict.error)
        elif verdict.error is not None:
            raise verdict.error
    if faults:
        raise InvalidError(faults=faults)
    return [verdict.result for verdict in verdicts if verdict.result is not None]


def _faults(number: int, error: TrackerError) -> list[Fault]:
    """The faults of one of the assignments, with pointers to where it is named."""
    place = f"#/for/{number}"
    if not error.faults:
        return [Fault(place, error.code, error.detail)]
    return [
        Fault(
            place + fault.pointer.removeprefix("#")
            if fault.pointer == OF_THE_ASSIGNMENT
            else place,
            fault.code,
            fault.detail,
        )
        for fault in error.faults
    ]


def _repeated(verdicts: Sequence[PushVerdict]) -> list[Fault]:
    """A fault for each assignment that is named twice."""
    text = Text("Báo cáo này đã được nêu ở trên.", "This report is named above already.")
    seen, faults = set(), []
    for number, verdict in enumerate(verdicts):
        if verdict.result is None:
            continue
        if verdict.result["id"] in seen:
            faults.append(Fault(f"#/for/{number}", "repeated", text))
        seen.add(verdict.result["id"])
    return faults
