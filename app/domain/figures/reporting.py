"""The tree of submissions as of a day: each submission is counted once, and all counts add up."""

from collections.abc import Sequence
from typing import Any

from app.domain.figures.rates import rate
from app.queries.figures.reporting import SubmissionCounts

OVERDUE = ("overdue_up_to_7", "overdue_up_to_30", "overdue_up_to_365", "overdue_longer")


def reporting_figures(
    total: SubmissionCounts, groups: Sequence[SubmissionCounts]
) -> dict[str, Any]:
    """The trees of the total and of the groups, as the API answers them."""
    return {
        "total": tree(total),
        "groups": [
            {"key": group.key, "code": group.code, "label": group.label, "reporting": tree(group)}
            for group in groups
        ],
    }


def tree(counts: SubmissionCounts) -> dict[str, Any]:
    """The counts of one group with their sums and rates.

    Completeness is measured against the submissions that were due by the day, timeliness against
    those of them that are filed and neither returned nor withdrawn.
    """
    n = counts.numbers
    overdue = sum(n[kind] for kind in OVERDUE)
    filed, not_filed = n["on_time"] + n["late"], n["due_today"] + overdue
    not_due = n["not_due"] + n["filed_early"]
    return {
        "total": filed + not_filed + not_due + n["waived"] + n["set_aside"],
        "expected": {
            "total": filed + not_filed,
            "filed": {"total": filed, "on_time": n["on_time"], "late": n["late"]},
            "not_filed": {
                "total": not_filed,
                "due_today": n["due_today"],
                "overdue": {
                    "total": overdue,
                    "up_to_7_days": n["overdue_up_to_7"],
                    "from_8_to_30_days": n["overdue_up_to_30"],
                    "from_31_to_365_days": n["overdue_up_to_365"],
                    "more_than_365_days": n["overdue_longer"],
                },
            },
        },
        "not_due": {"total": not_due, "filed": n["filed_early"]},
        "waived": n["waived"],
        "set_aside": n["set_aside"],
        "review": {
            "waiting": n["waiting"],
            "waiting_since": counts.waiting_since,
            "accepted": n["accepted"],
            "returned": n["returned"],
            "returned_since": counts.returned_since,
        },
        "rates": {
            "filed_of_expected": rate(filed, filed + not_filed),
            "on_time_of_filed": rate(n["on_time"], filed),
        },
    }
