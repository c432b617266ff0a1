-- The order of a workload: open assignments first, then completed ones, then all others.
-- The index ix_assignment_state_workload is made of it, so its answers never change.
create or replace function workload_rank(status text) returns integer
language sql immutable parallel safe as $$
  select case when status in ('not_started', 'in_progress', 'awaiting_confirmation') then 0
              when status = 'completed' then 1 else 2 end
$$;
