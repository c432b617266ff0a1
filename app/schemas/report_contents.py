"""The frozen content of a report as it is answered, with its trees of figures."""

from app.domain.consolidated_reports.content import FigureGroup, ReportContent, RoleFigures
from app.schemas.common import Out
from app.schemas.flows import FlowsOut
from app.schemas.statistics import DeadlinesOut, StatisticsOut


class FigureGroupOut(FigureGroup, Out):
    """The figures of one agency, task group or occurrence; what went on is null of occurrences."""

    statistics: StatisticsOut  # type: ignore[assignment] # the tree that the dict holds
    deadlines: DeadlinesOut  # type: ignore[assignment] # the days that the dict holds
    flows: FlowsOut | None  # type: ignore[assignment] # the tree that the dict holds


class RoleFiguresOut(RoleFigures, Out):
    """The standing of assignments of one role on the day, and their flow since the first day."""

    statistics: StatisticsOut  # type: ignore[assignment] # the tree that the dict holds
    deadlines: DeadlinesOut  # type: ignore[assignment] # the days that the dict holds
    flows: FlowsOut  # type: ignore[assignment] # the tree that the dict holds
    by_group: list[FigureGroupOut]  # type: ignore[assignment] # the same with its trees
    by_agency: list[FigureGroupOut]  # type: ignore[assignment] # the same with its trees
    by_occurrence: list[FigureGroupOut]  # type: ignore[assignment] # the same with its trees


class ReportContentOut(ReportContent, Out):
    """The content of a consolidated report, in its order: one document, frozen and hashed."""

    lead: RoleFiguresOut
    coordinating: RoleFiguresOut
