from app.schemas.plans import PlanOut
from app.schemas.submission_effects import SubmissionEffectsOut


class PlanClosedOut(PlanOut):
    """The plan that was or would be closed, and the submissions that are owed no more."""

    dry_run: bool
    submission_effects: SubmissionEffectsOut
