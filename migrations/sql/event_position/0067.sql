-- The PostgreSQL cluster that answers, and how often it was promoted or recovered: all in which the
-- numbers of transactions go on from each other. Null on a standby, which begins nothing of its own.
create or replace function this_cluster() returns text language plpgsql stable as $$
begin
  if pg_is_in_recovery() then
    return null;
  end if;
  return (select system_identifier::text from pg_control_system())
    || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8);
end $$;

-- The place of a transaction in the feed: its own number, after all places of the clusters before.
-- In a cluster that nobody has noted yet, as after a restore, the places follow those of the last
-- one that was noted: the same that they have once it is noted.
create or replace function event_position(transaction_id xid8) returns xid8
language plpgsql stable as $$
declare
  latest record;
begin
  select number, identifier into latest from event_cluster order by number desc limit 1;
  if latest.identifier <> this_cluster() then
    latest.number := latest.number + 1;
  end if;
  return (((coalesce(latest.number, 0)::bigint) << 48) + transaction_id::text::bigint)::text::xid8;
end $$;
