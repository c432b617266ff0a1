"""Reading the stored readings of imported files."""

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import Text
from app.models import Plan, PlanImport, PlanImportFile
from app.queries.plans.plans import visible_plans
from app.queries.rows import one_of

NO_SUCH_IMPORT = Text("Không có lần nhập này.", "There is no such import.")


async def get_plan_import(
    session: AsyncSession, principal: Principal, import_id: uuid.UUID
) -> PlanImport:
    """One reading of a file, visible to those who see its plan; raises `NotFoundError`."""
    plan_ids = visible_plans(principal).with_only_columns(col(Plan.id))
    statement = select(PlanImport).where(
        col(PlanImport.id) == import_id, col(PlanImport.plan_id).in_(plan_ids)
    )
    return await one_of(session, statement, NO_SUCH_IMPORT)


async def find_sealed_file(session: AsyncSession, import_id: uuid.UUID) -> bytes | None:
    """The sealed bytes of the file of an import; None where they were not kept."""
    statement = select(PlanImportFile.sealed).where(col(PlanImportFile.plan_import_id) == import_id)
    return (await session.exec(statement)).one_or_none()
