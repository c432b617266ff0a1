-- A consolidated report never changes, except once: when it is signed.
create or replace function keep_consolidated_report() returns trigger language plpgsql as $$
declare
  signing text[] := array['number', 'signed_on', 'signer', 'signed_at', 'signed_by_id',
                          'signed_for_id', 'updated_at'];
begin
  if tg_op = 'UPDATE' and old.number is null and to_jsonb(new) - signing = to_jsonb(old) - signing
  then
    return new;
  end if;
  raise exception 'consolidated reports are never changed or deleted'
    using errcode = 'restrict_violation';
end $$;

create or replace trigger keep_consolidated_report before update or delete on consolidated_report
  for each row execute function keep_consolidated_report();
