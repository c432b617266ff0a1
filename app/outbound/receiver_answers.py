"""The result of sending a message; apart from the sending, which no serving process does."""

from dataclasses import dataclass
from datetime import timedelta

from app.models import SendFault


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """The outcome of one try: a status, or the reason for which there was none."""

    status: int | None = None
    fault: SendFault | None = None
    wait: timedelta | None = None
    """The wait that the receiver asked for (`Retry-After`) with 429 or 503."""

    @property
    def is_taken(self) -> bool:
        """True for 2xx alone; a redirect is a failure, and is not followed."""
        return self.status is not None and 200 <= self.status < 300
