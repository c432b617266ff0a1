"""The actors of a year of the sample's story, and the hours of their acts."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.acts import PersonalAct
from app.models import Plan


@dataclass(frozen=True, slots=True)
class Cast:
    """The callers of a year's verbs: one *system* files for all agencies, the coordinator follows
    the plan up, the issuer decides on it, an overseer remarks. Nothing happens from *until* on."""

    session: AsyncSession
    plan: Plan
    system: Principal
    coordinator: Principal
    issuer: Principal
    overseer: Principal
    until: date

    def agency(self, agency_id: UUID, day: date) -> PersonalAct:
        """An act of an agency on a day, by the system that acts for it."""
        return PersonalAct(self.session, replace(self.system, agency_id=agency_id), morning(day))

    def coordinates(self, day: date) -> PersonalAct:
        """An act of the coordinator on a day."""
        return PersonalAct(self.session, self.coordinator, morning(day))

    def issues(self, day: date) -> PersonalAct:
        """An act of the issuer on a day."""
        return PersonalAct(self.session, self.issuer, morning(day))

    def oversees(self, day: date) -> PersonalAct:
        """An act of the overseer on a day."""
        return PersonalAct(self.session, self.overseer, morning(day))


def morning(day: date) -> datetime:
    """Nine in the morning of that day in the province."""
    return datetime.combine(day, time(2), UTC)
