"""issued amendments are never changed"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEEP_AMENDMENT = """
create or replace function keep_amendment() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.applied_at is null
     and to_jsonb(new) - array['applied_at', 'updated_at']
         = to_jsonb(old) - array['applied_at', 'updated_at'] then
    return new;
  end if;
  raise exception 'amendments that are no drafts are never changed or deleted'
    using errcode = 'restrict_violation';
end $$
"""
KEEP_AMENDMENT_ITEM = """
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
end $$
"""


def upgrade() -> None:
    op.execute(KEEP_AMENDMENT)
    op.execute(KEEP_AMENDMENT_ITEM)
    op.execute(
        "create trigger keep_amendment before update or delete on amendment"
        " for each row when (old.state <> 'draft') execute function keep_amendment()"
    )
    op.execute(
        "create trigger keep_amendment_item before insert or update or delete on amendment_item"
        " for each row execute function keep_amendment_item()"
    )


def downgrade() -> None:
    op.execute("drop trigger keep_amendment_item on amendment_item")
    op.execute("drop trigger keep_amendment on amendment")
    op.execute("drop function keep_amendment_item")
    op.execute("drop function keep_amendment")
