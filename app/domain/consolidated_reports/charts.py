"""The pictures of a consolidated report: the states of agencies' lead assignments, by group and by
year."""

from collections.abc import Iterator, Sequence

from app.documents.svg.charts import Bar, bar_chart
from app.documents.word.letter import Picture
from app.domain.consolidated_reports.content import FigureGroup, ReportContent
from app.domain.consolidated_reports.words import group_words, standing
from app.domain.figures.boards import counts_of
from app.official_words import day_words

MOST_BARS = 11
"""So many bars have room on a page; more go on in the next picture."""


def by_group(content: ReportContent) -> Iterator[Picture]:
    """The pictures of the assignments' states by task group."""
    return _pictures("Tình trạng theo nhóm nhiệm vụ", content.lead.by_group, content)


def by_year(content: ReportContent) -> Iterator[Picture]:
    """The pictures of the assignments' states by year of occurrence; none where all are of one
    year."""
    years = content.lead.by_occurrence
    if len(years) > 1:
        yield from _pictures("Tình trạng theo năm", years, content)


def _pictures(
    title: str, groups: Sequence[FigureGroup], content: ReportContent
) -> Iterator[Picture]:
    rows = [Bar(group_words(group), counts_of(group.statistics)) for group in standing(groups)]
    words = f"{title}, đến hết ngày {day_words(content.as_of)}"
    for first in range(0, len(rows), MOST_BARS):
        shown = rows[first : first + MOST_BARS]
        yield Picture(bar_chart(shown, title=words, language="vi"), words)
