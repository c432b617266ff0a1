import enum
import uuid

from app.documents.svg.charts import Bar, bar_chart
from app.domain.figures.boards import counts_of
from app.errors import Text
from app.official_words import day_words
from app.queries.figures.groupings import Division
from app.queries.figures.plan import AsOf, plan_statistics_json
from app.reading import Sql
from app.schemas.statistics import PlanStatisticsOut


class ChartName(enum.StrEnum):
    """The charts of a plan: how its assignments stand by task group, agency or year."""

    GROUPS = "groups"
    AGENCIES = "agencies"
    YEARS = "years"


DIVISIONS: dict[ChartName, Division] = {
    ChartName.GROUPS: "group",
    ChartName.AGENCIES: "agency",
    ChartName.YEARS: "period",
}
TITLES = {
    ChartName.GROUPS: Text("Tình trạng theo nhóm nhiệm vụ", "By task group"),
    ChartName.AGENCIES: Text("Tình trạng theo cơ quan", "By agency"),
    ChartName.YEARS: Text("Tình trạng theo năm", "By year"),
}


async def plan_chart(
    sql: Sql, as_of: AsOf, name: ChartName, *, plan_id: uuid.UUID, mine: uuid.UUID, language: str
) -> str:
    """A chart of a plan's figures as SVG; a draft exists for *mine*, its own agency, alone.

    Raises `NotFoundError`.
    """
    text = await plan_statistics_json(sql, as_of, plan_id=plan_id, by=DIVISIONS[name], mine=mine)
    found = PlanStatisticsOut.model_validate_json(text)
    day = Text(f"đến hết ngày {day_words(as_of.day)}", f"as of {as_of.day}")
    rows = [
        Bar(group.label or group.code or "…", counts_of(group.statistics)) for group in found.groups
    ]
    title = f"{getattr(TITLES[name], language)}, {getattr(day, language)}"
    return bar_chart(rows, title=title, language=language)
