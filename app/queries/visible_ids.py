"""Ids that were scoped to their caller: an id of a path or a body does not type-check as one.

What belongs to a plan or an assignment is read by such an id where its own statement does not say
who may read it. Only `visible_plan_id` and `visible_assignment_id` make one, of a row that a query
of visible rows handed out.
"""

import uuid
from typing import NewType

VisiblePlanId = NewType("VisiblePlanId", uuid.UUID)
VisibleAssignmentId = NewType("VisibleAssignmentId", uuid.UUID)
