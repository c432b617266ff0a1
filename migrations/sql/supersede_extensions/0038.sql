-- A pending request for more time is superseded once its assignment is closed, or has that time
-- already.
create or replace function supersede_extensions() returns trigger language plpgsql as $$
begin
  update extension
     set state = 'superseded', decided_at = new.updated_at, updated_at = new.updated_at
   where assignment_id = new.id and state = 'pending'
     and (new.status in ('completed', 'not_applicable', 'revoked', 'ended_with_task',
                             'carried_over', 'unfinished_at_close', 'merged', 'split')
          or wanted_deadline_on <= new.deadline_on);
  return null;
end $$;

create or replace trigger supersede_extensions after update on assignment
  for each row
  when (new.status is distinct from old.status
          and new.status in ('completed', 'not_applicable', 'revoked', 'ended_with_task',
                             'carried_over', 'unfinished_at_close', 'merged', 'split')
        or new.deadline_on is distinct from old.deadline_on)
  execute function supersede_extensions();
