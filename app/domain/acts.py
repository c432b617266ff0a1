"""The calling convention of every verb that changes something: who acts, when, in which session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.records import Note, Subject, audit, publish_all, record, record_all


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody acts at a moment, within one transaction; no principal is the service itself."""

    session: AsyncSession
    principal: Principal | None
    at: datetime

    def note(self, action: str, subject: Subject, **detail: Any) -> None:
        """Write the audit entry and the event of one action, both with the same *detail*."""
        record(self.session, self.principal, action, subject, at=self.at, **detail)

    def audit(self, action: str, subject: Subject, **detail: Any) -> None:
        """Write the audit entry of an action that other systems do not follow: it is no event."""
        audit(self.session, self.principal, action, subject, at=self.at, **detail)

    async def record(self, notes: Sequence[Note]) -> None:
        """Write the audit entry and the event of each note."""
        await record_all(self.session, self.principal, notes, at=self.at)

    async def publish(self, notes: Sequence[Note]) -> None:
        """Write the event of each note; one audit entry, of the act they follow from, covers
        them."""
        await publish_all(self.session, notes, at=self.at)


@dataclass(frozen=True, slots=True)
class PersonalAct(Act):
    """An act whose actor is known: a client, for its agency."""

    principal: Principal
