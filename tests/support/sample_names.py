"""The names of the sample registry and the task table of the sample plan."""

import csv
from collections.abc import Iterator
from pathlib import Path

from app.documents.agency_names import KnownName, NamedKind

SAMPLE = Path(__file__).parents[2] / "app/sample"
PLAN_DAY = "2024-04-01"


def rows(name: str) -> Iterator[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def known_names(*, day: str | None = PLAN_DAY) -> list[KnownName]:
    """The names of one day; with None those of every day."""
    names = []
    for row in rows("agencies.csv"):
        if day and not row["valid_from"] <= day < (row["valid_until"] or "9999"):
            continue
        spellings = [row["code"], row["name"], row["short_name"], *row["aliases"].split(";")]
        names += [
            KnownName(row["code"], NamedKind.AGENCY, spelling, row["kind"])
            for spelling in filter(None, spellings)
        ]
    for row in rows("collectives.csv"):
        names += [
            KnownName(row["code"], NamedKind.COLLECTIVE, spelling, None)
            for spelling in filter(None, [row["code"], row["name"], *row["aliases"].split(";")])
        ]
    return names


def tasks_of_the_plan() -> dict[str, list[str]]:
    """Each cell of the table begins with a tab, its other lines don't; five cells are a row."""
    text = (SAMPLE / "ke-hoach-thong-tin-doi-ngoai.txt").read_text(encoding="utf-8")
    cells = [cell.strip("\n") for cell in text[text.index("\tSTT\n") :].split("\t")[1:]]
    table = [cells[place : place + 5] for place in range(0, len(cells), 5)]
    return {row[0]: row for row in table if "." in row[0]}
