"""A report over several plans: the contents of each, added up and set one after another.

Figures are sums; results, texts and requests stand together, each with its plan.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from app.domain.consolidated_reports.content import (
    AcceptedText,
    AgencyGap,
    AgencyReporting,
    Attention,
    FigureGroup,
    GroupResults,
    NamedAgency,
    Proposal,
    ProposalGroup,
    ReportContent,
    ReportGaps,
    RoleFigures,
)
from app.domain.consolidated_reports.sums import added, deadlines

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
COUNTS = (
    "expected",
    "filed",
    "on_time",
    "not_filed",
    "waiting",
    "returned",
    "reminded",
    "extended",
)


def joint(contents: Sequence[ReportContent]) -> ReportContent:
    """The content over all plans, of which the first one's report it is."""
    first = contents[0]
    texts = _Texts()
    named = [_Named(content) for content in contents]
    return first.model_copy(
        update={
            "with_plans": [content.plan for content in contents[1:]],
            "lead": _role([one.figures("lead") for one in named]),
            "coordinating": _role([one.figures("coordinating") for one in named]),
            "results": [group for one in named for group in one.results(texts)],
            "texts": texts.texts,
            "indicators": [row for one in named for row in one.tasks_of("indicators")],
            "reporting": _reporting(row for content in contents for row in content.reporting),
            "assessments": [row for content in contents for row in content.assessments],
            "attention": _attention(named),
            "proposals": _proposals(named),
            "next_year": [row for one in named for row in one.tasks_of("next_year", "ordinal")],
            "evidence": [row for one in named for row in one.tasks_of("evidence")],
            "gaps": _gaps(named),
        }
    )


