-- Run by app.queries.submissions.submissions_json.list_submissions_json.
-- Written by `make sql`; for psql -f, with values of your own.
\set client '''00000000-0000-0000-0000-000000000007'''
\set coordinates false
\set issues false
\set mine '''00000000-0000-0000-0000-000000000002'''
\set reports true
\set rows 51
\set today '''2026-03-31'''
explain (analyze, buffers)
with bound as materialized (
  select cast(sqrt(greatest(reltuples, 1) * :rows) as bigint) + 1 as few,
    cast(3 * sqrt(greatest(reltuples, 1) * :rows) as bigint) + 1 as several
    from pg_class where oid = cast('submission' as regclass)
), readable as materialized (
  select * from (
    select id, false as once_filed from assignment where agency_id = :mine
    union all
    select assignment.id, false from plan join assignment on assignment.plan_id = plan.id
     where plan.coordinator_id = :mine
    union all
    select led.id, false from assignment lead
    cross join lateral (
      select assignment.id from assignment
       where assignment.task_id = lead.task_id and assignment.occurrence = lead.occurrence
         and (assignment.role <> 'lead' or (
           select collective_id is null from assignee where id = lead.assignee_id))
      offset 0
    ) led
     where lead.agency_id = :mine and lead.role = 'lead'
    union all
    select others.id, true from assignment mate join plan on plan.id = mate.plan_id
    cross join lateral (
      select assignment.id from assignment
       where assignment.task_id = mate.task_id and assignment.occurrence = mate.occurrence
         and assignment.assignee_id = mate.assignee_id and assignment.role = 'lead'
      offset 0
    ) others
     where mate.agency_id = :mine and mate.role = 'lead' and plan.submissions_are_shared
  ) a limit (select several from bound)
), reads as materialized (
  select case when found < few then 'few' when found < several then 'several'
      else 'many' end as how
    from bound, (select count(*) as found from readable) counted
)
select * from (
select format('{"id":%s,"assignment_id":%s,"plan_id":%s,"task_ordinal":%s,"agency":%s,"report_request_id":%s,"period":%s,"data_from":%s,"data_to":%s,"due_on":%s,"status":%s,"attempts":%s,"accepted_attempt":%s,"received_on":%s,"is_late":%s,"waived_reason":%s,"is_draft":%s,"drafted_by":%s,"content":%s,"shared_with":%s,"sources":%s,"external_refs":%s,"updated_at":%s,"allowed_actions":%s}',
  to_json(submission.id),
  to_json(assignment.id),
  to_json(plan.id),
  to_json(task.ordinal),
  (select format('{"id":%s,"code":%s,"name":%s}',
  to_json(agency.id),
  to_json(agency.code),
  to_json(coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code))) from agency 
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date)) where agency.id = assignment.agency_id),
  coalesce(to_json(submission.report_request_id)::text, 'null'),
  to_json(submission.period),
  to_json(submission.data_from),
  to_json(submission.data_to),
  to_json(submission.due_on),
  to_json(case when submission.status = 'expected' and own_draft.content is not null then 'draft' else submission.status end),
  submission.attempts,
  coalesce(to_json(submission.accepted_attempt)::text, 'null'),
  coalesce(to_json(submission.received_on)::text, 'null'),
  coalesce(to_json(submission.received_on > submission.due_on)::text, 'null'),
  coalesce(to_json(submission.waived_reason)::text, 'null'),
  to_json(own_draft.content is not null),
  case when own_draft.content is not null then (select format('{"id":%s,"code":%s,"name":%s}',
  to_json(agency.id),
  to_json(agency.code),
  to_json(coalesce(name_of_day.name, (
  select n.name from agency_name n where n.agency_id = agency.id
  order by n.valid_from desc nulls last limit 1), agency.code))) from agency 
left join agency_name name_of_day on name_of_day.agency_id = agency.id
  and (name_of_day.valid_from is null or name_of_day.valid_from <= cast(:today as date))
  and (name_of_day.valid_until is null or name_of_day.valid_until > cast(:today as date)) where agency.id = coalesce(own_draft.drafted_by_id, assignment.agency_id)) else 'null' end,
  case when coalesce(own_draft.content, attempt.content) is not null then (
    select format('{"outcome":%s,"percent":%s,"results":%s,"difficulties":%s,"proposals":%s,"not_applicable_reason":%s,"evidence":%s,"answers":%s,"late_reason":%s,"document":%s,"correction_reason":%s}',
  coalesce(outcome::text, 'null'),
  coalesce(percent::text, 'null'),
  coalesce(results::text, 'null'),
  coalesce(difficulties::text, 'null'),
  coalesce(proposals::text, 'null'),
  coalesce(not_applicable_reason::text, 'null'),
  (select concat('[', string_agg(format('{"number":%s,"issued_on":%s,"url":%s,"sha256":%s}',
  (one -> 'number')::text,
  (one -> 'issued_on')::text,
  coalesce((one -> 'url')::text, 'null'),
  coalesce((one -> 'sha256')::text, 'null')), ',' order by place), ']') from jsonb_array_elements(evidence) with ordinality as member (one, place)),
  (select concat('[', string_agg(format('{"question":%s,"text":%s}',
  (one -> 'question')::text,
  (one -> 'text')::text), ',' order by place), ']') from jsonb_array_elements(answers) with ordinality as member (one, place)),
  coalesce(late_reason::text, 'null'),
  coalesce((select format('{"number":%s,"issued_on":%s,"url":%s,"sha256":%s}',
  (one -> 'number')::text,
  (one -> 'issued_on')::text,
  coalesce((one -> 'url')::text, 'null'),
  coalesce((one -> 'sha256')::text, 'null')) from (select document as one) named where jsonb_typeof(one) = 'object'), 'null'),
  coalesce(correction_reason::text, 'null'))
      from jsonb_to_record(coalesce(own_draft.content, attempt.content))
        as content (outcome jsonb, percent jsonb, results jsonb, difficulties jsonb, proposals jsonb, not_applicable_reason jsonb, evidence jsonb, answers jsonb, late_reason jsonb, document jsonb, correction_reason jsonb)) else 'null' end,
  '[]',
  '[]',
  (select concat('[', string_agg(format('{"system":%s,"id":%s}',
  to_json(e.system),
  to_json(e.external_id)), ',' order by e.system), ']') from external_ref e where e.submission_id = submission.id),
  replace(to_char(greatest(submission.updated_at, own_draft.updated_at) at time zone 'UTC', '\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"'), '.000000', ''),
  concat('[', concat_ws(',', case when cast(:reports as boolean) and assignment.agency_id = :mine and case when submission.status = 'accepted'
      then plan.status = 'issued' and not assignment.awaits_handover
      and assignment.status in ('not_started', 'in_progress', 'awaiting_confirmation', 'completed', 'not_applicable')
      else submission.status in ('expected', 'returned') and plan.status = 'issued' and not assignment.awaits_handover
      and assignment.status in ('not_started', 'in_progress', 'awaiting_confirmation') end then '"write"' end, case when own_draft.content is not null and cast(:reports as boolean) and assignment.agency_id = :mine and case when submission.status = 'accepted'
      then plan.status = 'issued' and not assignment.awaits_handover
      and assignment.status in ('not_started', 'in_progress', 'awaiting_confirmation', 'completed', 'not_applicable')
      else submission.status in ('expected', 'returned') and plan.status = 'issued' and not assignment.awaits_handover
      and assignment.status in ('not_started', 'in_progress', 'awaiting_confirmation') end then '"submit"' end, case when submission.status = 'submitted' and attempt.agency_id = :mine and cast(:reports as boolean) and assignment.agency_id = :mine then '"withdraw"' end, case when submission.status = 'submitted'
      and (attempt.entered_by_id is not null or attempt.client_id <> cast(:client as uuid))
      and (cast(:issues as boolean) or cast(:coordinates as boolean))
      and :mine <> assignment.agency_id and :mine is distinct from attempt.agency_id
      and case when plan.coordinator_id in (assignment.agency_id, attempt.agency_id)
        then :issues and :mine in (plan.owner_id, plan.issuer_id)
        else :coordinates and plan.coordinator_id = :mine end then '"accept"' end, case when submission.status = 'submitted'
      and (attempt.entered_by_id is not null or attempt.client_id <> cast(:client as uuid))
      and (cast(:issues as boolean) or cast(:coordinates as boolean))
      and :mine <> assignment.agency_id and :mine is distinct from attempt.agency_id
      and case when plan.coordinator_id in (assignment.agency_id, attempt.agency_id)
        then :issues and :mine in (plan.owner_id, plan.issuer_id)
        else :coordinates and plan.coordinator_id = :mine end then '"send_back"' end, case when submission.status in ('expected', 'returned') and plan.status = 'issued' and (cast(:issues as boolean) or cast(:coordinates as boolean))
      and :mine <> assignment.agency_id and :mine is distinct from attempt.agency_id
      and case when plan.coordinator_id in (assignment.agency_id, attempt.agency_id)
        then :issues and :mine in (plan.owner_id, plan.issuer_id)
        else :coordinates and plan.coordinator_id = :mine end then '"waive"' end), ']')) as body, concat_ws(e'\x1f', submission.id) as key, submission.id, case when own_draft.content is not null
    then own_draft.narrative_id else attempt.narrative_id end as narrative_id,
  case when own_draft.content is not null
    then own_draft.sources else attempt.sources end as sources
