"""What readiness asks of the database."""

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

REVISION = sa.text("select version_num from alembic_version")


async def schema_revision(session: AsyncSession) -> str | None:
    """The migration that the database stands at."""
    connection = await session.connection()
    return (await connection.execute(REVISION)).scalar_one_or_none()
