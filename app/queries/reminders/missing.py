"""The things that an agency has not named in a plan, as the preview by hand and the waiting mails
need them."""

HOLDS = "c.corrected_at is null and c.valid_from <= :day"
HOLDS += " and (c.valid_until is null or c.valid_until > :day)"


def no_focal_point(plan: str, agency: str) -> str:
    """SQL of the condition that the agency has no focal point for all it owes on `:day`."""
    return f"""not exists (
   select from focal_point c where c.plan_id = {plan} and c.agency_id = {agency}
     and c.level = 'focal' and c.assignment_id is null and {HOLDS})"""


def no_action_plan(plan: str, agency: str) -> str:
    """SQL of the condition that the agency holds no issued plan which implements the plan."""
    return f"""not exists (
   select from plan_relation r join plan p on p.id = r.plan_id
    where r.other_plan_id = {plan} and r.relation = 'implements' and p.owner_id = {agency}
      and p.status <> 'draft')"""
