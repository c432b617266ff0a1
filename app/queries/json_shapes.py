"""SQL with which PostgreSQL writes JSON, and the labels by which JSON names rows."""

from collections.abc import Mapping
from typing import Any


def json_text(shape: Any) -> str:
    """SQL that makes the JSON text of nested objects; each leaf of *shape* is SQL that makes JSON.

    `format` needs half the time of `json_build_object`, which was most of what a query took.
    """
    leaves: list[str] = []

    def template(node: Any) -> str:
        if isinstance(node, str):
            leaves.append(node)
            return "%s"
        return "{" + ",".join(f'"{name}":{template(child)}' for name, child in node.items()) + "}"

    text = template(shape)
    return f"format('{text}',\n  " + ",\n  ".join(leaves) + ")"


def as_json(expression: str) -> str:
    """SQL that makes the JSON of a value, null included."""
    return f"coalesce(to_json({expression})::text, 'null')"


def moment(expression: str) -> str:
    """SQL that makes the JSON of a moment in UTC, to the byte as Pydantic writes it."""
    form = r'\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"'
    return f"replace(to_char({expression} at time zone 'UTC', '{form}'), '.000000', '')"


def list_of(member: str, rows: str, *, order_by: str) -> str:
    """SQL that makes the JSON list of a *member* for each of the *rows*, of none `[]`.

    *member* is SQL that makes JSON, *rows* that of what follows `from`.
    """
    return f"(select concat('[', string_agg({member}, ',' order by {order_by}), ']') from {rows})"


def names_where(conditions: Mapping[str, str]) -> str:
    """SQL that makes the JSON list of the names whose condition, which is SQL, is true."""
    names = ", ".join(
        f"""case when {given} then '"{name}"' end""" for name, given in conditions.items()
    )
    return f"concat('[', concat_ws(',', {names}), ']')"


def external_refs(noun: str, row: str) -> str:
    """SQL that makes the JSON list of the ids by which other systems know the row of a *noun*."""
    return list_of(
        EXTERNAL_REF, f"external_ref e where e.{noun}_id = {row}.id", order_by="e.system"
    )


EXTERNAL_REF = json_text({"system": "to_json(e.system)", "id": "to_json(e.external_id)"})
# An agency bears one name at most on any day. Of a page of agencies PostgreSQL reads the names at
# once; a subquery looked them up for each row, which was a seventh of what a page takes.
NAME_OF_DAY = """
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date))"""
"""SQL that joins the name that a row of `agency` bears on `:today`, where it bears one."""
AGENCY_NAME = """coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code)"""
"""SQL of the name that an agency with its `NAME_OF_DAY` bears, or else of its last name."""
PLAN_LABEL = json_text(
    {"id": "to_json(plan.id)", "number": as_json("plan.number"), "title": "to_json(plan.title)"}
)
TASK_LABEL = json_text(
    {"id": "to_json(task.id)", "ordinal": "to_json(task.ordinal)", "title": "to_json(task.title)"}
)
AGENCY_LABEL = json_text(
    {
        "id": "to_json(agency.id)",
        "code": "to_json(agency.code)",
        "name": f"to_json({AGENCY_NAME})",
    }
)
