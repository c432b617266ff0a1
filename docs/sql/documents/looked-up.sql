-- Run by app.queries.documents.documents.page_of_documents.
-- Written by `make sql`; for psql -f, with values of your own.
\set few 1001
\set mine '''00000000-0000-0000-0000-000000000002'''
\set rows 51
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
select id from (
select id from document where sender_id = :mine
  union all
select id from document where plan_import_id is not null
  union all
select id from (
select document_id as id from readable
    join document_evidence evidence on evidence.assignment_id = readable.id
    where not once_filed
  union all
select document.id from readable
    join submission on submission.assignment_id = readable.id
    join submission_attempt attempt on attempt.submission_id = submission.id
    join document on document.attempt_id = attempt.id
    where document.attempt_id is not null
  union all
select document.id from submission_attempt own
    join submission_attempt attempt on attempt.submission_id = own.submission_id
    join document on document.attempt_id = attempt.id
    where own.agency_id = :mine and document.attempt_id is not null
) of_readable where (select how from reads) <> 'many'
  union all
select null from reads where how = 'many'
) looked_up limit :few;
