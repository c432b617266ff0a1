-- An amendment that is no draft never changes, except once: when it is applied.
create or replace function keep_amendment() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.applied_at is null
     and to_jsonb(new) - array['applied_at', 'updated_at']
         = to_jsonb(old) - array['applied_at', 'updated_at'] then
    return new;
  end if;
  raise exception 'amendments that are no drafts are never changed or deleted'
    using errcode = 'restrict_violation';
end $$;

create or replace trigger keep_amendment before update or delete on amendment
  for each row when (old.state <> 'draft') execute function keep_amendment();