def _together(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The rows by a key, in the order in which each key came first."""
    found: dict[K, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _role(figures: Sequence[RoleFigures]) -> RoleFigures:
    agencies = _together((group for one in figures for group in one.by_agency), _key)
    years = _together((group for one in figures for group in one.by_occurrence), _key)
    return RoleFigures(
        statistics=added([one.statistics for one in figures]),
        deadlines=deadlines([one.deadlines for one in figures]),
        flows=added([one.flows for one in figures]),
        by_group=[group for one in figures for group in one.by_group],
        by_agency=sorted(map(_group, agencies.values()), key=lambda one: _last(one.code)),
        by_occurrence=sorted(map(_group, years.values()), key=lambda one: _last(one.key)),
    )


def _key(group: FigureGroup) -> str | None:
    return group.key


def _last(text: str | None) -> tuple[bool, str]:
    """The sort key that puts items without a name behind items with one."""
    return text is None, text or ""


def _group(same: Sequence[FigureGroup]) -> FigureGroup:
    flows = [one.flows for one in same if one.flows is not None]
    return same[0].model_copy(
        update={
            "statistics": added([one.statistics for one in same]),
            "deadlines": deadlines([one.deadlines for one in same]),
            "flows": added(flows) if flows else None,
        }
    )


class _Texts:
    """The accepted texts of all plans; a text written once for assignments of several plans stands
    once."""

    def __init__(self) -> None:
        self.texts: list[AcceptedText] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number_of(self, text: AcceptedText) -> int:
        """The number of a text in the joint report."""
        words = text.model_dump(exclude={"number", "is_shared"})
        key = tuple(words.values())
        if key in self._numbers:
            number = self._numbers[key]
            self.texts[number - 1] = self.texts[number - 1].model_copy(update={"is_shared": True})
            return number
        number = len(self.texts) + 1
        self._numbers[key] = number
        self.texts.append(text.model_copy(update={"number": number}))
        return number


class _Named:
    """The content of one plan, whose ordinals are prefixed to differ from those of the others."""

    def __init__(self, content: ReportContent) -> None:
        self.content = content
        self.plan = content.plan.number or content.plan.title

    def ordinal(self, ordinal: str) -> str:
        """A task's ordinal with its plan."""
        return f"{ordinal} ({self.plan})"

    def figures(self, role: str) -> RoleFigures:
        """The figures of a role, its task groups under the plan's number."""
        found: RoleFigures = getattr(self.content, role)
        groups = [
            group.model_copy(update={"label": f"{self.plan}: {group.label or '…'}"})
            for group in found.by_group
        ]
        return found.model_copy(update={"by_group": groups})

    def results(self, texts: _Texts) -> Iterable[GroupResults]:
        """The results with the numbers that texts have in the joint report."""
        numbers = {text.number: texts.number_of(text) for text in self.content.texts}
        for group in self.content.results:
            tasks = [
                task.model_copy(
                    update={
                        "assignments": [
                            one.model_copy(update={"text": one.text and numbers[one.text]})
                            for one in task.assignments
                        ]
                    }
                )
                for task in group.tasks
            ]
            yield group.model_copy(update={"plan": self.plan, "tasks": tasks})

    def tasks_of(self, member: str, name: str = "task_ordinal") -> Iterable[Any]:
        """The rows of a list with the ordinals of their tasks."""
        return self.named(getattr(self.content, member), name)

    def named(self, rows: Iterable[Any], name: str = "task_ordinal") -> list[Any]:
        """Rows whose member *name* is a task's ordinal, if they are about one."""
        return [
            row.model_copy(update={name: self.ordinal(found)})
            if (found := getattr(row, name)) is not None
            else row
            for row in rows
        ]


def _reporting(rows: Iterable[AgencyReporting]) -> list[AgencyReporting]:
    """Each agency once; it has a grade where those of all plans are the same."""
    found = _together(rows, lambda row: row.agency.id).values()
    return [
        same[0].model_copy(
            update={name: sum(getattr(one, name) for one in same) for name in COUNTS}
            | {"grade": same[0].grade if len({one.grade for one in same}) == 1 else None}
        )
        for same in sorted(found, key=lambda same: same[0].agency.code)
    ]


def _attention(named: Sequence[_Named]) -> Attention:
    def every(member: str, name: str = "task_ordinal") -> list[Any]:
        rows = (one.named(getattr(one.content.attention, member), name) for one in named)
        return [row for some in rows for row in some]

    silent: dict[Any, NamedAgency] = {}
    for one in named:
        for agency in one.content.attention.without_action_plan:
            silent.setdefault(agency.id, agency)
    return Attention(
        overdue=every("overdue"),
        extended=every("extended"),
        suspended=every("suspended"),
        awaiting_handover=every("awaiting_handover"),
        nobody_owes=every("nobody_owes", "ordinal"),
        without_action_plan=list(silent.values()),
        unanswered=[row for one in named for row in one.content.attention.unanswered],
        remarks=[
            row.model_copy(update={"about": f"{row.about} ({one.plan})"})
            for one in named
            for row in one.content.attention.remarks
        ],
    )


def _proposals(named: Sequence[_Named]) -> list[ProposalGroup]:
    by_body: dict[str | None, list[Proposal]] = defaultdict(list)
    for one in named:
        for group in one.content.proposals:
            by_body[group.decides] += one.named(group.proposals)
    return [
        ProposalGroup(decides=body, proposals=by_body[body]) for body in sorted(by_body, key=_last)
    ]


def _gaps(named: Sequence[_Named]) -> ReportGaps:
    def every(member: str) -> list[AgencyGap]:
        rows = (row for one in named for row in getattr(one.content.gaps, member))
        found = _together(rows, lambda row: row.agency and row.agency.id).values()
        return [
            AgencyGap(
                agency=same[0].agency,
                count=sum(one.count for one in same),
                since=min((one.since for one in same if one.since), default=None),
            )
            for same in found
        ]

    empty = [set(one.content.gaps.empty_headings) for one in named]
    return ReportGaps(
        not_filed=every("not_filed"),
        waiting_for_review=every("waiting_for_review"),
        pending_handovers=every("pending_handovers"),
        without_lead=[
            row for one in named for row in one.named(one.content.gaps.without_lead, "ordinal")
        ],
        empty_headings=[
            one for one in named[0].content.gaps.empty_headings if all(one in of for of in empty)
        ],
    )
