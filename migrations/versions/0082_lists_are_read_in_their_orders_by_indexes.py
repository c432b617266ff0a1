"""lists are read in their orders by indexes

Extensions, remarks, handovers and focal points were put in order anew for each page of
them: a twentieth of a second of 50,000.
"""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_extension_updated_at_id": ("extension", ["updated_at", "id"]),
    "ix_extension_wanted_deadline_on_id": ("extension", ["wanted_deadline_on", "id"]),
    "ix_focal_point_valid_from_id": ("focal_point", ["valid_from", "id"]),
    "ix_handover_effective_on_id": ("handover", ["effective_on", "id"]),
    "ix_remark_updated_at_id": ("remark", ["updated_at", "id"]),
}


def upgrade() -> None:
    # Requests go on meanwhile; a large table takes minutes, and waits for who has begun to read it.
    with op.get_context().autocommit_block():
        op.execute("set statement_timeout = 0")
        op.execute("set lock_timeout = 0")
        for name, (table, columns) in INDEXES.items():
            # One that an earlier attempt has left unfinished.
            op.execute(f"drop index concurrently if exists {name}")
            op.create_index(name, table, columns, postgresql_concurrently=True)
        op.execute("set lock_timeout = '4s'")
        op.execute("set statement_timeout = '30s'")


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
