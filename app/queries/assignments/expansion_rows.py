"""The rows of a plan and the registry by which assignments are made, read by one statement.

Expanding a plan asks for nothing that the plan changes: its rows are plain, and those of an agency
or a succession are read once, however many tasks name it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssigneeRole, TimeFrameKind
from app.queries.visible_ids import VisiblePlanId
from app.reading import fetch


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task that the plan has, with the stored meaning of its time frame."""

    id: uuid.UUID
    ordinal: str
    time_frame_kind: TimeFrameKind
    time_frame_starts_on: date | None
    time_frame_ends_on: date | None
    due_month: int | None
    due_day: int | None
    in_force_on: date | None


@dataclass(frozen=True, slots=True)
class AssigneeRow:
    """The plan's words for who does a task: an agency, a collective, or neither."""

    id: uuid.UUID
    task_id: uuid.UUID
    role: AssigneeRole
    source_text: str
    agency_id: uuid.UUID | None
    collective_id: uuid.UUID | None
    is_related_only: bool
    named_on: date | None


@dataclass(frozen=True, slots=True)
class SubstitutionRow:
    """A decision on who stands in for a collective from `from_day` (inclusive) on: another
    collective, or agencies."""

    collective_id: uuid.UUID
    stand_in_id: uuid.UUID | None
    agency_ids: tuple[uuid.UUID, ...]
    from_day: date
    decided_on: date


@dataclass(frozen=True, slots=True)
class NamedCollective:
    """A collective that the plan names."""

    id: uuid.UUID
    code: str
    is_enumerable: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """The days on which an agency exists and belongs to a collective: `since` is the first, `until`
    the first one after."""

    collective_id: uuid.UUID
    agency_id: uuid.UUID
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency that is named, stands in, is a member, or took over from one that did."""

    id: uuid.UUID
    code: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """The succession by which an agency ended, to a successor that existed then."""

    id: uuid.UUID
    predecessor_id: uuid.UUID
    successor_id: uuid.UUID
    basis: str | None


@dataclass(frozen=True, slots=True)
class DecidedHandoverRow:
    """A handover of an assignment that people decided; no `to_agency_id`: it stayed."""

    assignment_id: uuid.UUID
    task_id: uuid.UUID
    from_agency_id: uuid.UUID
    to_agency_id: uuid.UUID | None
    basis: str | None
    reason: str | None
    decided_at: datetime
    decided_by_id: uuid.UUID
    decided_for_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class ExpansionRows:
    """The rows of one plan. Tasks are in its order; of each task leads come first, then as it names
    them. Substitutions and handovers are in the order of decisions, members by agency code, and
    successions by the successor's."""

    tasks: Sequence[TaskRow]
    assignees: Sequence[AssigneeRow]
    substitutions: Sequence[SubstitutionRow]
    collectives: Sequence[NamedCollective]
    members: Sequence[MemberRow]
    agencies: Sequence[AgencyRow]
    successions: Sequence[SuccessionRow]
    handovers: Sequence[DecidedHandoverRow]


ROWS = TypeAdapter(ExpansionRows)
# An agency's successors are followed to the end: `concerned` are those to whom anything may come.
READ = sa.text("""
with recursive wanted as (
  select id, position, ordinal, time_frame_kind, time_frame_starts_on, time_frame_ends_on,
    due_month, due_day, in_force_on
  from task where plan_id = :plan and dropped_on is null
), named as (
  select a.id, a.task_id, a.role, a.position, a.source_text, a.agency_id, a.collective_id,
    a.is_related_only, a.named_on
  from assignee a join wanted on wanted.id = a.task_id where a.ended_on is null
), substitution as (
  select s.id, s.collective_id, s.stand_in_id, s.from_day, s.decided_on, array(
    select g.agency_id from collective_substitution_agency g
    where g.substitution_id = s.id order by g.id
  ) as agency_ids
  from collective_substitution s where s.plan_id = :plan
), member as (
  select m.collective_id, m.agency_id, a.code,
    greatest(m.valid_from, a.valid_from) as since, least(m.valid_until, a.valid_until) as until
  from collective_member m join agency a on a.id = m.agency_id
  where m.collective_id in (
    select collective_id from named union select stand_in_id from substitution)
), decided as (
  select h.id, h.assignment_id, a.task_id, h.from_agency_id, h.to_agency_id, h.basis, h.reason,
    h.decided_at, h.decided_by_id, h.decided_for_id
  from handover h join assignment a on a.id = h.assignment_id
  where h.plan_id = :plan and h.state = 'decided' and h.decided_by_id is not null
), concerned (id) as (
  select agency_id from named
  union select to_agency_id from decided
  union select s.successor_id from concerned join succession s on s.predecessor_id = concerned.id
    where s.corrected_at is null
), followed as (
  select s.id, s.predecessor_id, s.successor_id, s.basis, successor.code
  from succession s
  join agency ended on ended.id = s.predecessor_id and ended.valid_until = s.effective_on
  join agency successor on successor.id = s.successor_id
    and coalesce(successor.valid_from <= s.effective_on, true)
    and coalesce(successor.valid_until > s.effective_on, true)
  where s.corrected_at is null and s.predecessor_id in (select id from concerned)
), known as (
  select id, code, valid_from, valid_until from agency
  where id in (
    select id from concerned union select agency_id from member
    union select unnest(agency_ids) from substitution)
), collected as (
  select id, code, is_enumerable from collective where id in (select collective_id from named)
)
select cast(json_build_object(
  'tasks', (select coalesce(json_agg(w order by w.position), '[]') from wanted w),
  'assignees', (select coalesce(json_agg(n order by n.role desc, n.position), '[]') from named n),
  'substitutions', (
    select coalesce(json_agg(s order by s.from_day, s.id), '[]') from substitution s),
  'collectives', (select coalesce(json_agg(c), '[]') from collected c),
  'members', (select coalesce(json_agg(m order by m.code collate "C"), '[]') from member m),
  'agencies', (select coalesce(json_agg(k), '[]') from known k),
  'successions', (select coalesce(json_agg(f order by f.code collate "C"), '[]') from followed f),
  'handovers', (select coalesce(json_agg(d order by d.decided_at, d.id), '[]') from decided d)
) as text) as found
""")


async def read_expansion_rows(session: AsyncSession, plan_id: VisiblePlanId) -> ExpansionRows:
    """The rows of a plan as they are now, with the changes of the session."""
    await session.flush()
    [row] = await fetch(session, READ, {"plan": plan_id})
    found: ExpansionRows = ROWS.validate_json(row.found)
    return found
