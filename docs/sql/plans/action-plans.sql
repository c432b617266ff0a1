-- Run by app.queries.plans.relations.action_plans.
-- Written by `make sql`; for psql -f, with values of your own.
\set plan_id '''00000000-0000-0000-0000-000000000001'''
\set today '''2026-03-31'''
explain (analyze, buffers)
with owing as (
  select distinct agency.id, agency.code
    from assignment_state s join agency on agency.id = s.agency_id
   where s.plan_id = :plan_id and s.since <= :today and (s.until is null or s.until > :today) and not s.awaits_handover
     and s.status not in ('revoked', 'not_applicable', 'merged', 'split')
     and (agency.valid_from is null or agency.valid_from <= :today)
     and (agency.valid_until is null or agency.valid_until > :today)
), issued as (
  select p.id, p.number, p.title, p.issued_on, p.issuer_id,
    coalesce((
      select h.from_agency_id from handover h
       where h.plan_id = p.id and h.subject = 'ownership' and h.state = 'decided'
         and h.effective_on > :today
       order by h.effective_on limit 1), p.owner_id) as holder_id
    from plan_relation r join plan p on p.id = r.plan_id
   where r.other_plan_id = :plan_id and r.relation = 'implements'
     and p.status <> 'draft' and p.issued_on <= :today
)
select distinct on (owing.code collate "C") owing.id as agency_id, owing.code,
  issued.id as plan_id, issued.number, issued.title, issued.issued_on,
  coalesce(issued.issuer_id <> owing.id, false) as is_inherited
from owing left join issued on issued.holder_id = owing.id
order by owing.code collate "C", coalesce(issued.issuer_id <> owing.id, false),
  issued.issued_on desc, issued.id desc;
