from datetime import date

import pytest

from app.domain.submissions.states import (
    ALLOWED,
    OTHER_CONTENT,
    WORDS,
    SubmissionStateError,
    change_status,
)
from app.models import Submission, SubmissionStatus
from app.models.base import new_id

S = SubmissionStatus
ROAD = {
    (S.EXPECTED, S.SUBMITTED),
    (S.EXPECTED, S.WAIVED),
    (S.SUBMITTED, S.RETURNED),
    (S.SUBMITTED, S.ACCEPTED),
    # Withdrawn by its own agency.
    (S.SUBMITTED, S.EXPECTED),
    # Filed again after it was returned.
    (S.RETURNED, S.SUBMITTED),
    (S.RETURNED, S.WAIVED),
    # An update or a correction.
    (S.ACCEPTED, S.SUBMITTED),
}
STORED = [one for one in S if one != S.DRAFT]
PAIRS = [(current, wanted) for current in STORED for wanted in STORED]


def submission(status: SubmissionStatus) -> Submission:
    day = date(2024, 12, 14)
    return Submission(
        assignment_id=new_id(),
        period="2024",
        data_from=date(2023, 12, 15),
        data_to=day,
        due_on=day,
        status=status,
    )


@pytest.mark.parametrize(("current", "wanted"), PAIRS)
def test_a_report_moves_only_along_its_road(
    current: SubmissionStatus, wanted: SubmissionStatus
) -> None:
    report = submission(current)

    if (current, wanted) in ROAD:
        change_status(report, wanted)
        assert report.status == wanted
    else:
        with pytest.raises(SubmissionStateError) as refused:
            change_status(report, wanted)
        assert report.status == current
        if current == wanted == S.SUBMITTED:
            assert refused.value.detail == OTHER_CONTENT
            return
        assert f"{current} cannot become {wanted}" in refused.value.detail.en
        assert WORDS[current] in refused.value.detail.vi


def test_the_table_knows_every_state() -> None:
    assert set(ALLOWED) == set(STORED)
    assert set(WORDS) == set(S)


def test_nothing_follows_a_waiver() -> None:
    assert ALLOWED[S.WAIVED] == frozenset()
