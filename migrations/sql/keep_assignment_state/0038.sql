-- The history of assignments follows every update, by a few statements for all rows together.
--
-- An update may move an assignment (its agency, role, handover or merger: `is_moved`), or change what
-- holds of it (its deadlines, status and days: `is_changed`).
--
-- - A move may be recorded long after the day from which it holds, `assigned_on`. The states since
--   that day are rewritten, a state that spans the day is cut in two there, and the states before it
--   stay as they are. An assignment that was merged into another has no states from that day on.
-- - A change holds from `changed_on`. Several changes on one day leave the last one of the day.
--
-- `starts_on` stays the first day on which the assignment counts. `taken_over_on` is the day from
-- which the agency has it from another one, or has it again after it was merged into another.
--
-- A connection plans the statements of a function once, for the first rows that come. With the plan
-- for a single row, each of ten thousand rows would be searched for among ten thousand. Therefore an
-- update of more than 20 rows runs the same statements by `execute`, which plans them each time.
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
declare
  is_moved boolean;
  is_changed boolean;
begin
  if (select count(*) from became) <= 20 then
    select bool_or(
             not (o.status = 'merged' and n.status = 'merged')
             and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
                 is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)),
           bool_or(
             n.status <> 'merged'
             and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
                  o.plan_closed)
                 is distinct from
                 (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
                  n.plan_closed))
      from was o join became n using (id) into is_moved, is_changed;
    if is_moved then
      delete from assignment_state s using was o join became n using (id)
       where not (o.status = 'merged' and n.status = 'merged')
         and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
             is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)
         and n.status = 'merged'
         and s.assignment_id = n.id
         and s.since >= coalesce(n.assigned_on, n.changed_on);
      update assignment_state s
         set agency_id = case when n.agency_id = o.agency_id then s.agency_id else n.agency_id end,
             role = case when n.role = o.role then s.role else n.role end,
             awaits_handover =
               case when n.awaits_handover = o.awaits_handover
                    then s.awaits_handover else n.awaits_handover end,
             taken_over_on =
               case when (n.agency_id, n.role) = (o.agency_id, o.role)
                    then s.taken_over_on else coalesce(n.assigned_on, n.changed_on) end
        from was o join became n using (id)
       where not (o.status = 'merged' and n.status = 'merged')
         and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
             is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)
         and s.assignment_id = n.id
         and s.since >= coalesce(n.assigned_on, n.changed_on);
      with held as (
        update assignment_state s set until = cut.day
          from (select s.assignment_id, s.since, s.until as ended,
                       coalesce(n.assigned_on, n.changed_on) as day,
                       n.status = 'merged' as is_gone,
                       case when n.agency_id = o.agency_id then s.agency_id else n.agency_id end
                         as new_agency_id,
                       case when n.role = o.role then s.role else n.role end as new_role,
                       case when n.awaits_handover = o.awaits_handover
                            then s.awaits_handover else n.awaits_handover end
                         as new_awaits_handover,
                       case when (n.agency_id, n.role) = (o.agency_id, o.role)
                            then s.taken_over_on else coalesce(n.assigned_on, n.changed_on) end
                         as new_taken_over_on
                  from was o join became n using (id)
                  join assignment_state s on s.assignment_id = n.id
                 where not (o.status = 'merged' and n.status = 'merged')
                   and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
                       is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)
                   and s.since < coalesce(n.assigned_on, n.changed_on)
                   and (s.until is null or s.until > coalesce(n.assigned_on, n.changed_on))) cut
         where s.assignment_id = cut.assignment_id and s.since = cut.since
        returning s.*, cut.ended, cut.day, cut.is_gone,
                  cut.new_agency_id, cut.new_role, cut.new_awaits_handover,
                  cut.new_taken_over_on
      )
      insert into assignment_state (
        assignment_id, since, until, plan_id, task_id, agency_id, role, occurrence, deadline_on,
        original_deadline_on, status, awaits_handover, reported_on, completed_on, plan_closed,
        starts_on, taken_over_on)
      select assignment_id, day, ended, plan_id, task_id, new_agency_id, new_role, occurrence,
             deadline_on, original_deadline_on, status, new_awaits_handover, reported_on,
             completed_on, plan_closed, starts_on, new_taken_over_on
        from held where not is_gone;
    end if;
    if is_changed then
      update assignment_state s
         set agency_id = n.agency_id, role = n.role, deadline_on = n.deadline_on,
             original_deadline_on = n.original_deadline_on, status = n.status,
             awaits_handover = n.awaits_handover, reported_on = n.reported_on,
             completed_on = n.completed_on, plan_closed = n.plan_closed
        from was o join became n using (id)
       where n.status <> 'merged'
         and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
              o.plan_closed)
             is distinct from
             (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
              n.plan_closed)
         and s.assignment_id = n.id and s.until is null and s.since = n.changed_on;
      with ended as (
        update assignment_state s set until = n.changed_on
          from was o join became n using (id)
         where n.status <> 'merged'
           and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
                o.plan_closed)
               is distinct from
               (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
                n.plan_closed)
           and s.assignment_id = n.id and s.until is null and s.since < n.changed_on
        returning s.assignment_id, s.starts_on, s.taken_over_on
      )
      insert into assignment_state (
        assignment_id, since, plan_id, task_id, agency_id, role, occurrence, deadline_on,
        original_deadline_on, status, awaits_handover, reported_on, completed_on, plan_closed,
        starts_on, taken_over_on)
      select n.id, n.changed_on, n.plan_id, n.task_id, n.agency_id, n.role, n.occurrence,
             n.deadline_on, n.original_deadline_on, n.status, n.awaits_handover, n.reported_on,
             n.completed_on, n.plan_closed,
             coalesce(ended.starts_on,
                      (select min(s.starts_on) from assignment_state s where s.assignment_id = n.id),
                      greatest(n.starts_on, n.changed_on)),
             case when ended.assignment_id is not null then ended.taken_over_on
                  when exists (select from assignment_state s where s.assignment_id = n.id)
                  then n.changed_on end
        from was o join became n using (id)
        left join ended on ended.assignment_id = n.id
       where n.status <> 'merged'
         and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
              o.plan_closed)
             is distinct from
             (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
              n.plan_closed)
         and not exists (
           select from assignment_state s
            where s.assignment_id = n.id and s.until is null and s.since = n.changed_on);
    end if;
  else
    execute $many$
      select bool_or(
               not (o.status = 'merged' and n.status = 'merged')
               and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
                   is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)),
             bool_or(
               n.status <> 'merged'
               and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
                    o.plan_closed)
                   is distinct from
                   (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
                    n.plan_closed))
        from was o join became n using (id)
    $many$ into is_moved, is_changed;
    if is_moved then
      execute $many$
        delete from assignment_state s using was o join became n using (id)
         where not (o.status = 'merged' and n.status = 'merged')
           and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
               is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)
           and n.status = 'merged'
           and s.assignment_id = n.id
           and s.since >= coalesce(n.assigned_on, n.changed_on)
      $many$;
      execute $many$
        update assignment_state s
           set agency_id = case when n.agency_id = o.agency_id then s.agency_id else n.agency_id end,
               role = case when n.role = o.role then s.role else n.role end,
               awaits_handover =
                 case when n.awaits_handover = o.awaits_handover
                      then s.awaits_handover else n.awaits_handover end,
               taken_over_on =
                 case when (n.agency_id, n.role) = (o.agency_id, o.role)
                      then s.taken_over_on else coalesce(n.assigned_on, n.changed_on) end
          from was o join became n using (id)
         where not (o.status = 'merged' and n.status = 'merged')
           and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
               is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)
           and s.assignment_id = n.id
           and s.since >= coalesce(n.assigned_on, n.changed_on)
      $many$;
      execute $many$
        with held as (
          update assignment_state s set until = cut.day
            from (select s.assignment_id, s.since, s.until as ended,
                         coalesce(n.assigned_on, n.changed_on) as day,
                         n.status = 'merged' as is_gone,
                         case when n.agency_id = o.agency_id then s.agency_id else n.agency_id end
                           as new_agency_id,
                         case when n.role = o.role then s.role else n.role end as new_role,
                         case when n.awaits_handover = o.awaits_handover
                              then s.awaits_handover else n.awaits_handover end
                           as new_awaits_handover,
                         case when (n.agency_id, n.role) = (o.agency_id, o.role)
                              then s.taken_over_on else coalesce(n.assigned_on, n.changed_on) end
                           as new_taken_over_on
                    from was o join became n using (id)
                    join assignment_state s on s.assignment_id = n.id
                   where not (o.status = 'merged' and n.status = 'merged')
                     and (o.agency_id, o.role, o.awaits_handover, o.merged_into_id)
                         is distinct from (n.agency_id, n.role, n.awaits_handover, n.merged_into_id)
                     and s.since < coalesce(n.assigned_on, n.changed_on)
                     and (s.until is null or s.until > coalesce(n.assigned_on, n.changed_on))) cut
           where s.assignment_id = cut.assignment_id and s.since = cut.since
          returning s.*, cut.ended, cut.day, cut.is_gone,
                    cut.new_agency_id, cut.new_role, cut.new_awaits_handover,
                    cut.new_taken_over_on
        )
        insert into assignment_state (
          assignment_id, since, until, plan_id, task_id, agency_id, role, occurrence, deadline_on,
          original_deadline_on, status, awaits_handover, reported_on, completed_on, plan_closed,
          starts_on, taken_over_on)
        select assignment_id, day, ended, plan_id, task_id, new_agency_id, new_role, occurrence,
               deadline_on, original_deadline_on, status, new_awaits_handover, reported_on,
               completed_on, plan_closed, starts_on, new_taken_over_on
          from held where not is_gone
      $many$;
    end if;
    if is_changed then
      execute $many$
        update assignment_state s
           set agency_id = n.agency_id, role = n.role, deadline_on = n.deadline_on,
               original_deadline_on = n.original_deadline_on, status = n.status,
               awaits_handover = n.awaits_handover, reported_on = n.reported_on,
               completed_on = n.completed_on, plan_closed = n.plan_closed
          from was o join became n using (id)
         where n.status <> 'merged'
           and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
                o.plan_closed)
               is distinct from
               (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
                n.plan_closed)
           and s.assignment_id = n.id and s.until is null and s.since = n.changed_on
      $many$;
      execute $many$
        with ended as (
          update assignment_state s set until = n.changed_on
            from was o join became n using (id)
           where n.status <> 'merged'
             and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
                  o.plan_closed)
                 is distinct from
                 (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
                  n.plan_closed)
             and s.assignment_id = n.id and s.until is null and s.since < n.changed_on
          returning s.assignment_id, s.starts_on, s.taken_over_on
        )
        insert into assignment_state (
          assignment_id, since, plan_id, task_id, agency_id, role, occurrence, deadline_on,
          original_deadline_on, status, awaits_handover, reported_on, completed_on, plan_closed,
          starts_on, taken_over_on)
        select n.id, n.changed_on, n.plan_id, n.task_id, n.agency_id, n.role, n.occurrence,
               n.deadline_on, n.original_deadline_on, n.status, n.awaits_handover, n.reported_on,
               n.completed_on, n.plan_closed,
               coalesce(ended.starts_on,
                        (select min(s.starts_on) from assignment_state s where s.assignment_id = n.id),
                        greatest(n.starts_on, n.changed_on)),
               case when ended.assignment_id is not null then ended.taken_over_on
                    when exists (select from assignment_state s where s.assignment_id = n.id)
                    then n.changed_on end
          from was o join became n using (id)
          left join ended on ended.assignment_id = n.id
         where n.status <> 'merged'
           and (o.deadline_on, o.original_deadline_on, o.status, o.reported_on, o.completed_on,
                o.plan_closed)
               is distinct from
               (n.deadline_on, n.original_deadline_on, n.status, n.reported_on, n.completed_on,
                n.plan_closed)
           and not exists (
             select from assignment_state s
              where s.assignment_id = n.id and s.until is null and s.since = n.changed_on)
      $many$;
    end if;
  end if;
  return null;
end $$;

create or replace trigger keep_assignment_state after update on assignment
  referencing old table as was new table as became
  for each statement
  execute function keep_assignment_state();