from submission join assignment on assignment.id = submission.assignment_id

join task on task.id = assignment.task_id
join plan on plan.id = assignment.plan_id
left join lateral (
  select * from submission_attempt t
   where t.submission_id = submission.id and t.number = submission.attempts offset 0
) attempt on true

left join drafts_of(array[cast(:mine as uuid)]) own_draft on own_draft.submission_id = submission.id
where submission.id = any(array((select * from (select submission.id
  from submission
  where (select how from reads) in ('few', 'narrowed')
    and submission.assignment_id = any(array(select id from readable where not once_filed)) and true
  order by submission.id limit 201) first limit :rows) union (select * from (select submission.id
  from submission
  where (select how from reads) in ('few', 'narrowed')
    and submission.assignment_id = any(array(select id from readable where once_filed)) and submission.attempts > 0 and true
  order by submission.id limit 201) first limit :rows) union (select * from (select submission.id
  from submission
  where (select how from reads) = 'few' and submission.id = any(array(select submission_id from submission_attempt where agency_id = :mine)) and true
  order by submission.id limit 201) first limit :rows) union (select * from (select submission.id
  from submission
  where (select how from reads) = 'several' and (
    submission.assignment_id in (select id from readable where not once_filed)
    or submission.attempts > 0
      and submission.assignment_id in (select id from readable where once_filed)
    or submission.id in (select submission_id from submission_attempt where agency_id = :mine)) and true
  order by submission.id limit 201) first limit :rows) union (select * from (select submission.id
  from submission join assignment on assignment.id = submission.assignment_id
  join plan on plan.id = assignment.plan_id
  where (select how from reads) = 'many' and ((assignment.agency_id = :mine or plan.coordinator_id = :mine or exists (
  select from assignment lead join assignee named on named.id = lead.assignee_id
   where lead.task_id = assignment.task_id
     and lead.occurrence = assignment.occurrence and lead.agency_id = :mine
     and lead.role = 'lead'
     and (assignment.role <> 'lead' or named.collective_id is null))) or (plan.submissions_are_shared and submission.attempts > 0
  and assignment.role = 'lead' and exists (
  select from assignment mate where mate.task_id = assignment.task_id
     and mate.occurrence = assignment.occurrence and mate.assignee_id = assignment.assignee_id
     and mate.role = 'lead' and mate.agency_id = :mine)) or exists (
  select from submission_attempt own
   where own.submission_id = submission.id and own.agency_id = :mine offset 0)) and true
  order by submission.id limit 201) first limit :rows)))
order by submission.id
 limit 201) first limit :rows;
