"""plans, duties, reports and clients"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


class TransactionId(UserDefinedType[int]):
    def get_col_spec(self, **_: object) -> str:
        return "xid8"


KEEP_ASSIGNMENT_STATE = """
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (old.agency_id, old.role, old.deadline_on, old.original_deadline_on, old.status,
        old.reported_on, old.completed_on)
       is not distinct from
       (new.agency_id, new.role, new.deadline_on, new.original_deadline_on, new.status,
        new.reported_on, new.completed_on) then
      return null;
    end if;
    -- Several changes on one day leave the day's last.
    delete from assignment_state
     where assignment_id = new.id and until is null and since = new.changed_on;
    update assignment_state set until = new.changed_on
     where assignment_id = new.id and until is null;
  end if;
  insert into assignment_state (assignment_id, since, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, reported_on, completed_on)
  values (new.id, new.changed_on, new.plan_id, new.task_id, new.agency_id, new.role,
      new.occurrence, new.deadline_on, new.original_deadline_on, new.status, new.reported_on,
      new.completed_on);
  return null;
end $$
"""

REFUSE_CHANGE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or deleted', tg_table_name
    using errcode = 'restrict_violation';
end $$
"""

UNCHANGEABLE = ("submission_attempt", "submission_review", "audit_entry", "plan_import")

TRIGGERS = (
    KEEP_ASSIGNMENT_STATE,
    REFUSE_CHANGE,
    "create trigger keep_assignment_state after insert or update on assignment"
    " for each row execute function keep_assignment_state()",
    *(
        f"create trigger refuse_change before update or delete on {table}"
        " for each row execute function refuse_change()"
        for table in UNCHANGEABLE
    ),
)


