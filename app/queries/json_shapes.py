"""SQL with which PostgreSQL writes JSON, and the labels by which JSON names rows."""

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


def external_refs(noun: str, row: str) -> str:
    """SQL that makes the JSON list of the ids by which other systems know the row of a *noun*."""
    return EXTERNAL_REFS.format(noun=noun, row=row)


EXTERNAL_REFS = """(
  select coalesce(json_agg(json_build_object('system', e.system, 'id', e.external_id)
                           order by e.system), '[]')::text
  from external_ref e where e.{noun}_id = {row}.id)"""
AGENCY_NAME = """(
  select n.name from agency_name n where n.agency_id = agency.id
  order by daterange(n.valid_from, n.valid_until) @> cast(:today as date) desc,
           n.valid_from desc nulls last
  limit 1)"""
"""SQL of the name that a row of `agency` bears on `:today`, or else of its last name."""
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
        "name": f"to_json(coalesce({AGENCY_NAME}, agency.code))",
    }
)
