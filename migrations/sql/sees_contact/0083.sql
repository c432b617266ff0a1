-- Names, telephone numbers and addresses of persons are read by those who work with them: their own
-- agency, who coordinates, issued or owns the plan, and on one assignment who leads its task. As
-- for drafts, whoever reads says for which agencies, by setting `tiendo.agencies`; without it there
-- is no row. `*` stands for all: what reminds says it. By the offsets PostgreSQL asks of each contact
-- by index: it would put together all assignments that the agency leads first, however few are asked.
alter table focal_point enable row level security;

alter table focal_point force row level security;

drop policy if exists of_who_works_with_them on focal_point;

create policy of_who_works_with_them on focal_point using (
  agency_id::text = any (string_to_array(current_setting('tiendo.agencies', true), ','))
  or current_setting('tiendo.agencies', true) = '*'
  or exists (
    select from plan p where p.id = focal_point.plan_id
      and array[p.coordinator_id::text, p.issuer_id::text, p.owner_id::text]
        && string_to_array(current_setting('tiendo.agencies', true), ',')
    offset 0)
  -- The members of a collective that leads a task are not one another's lead.
  or exists (
    select from assignment owed
      join assignment lead on lead.task_id = owed.task_id and lead.occurrence = owed.occurrence
       and lead.role = 'lead'
      join assignee named on named.id = lead.assignee_id
     where owed.id = focal_point.assignment_id
       and lead.agency_id::text
         = any (string_to_array(current_setting('tiendo.agencies', true), ','))
       and (owed.role <> 'lead' or named.collective_id is null)
    offset 0));

create or replace function sees_contact(reader uuid, contact uuid) returns boolean
language plpgsql as $$
begin
  perform set_config('tiendo.agencies', reader::text, true);
  return exists (select from focal_point f where f.id = contact);
end $$;
