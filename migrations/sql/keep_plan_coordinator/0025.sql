-- The history of coordinators follows plan.coordinator_id and plan.coordinator_since. A day in the
-- past rewrites what was recorded from that day on.
create or replace function keep_plan_coordinator() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.coordinator_id, old.coordinator_since)
     is not distinct from (new.coordinator_id, new.coordinator_since) then
    return null;
  end if;
  delete from plan_coordinator
   where plan_id = new.id
     and (new.coordinator_since is null or valid_from >= new.coordinator_since);
  update plan_coordinator set valid_until = new.coordinator_since
   where plan_id = new.id and (valid_until is null or valid_until > new.coordinator_since);
  if new.coordinator_id is not null then
    insert into plan_coordinator (plan_id, agency_id, valid_from)
    values (new.id, new.coordinator_id, new.coordinator_since);
  end if;
  return null;
end $$;

create or replace trigger keep_plan_coordinator after insert or update on plan
  for each row execute function keep_plan_coordinator();
