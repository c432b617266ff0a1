"""The names that tests give to the sample's agencies and tasks are true."""

from tests.support import sample_facts as facts
from tests.support.sample_names import rows, tasks_of_the_plan


def test_every_named_code_is_one_of_the_registry() -> None:
    known = {row["code"] for name in ("agencies", "collectives") for row in rows(f"{name}.csv")}
    named = {
        value
        for name, value in vars(facts).items()
        if name.isupper() and isinstance(value, str) and value != facts.LED_BY_ALL
    }

    codes = named - facts.TASKS.keys()

    assert len(codes) > 20
    assert codes - known == set()


def test_every_named_task_has_the_lead_and_the_time_frame_of_the_plan() -> None:
    names = {row["code"]: row["name"] for row in rows("agencies.csv")}
    plan = tasks_of_the_plan()

    written = {
        # Lines are broken as the cell is wide.
        ordinal: facts.Task(*(" ".join(plan[ordinal][column].split()) for column in (2, 4)))
        for ordinal in facts.TASKS
    }

    assert {
        ordinal: task._replace(lead=names.get(task.lead, task.lead))
        for ordinal, task in facts.TASKS.items()
    } == written
