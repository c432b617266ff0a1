-- Items of an amendment that is no draft never change, except once: when the task that an item adds
-- gets its id.
create or replace function keep_amendment_item() returns trigger language plpgsql as $$
begin
  if exists (
       select from amendment a
        where a.id in (old.amendment_id, new.amendment_id) and a.state <> 'draft')
     and not (tg_op = 'UPDATE' and old.task_id is null
              and to_jsonb(new) - 'task_id' = to_jsonb(old) - 'task_id') then
    raise exception 'items of amendments that are no drafts are never changed or deleted'
      using errcode = 'restrict_violation';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end $$;

create or replace trigger keep_amendment_item before insert or update or delete on amendment_item
  for each row execute function keep_amendment_item();
