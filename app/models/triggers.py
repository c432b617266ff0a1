"""The functions and triggers that belong to the tables, in the versions that are in force.

Their texts are read only where the tables are made from the models, as a test does to compare.
"""

from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.models.sql_files import function_file, run_file

TABLE_FUNCTIONS = {"workload_rank": "0025", "event_position": "0067"}
"""Functions that indexes and defaults are made of, by name; the value is the version in force."""
TRIGGER_FUNCTIONS = {
    "begin_assignment_state": "0044",
    "keep_assignment_state": "0038",
    "keep_plan_coordinator": "0025",
    "supersede_extensions": "0038",
    "log_figure_change": "0038",
    "log_reporting_change": "0045",
    "refuse_change": "0042",
    "keep_consolidated_report": "0042",
    "keep_amendment": "0025",
    "keep_amendment_item": "0025",
    "drafts_of": "0066",
    "follow_submission": "0066",
    "follow_agency_report": "0066",
    "sees_contact": "0083",
}
"""Functions that triggers and statements call, by name; the value is the version in force."""


def _create(functions: dict[str, str], _: object, connection: sa.Connection, **__: Any) -> None:
    for name, version in functions.items():
        run_file(connection, function_file(name, version))


def _create_extension(_: object, connection: sa.Connection, **__: Any) -> None:
    connection.exec_driver_sql("create extension if not exists btree_gist")


for moment, work in (
    ("before_create", _create_extension),
    ("before_create", partial(_create, TABLE_FUNCTIONS)),
    ("after_create", partial(_create, TRIGGER_FUNCTIONS)),
):
    sa.event.listen(SQLModel.metadata, moment, work)
