import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.assignments.expand import NotAssigned
from app.domain.plans import plans as domain
from app.models import Plan, RefNoun
from app.queries.external_refs import refs_of
from app.queries.plans import plans as queries
from app.queries.plans.relations import relations_of
from app.queries.plans.tasks import collective_names
from app.queries.registry import agencies


async def described(
    session: AsyncSession, principal: Principal, plans: Sequence[Plan]
) -> list[dict[str, Any]]:
    """Plans as they are answered, with their agencies by name."""
    await session.flush()
    coordinators = await queries.coordinators_of(session, [plan.id for plan in plans])
    relations = await relations_of(session, [plan.id for plan in plans])
    overseers = await queries.overseers_of(session, [plan.id for plan in plans])
    ids = {agency_id for found in overseers.values() for agency_id in found}
    ids |= {row.agency_id for found in coordinators.values() for row in found}
    for plan in plans:
        ids |= {
            plan.owner_id,
            plan.issuer_id or plan.owner_id,
            plan.coordinator_id or plan.owner_id,
        }
    known_as = await refs_of(session, RefNoun.PLAN, [plan.id for plan in plans])
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        plan.model_dump()
        | {
            "owner": labels[plan.owner_id],
            "issuer": labels[plan.issuer_id] if plan.issuer_id else None,
            "coordinator": labels[plan.coordinator_id] if plan.coordinator_id else None,
            "relations": relations[plan.id],
            "external_refs": known_as[plan.id],
            "coordinators": [
                {
                    "agency": labels[row.agency_id],
                    "valid_from": row.valid_from,
                    "valid_until": row.valid_until,
                }
                for row in coordinators[plan.id]
            ],
            "overseers": [labels[agency_id] for agency_id in overseers[plan.id]],
            "allowed_actions": domain.allowed_actions(principal, plan),
        }
        for plan in plans
    ]


async def not_assigned(session: AsyncSession, rows: Sequence[NotAssigned]) -> list[dict[str, Any]]:
    """What nobody owes as it is answered, with the codes of collectives."""
    ids = {row.collective_id for row in rows if row.collective_id is not None}
    collectives = await collective_names(session, ids)
    return [
        asdict(row) | {"collective": row.collective_id and collectives[row.collective_id].code}
        for row in rows
    ]


def refs(plan: Plan) -> dict[str, uuid.UUID | None]:
    """What a plan may be expanded by."""
    return {
        "owner": plan.owner_id,
        "issuer": plan.issuer_id,
        "coordinator": plan.coordinator_id,
    }