def upgrade() -> None:
    op.execute("create extension if not exists btree_gist")
    op.create_table(
        "agency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("identifier_source", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "provincial_committee",
                "department",
                "vertical",
                "press",
                "public_service_unit",
                "union",
                "front",
                "party",
                "steering_committee",
                "district_committee",
                "commune_committee",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("certainty", sa.Text(), nullable=True),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9.-]{0,63}$'", name=op.f("ck_agency_code_form")),
        sa.CheckConstraint(
            "identifier ~ '^[A-Y][0-9]{2}([.][0-9A-Z]+)*$' and length(identifier) <= 35",
            name=op.f("ck_agency_identifier_form"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_agency_not_its_own_parent")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_agency_valid_period")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["agency.id"], name=op.f("fk_agency_parent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("code", name=op.f("uq_agency_code")),
        sa.UniqueConstraint("identifier", name=op.f("uq_agency_identifier")),
    )
    op.create_index(op.f("ix_agency_parent_id"), "agency", ["parent_id"], unique=False)
    op.create_table(
        "collective",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_enumerable", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "code ~ '^[A-Z0-9][A-Z0-9.-]{0,63}$'", name=op.f("ck_collective_code_form")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collective")),
        sa.UniqueConstraint("code", name=op.f("uq_collective_code")),
    )
    op.create_table(
        "revoked_token",
        sa.Column("jti", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_revoked_token")),
    )
    op.create_index(
        op.f("ix_revoked_token_expires_at"), "revoked_token", ["expires_at"], unique=False
    )
    op.create_table(
        "agency_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_agency_alias_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_alias")),
        sa.UniqueConstraint("agency_id", "alias", name=op.f("uq_agency_alias_agency_id_alias")),
    )
    op.create_table(
        "agency_name",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("agency_id"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            using="gist",
            name="ex_agency_name_one_a_day",
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_agency_name_valid_period")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_agency_name_agency_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_name")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cardinality(roles) > 0 and roles <@ array['administrator', 'issuer', 'coordinator', 'reporter', 'supervisor', 'reader']",
            name=op.f("ck_client_roles_known"),
        ),
        sa.CheckConstraint(
            "client_id ~ '^[a-z0-9][a-z0-9-]{2,63}$'", name=op.f("ck_client_client_id_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_client_agency_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("client_id", name=op.f("uq_client_client_id")),
    )
    op.create_index(op.f("ix_client_agency_id"), "client", ["agency_id"], unique=False)
    op.create_table(
        "collective_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("collective_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collective_id"],
            ["collective.id"],
            name=op.f("fk_collective_alias_collective_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collective_alias")),
        sa.UniqueConstraint(
            "collective_id", "alias", name=op.f("uq_collective_alias_collective_id_alias")
        ),
    )
    op.create_table(
        "collective_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("collective_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("collective_id"), "="),
            (sa.column("agency_id"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            using="gist",
            name="ex_collective_member_once_a_day",
        ),
        sa.CheckConstraint(
            "valid_from < valid_until", name=op.f("ck_collective_member_valid_period")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_collective_member_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["collective_id"],
            ["collective.id"],
            name=op.f("fk_collective_member_collective_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collective_member")),
    )
    op.create_index(
        op.f("ix_collective_member_agency_id"), "collective_member", ["agency_id"], unique=False
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=True),
        sa.Column("coordinator_id", sa.Uuid(), nullable=True),
        sa.Column("legal_bases", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "issued",
                "closed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at is not null)", name=op.f("ck_plan_closed_at_set")
        ),
        sa.CheckConstraint(
            "status = 'draft' or num_nulls(number, issued_on, starts_on, ends_on, issuer_id, coordinator_id, issued_at) = 0",
            name=op.f("ck_plan_issued_is_complete"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_plan_life")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"],
            ["agency.id"],
            name=op.f("fk_plan_coordinator_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["agency.id"], name=op.f("fk_plan_issuer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["agency.id"], name=op.f("fk_plan_owner_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_coordinator_id"), "plan", ["coordinator_id"], unique=False)
    op.create_index(op.f("ix_plan_number"), "plan", ["number"], unique=False)
    op.create_index(op.f("ix_plan_owner_id"), "plan", ["owner_id"], unique=False)
    op.create_index(
        "uq_plan_issuer_id_number_year",
        "plan",
        ["issuer_id", "number", sa.literal_column("extract(year from issued_on)")],
        unique=True,
    )
    op.create_table(
        "succession",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "merge",
                "split",
                "rename",
                "abolition",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("certainty", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(successor_id is null) = (kind = 'abolition')",
            name=op.f("ck_succession_successor_unless_abolished"),
        ),
        sa.CheckConstraint(
            "predecessor_id <> successor_id", name=op.f("ck_succession_two_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["agency.id"],
            name=op.f("fk_succession_predecessor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["agency.id"],
            name=op.f("fk_succession_successor_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint(
            "predecessor_id",
            "successor_id",
            "effective_on",
            name=op.f("uq_succession_predecessor_id_successor_id_effective_on"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_succession_successor_id"), "succession", ["successor_id"], unique=False
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_audit_entry_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_audit_entry_client_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_agency_id"), "audit_entry", ["agency_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_client_id"), "audit_entry", ["client_id"], unique=False)
    op.create_index("ix_audit_entry_noun_row_id", "audit_entry", ["noun", "row_id"], unique=False)
    op.create_table(
        "client_acts_for",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_client_acts_for_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_client_acts_for_client_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_acts_for")),
        sa.UniqueConstraint(
            "client_id", "agency_id", name=op.f("uq_client_acts_for_client_id_agency_id")
        ),
    )
    op.create_table(
        "client_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_client_secret_client_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secret")),
        sa.UniqueConstraint("digest", name=op.f("uq_client_secret_digest")),
    )
    op.create_index(
        op.f("ix_client_secret_client_id"), "client_secret", ["client_id"], unique=False
    )
    op.create_table(
        "event",
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "transaction_id",
            TransactionId(),
            server_default=sa.text("pg_current_xact_id()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_event_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_event_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_event")),
        sa.UniqueConstraint("id", name=op.f("uq_event_id")),
    )
    op.create_index(op.f("ix_event_plan_id"), "event", ["plan_id"], unique=False)
    op.create_index(
        "ix_event_transaction_id_sequence", "event", ["transaction_id", "sequence"], unique=False
    )
    op.create_table(
        "plan_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_import_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_import")),
    )
    op.create_index(op.f("ix_plan_import_plan_id"), "plan_import", ["plan_id"], unique=False)
    op.create_table(
        "plan_overseer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_plan_overseer_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_overseer_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_overseer")),
        sa.UniqueConstraint(
            "plan_id", "agency_id", name=op.f("uq_plan_overseer_plan_id_agency_id")
        ),
    )
    op.create_index(
        op.f("ix_plan_overseer_agency_id"), "plan_overseer", ["agency_id"], unique=False
    )
    op.create_table(
        "reporting_regime",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum(
                "year",
                "half_year",
                "quarter",
                "month",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "data_window",
            sa.Enum(
                "decree_09",
                "calendar",
                name="data_window",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_month_offset", sa.Integer(), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=False),
        sa.Column("coordinating_agencies_report", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "due_day between 1 and 31", name=op.f("ck_reporting_regime_due_day_range")
        ),
        sa.CheckConstraint(
            "due_month_offset between 0 and 12",
            name=op.f("ck_reporting_regime_due_month_offset_range"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_reporting_regime_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_regime")),
        sa.UniqueConstraint(
            "plan_id", "effective_from", name=op.f("uq_reporting_regime_plan_id_effective_from")
        ),
    )
    op.create_table(
        "task_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_task_group_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_group")),
        sa.UniqueConstraint("id", "plan_id", name=op.f("uq_task_group_id_plan_id")),
        sa.UniqueConstraint(
            "plan_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_task_group_plan_id_position"),
        ),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("task_group_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("expected_result", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("time_frame_text", sa.Text(), nullable=False),
        sa.Column(
            "time_frame_kind",
            sa.Enum(
                "year",
                "year_range",
                "until_year",
                "annual",
                "half_year",
                "quarter",
                "month",
                "date",
                "continuous",
                "relative",
                "conditional",
                "multiple",
                "unknown",
                name="time_frame_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("time_frame_starts_on", sa.Date(), nullable=True),
        sa.Column("time_frame_ends_on", sa.Date(), nullable=True),
        sa.Column("due_month", sa.Integer(), nullable=True),
        sa.Column("due_day", sa.Integer(), nullable=True),
        sa.Column("source_cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("due_day between 1 and 31", name=op.f("ck_task_due_day_range")),
        sa.CheckConstraint("due_month between 1 and 12", name=op.f("ck_task_due_month_range")),
        sa.CheckConstraint(
            "num_nulls(due_month, due_day) <> 1", name=op.f("ck_task_due_month_and_day")
        ),
        sa.CheckConstraint(
            "time_frame_starts_on <= time_frame_ends_on", name=op.f("ck_task_time_frame_span")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_task_plan_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["task_group_id", "plan_id"],
            ["task_group.id", "task_group.plan_id"],
            name=op.f("fk_task_task_group_id_plan_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("id", "plan_id", name=op.f("uq_task_id_plan_id")),
        sa.UniqueConstraint(
            "plan_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_task_plan_id_position"),
        ),
    )
    op.create_index(op.f("ix_task_task_group_id"), "task", ["task_group_id"], unique=False)
    op.create_table(
        "assignee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "coordinating",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("collective_id", sa.Uuid(), nullable=True),
        sa.Column("is_related_only", sa.Boolean(), nullable=False),
        sa.Column("suggestions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(agency_id, collective_id) <= 1", name=op.f("ck_assignee_one_meaning")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_assignee_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["collective_id"],
            ["collective.id"],
            name=op.f("fk_assignee_collective_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_assignee_task_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignee")),
        sa.UniqueConstraint(
            "task_id",
            "role",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_assignee_task_id_role_position"),
        ),
    )
    op.create_index(op.f("ix_assignee_agency_id"), "assignee", ["agency_id"], unique=False)
    op.create_index(op.f("ix_assignee_collective_id"), "assignee", ["collective_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "coordinating",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("original_deadline_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "not_started",
                "in_progress",
                "awaiting_confirmation",
                "completed",
                "not_applicable",
                "suspended",
                "revoked",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_on is not null)",
            name=op.f("ck_assignment_completed_on_set"),
        ),
        sa.CheckConstraint(
            "status <> 'awaiting_confirmation' or reported_on is not null",
            name=op.f("ck_assignment_reported_on_set"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_assignment_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["assignee.id"],
            name=op.f("fk_assignment_assignee_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_assignment_plan_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["task_id", "plan_id"],
            ["task.id", "task.plan_id"],
            name=op.f("fk_assignment_task_id_plan_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "task_id",
            "agency_id",
            "occurrence",
            name=op.f("uq_assignment_task_id_agency_id_occurrence"),
        ),
    )
    op.create_index("ix_assignment_agency_id_id", "assignment", ["agency_id", "id"], unique=False)
    op.create_index(op.f("ix_assignment_assignee_id"), "assignment", ["assignee_id"], unique=False)
    op.create_index("ix_assignment_plan_id_id", "assignment", ["plan_id", "id"], unique=False)
    op.create_table(
        "assignment_state",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "coordinating",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("original_deadline_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "not_started",
                "in_progress",
                "awaiting_confirmation",
                "completed",
                "not_applicable",
                "suspended",
                "revoked",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("since < until", name=op.f("ck_assignment_state_span")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_assignment_state_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("assignment_id", "since", name=op.f("pk_assignment_state")),
    )
    op.create_index(
        "ix_assignment_state_agency_id_since",
        "assignment_state",
        ["agency_id", "since"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_state_plan_id_since", "assignment_state", ["plan_id", "since"], unique=False
    )
    op.create_index(
        "uq_assignment_state_assignment_id_current",
        "assignment_state",
        ["assignment_id"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("data_from", sa.Date(), nullable=False),
        sa.Column("data_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "expected",
                "draft",
                "submitted",
                "returned",
                "accepted",
                "waived",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "draft", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'waived') = (waived_reason is not null)",
            name=op.f("ck_submission_waived_has_reason"),
        ),
        sa.CheckConstraint(
            "period ~ '^([0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?|adhoc-[a-z0-9-]{1,48})$'",
            name=op.f("ck_submission_period_form"),
        ),
        sa.CheckConstraint(
            "status <> 'draft' or draft is not null", name=op.f("ck_submission_draft_has_content")
        ),
        sa.CheckConstraint(
            "status not in ('submitted', 'accepted', 'returned') or (attempts > 0 and submitted_on is not null)",
            name=op.f("ck_submission_filed_has_attempt"),
        ),
        sa.CheckConstraint("data_from <= data_to", name=op.f("ck_submission_data_window")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_submission_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "assignment_id", "period", name=op.f("uq_submission_assignment_id_period")
        ),
    )
    op.create_index("ix_submission_status_due_on", "submission", ["status", "due_on"], unique=False)
    op.create_table(
        "submission_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_submission_attempt_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_submission_attempt_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_attempt_submission_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_attempt")),
        sa.UniqueConstraint(
            "submission_id", "number", name=op.f("uq_submission_attempt_submission_id_number")
        ),
    )
    op.create_table(
        "submission_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted",
                "returned",
                "withdrawn",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decision <> 'returned' or reason is not null",
            name=op.f("ck_submission_review_returned_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_submission_review_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["submission_attempt.id"],
            name=op.f("fk_submission_review_attempt_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_submission_review_client_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_review")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_submission_review_attempt_id")),
    )
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("submission_review")
    op.drop_table("submission_attempt")
    op.drop_index("ix_submission_status_due_on", table_name="submission")
    op.drop_table("submission")
    op.drop_index(
        "uq_assignment_state_assignment_id_current",
        table_name="assignment_state",
        postgresql_where=sa.text("until is null"),
    )
    op.drop_index("ix_assignment_state_plan_id_since", table_name="assignment_state")
    op.drop_index("ix_assignment_state_agency_id_since", table_name="assignment_state")
    op.drop_table("assignment_state")
    op.drop_index("ix_assignment_plan_id_id", table_name="assignment")
    op.drop_index(op.f("ix_assignment_assignee_id"), table_name="assignment")
    op.drop_index("ix_assignment_agency_id_id", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_assignee_collective_id"), table_name="assignee")
    op.drop_index(op.f("ix_assignee_agency_id"), table_name="assignee")
    op.drop_table("assignee")
    op.drop_index(op.f("ix_task_task_group_id"), table_name="task")
    op.drop_table("task")
    op.drop_table("task_group")
    op.drop_table("reporting_regime")
    op.drop_index(op.f("ix_plan_overseer_agency_id"), table_name="plan_overseer")
    op.drop_table("plan_overseer")
    op.drop_index(op.f("ix_plan_import_plan_id"), table_name="plan_import")
    op.drop_table("plan_import")
    op.drop_index("ix_event_transaction_id_sequence", table_name="event")
    op.drop_index(op.f("ix_event_plan_id"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_client_secret_client_id"), table_name="client_secret")
    op.drop_table("client_secret")
    op.drop_table("client_acts_for")
    op.drop_index("ix_audit_entry_noun_row_id", table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_client_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_agency_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_succession_successor_id"), table_name="succession")
    op.drop_table("succession")
    op.drop_index("uq_plan_issuer_id_number_year", table_name="plan")
    op.drop_index(op.f("ix_plan_owner_id"), table_name="plan")
    op.drop_index(op.f("ix_plan_number"), table_name="plan")
    op.drop_index(op.f("ix_plan_coordinator_id"), table_name="plan")
    op.drop_table("plan")
    op.drop_index(op.f("ix_collective_member_agency_id"), table_name="collective_member")
    op.drop_table("collective_member")
    op.drop_table("collective_alias")
    op.drop_index(op.f("ix_client_agency_id"), table_name="client")
    op.drop_table("client")
    op.drop_table("agency_name")
    op.drop_table("agency_alias")
    op.drop_index(op.f("ix_revoked_token_expires_at"), table_name="revoked_token")
    op.drop_table("revoked_token")
    op.drop_table("collective")
    op.drop_index(op.f("ix_agency_parent_id"), table_name="agency")
    op.drop_table("agency")
    op.execute("drop function keep_assignment_state()")
    op.execute("drop function refuse_change()")
    op.execute("drop extension btree_gist")
