"""Reading what belongs to plans and stands in tables of its own, of many plans by one statement."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.models import PlanPartyRole, RelationKind
from app.queries.json_shapes import external_refs
from app.reading import Sql, fetch, read_json

FACTS = sa.text(f"""
select asked.id,
  (select json_agg(json_build_array(c.agency_id, c.valid_from, c.valid_until)
      order by c.valid_from nulls first)
    from plan_coordinator c where c.plan_id = asked.id) as coordinators,
  (select json_agg(json_build_array(r.relation, r.other_plan_id, other.number, r.reference)
      order by r.id)
    from plan_relation r left join plan other on other.id = r.other_plan_id
    where r.plan_id = asked.id) as relations,
  {external_refs("plan", "asked")} as external_refs
from unnest(:ids) as asked (id)
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
# A successor stands where its predecessor stood; the codes on the way to several order them.
PARTIES = sa.text("""
with recursive party as (
  select plan_id, role, agency_id, row_number() over (order by created_at, id) as place
    from plan_party where plan_id = any(:ids)
), led (place, agency_id, way, before) as (
  select place, agency_id, cast(array[] as text[]) collate "C", cast(null as text[]) collate "C"
    from party
  union all
  select led.place, s.successor_id, led.way || (successor.code collate "C"), led.way
    from led
    join agency ended on ended.id = led.agency_id
    join succession s on s.predecessor_id = ended.id and s.corrected_at is null
     and s.effective_on = ended.valid_until and s.effective_on <= :day
    join agency successor on successor.id = s.successor_id
     and (successor.valid_from is null or successor.valid_from <= s.effective_on)
     and (successor.valid_until is null or successor.valid_until > s.effective_on)
)
select party.plan_id, party.role, led.agency_id
  from led join party on party.place = led.place
 where not exists (select from led later where later.place = led.place and later.before = led.way)
 order by led.place, led.way
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))


@dataclass(frozen=True, slots=True)
class CoordinatorTerm:
    """A coordinator of a plan from a day (inclusive) to a day (exclusive); None is open."""

    agency_id: uuid.UUID
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class PlanRelationView:
    """A relation to another plan: one in the system with its number, or one by its reference."""

    relation: RelationKind
    plan_id: uuid.UUID | None
    number: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The coordinators of a plan, the earliest first; its relations to others, in the order in
    which they were made; and its ids in other systems, by system."""

    coordinators: list[CoordinatorTerm]
    relations: list[PlanRelationView]
    external_refs: list[dict[str, str]]


async def facts_of(sql: Sql, plan_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PlanFacts]:
    """The facts of each of these plans."""
    rows = await fetch(sql, FACTS, {"ids": list(plan_ids)}) if plan_ids else ()
    return {
        row.id: PlanFacts(
            [_term(*each) for each in read_json(row.coordinators) or ()],
            [_relation(*each) for each in read_json(row.relations) or ()],
            read_json(row.external_refs),
        )
        for row in rows
    }


Parties = dict[PlanPartyRole, list[uuid.UUID]]
"""The agencies in each role of one plan, in the order they were named."""


async def parties_of(
    sql: Sql, plan_ids: Collection[uuid.UUID], *, day: date
) -> dict[uuid.UUID, Parties]:
    """The overseers and recipients of each plan on a day: of ended ones, all at the ends of their
    successions. One that ended without a successor stays."""
    found = {plan_id: {role: list[uuid.UUID]() for role in PlanPartyRole} for plan_id in plan_ids}
    for row in await fetch(sql, PARTIES, {"ids": list(plan_ids), "day": day}) if found else ():
        named = found[row.plan_id][PlanPartyRole(row.role)]
        if row.agency_id not in named:
            named.append(row.agency_id)
    return found


def _term(agency_id: str, valid_from: str | None, valid_until: str | None) -> CoordinatorTerm:
    return CoordinatorTerm(uuid.UUID(agency_id), _day(valid_from), _day(valid_until))


def _relation(relation: str, plan_id: str | None, *named: Any) -> PlanRelationView:
    return PlanRelationView(
        RelationKind(relation), None if plan_id is None else uuid.UUID(plan_id), *named
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
