-- Figures: sums of assignment_state, kept so that statistics need not count rows.

-- How many assignments of each kind there are from `since` until the next row of the same cell:
-- one agency (or all) in one occurrence (or all) in one role.
create table figure (
  agency_id uuid not null,
  occurrence text not null,
  role varchar(32) not null,
  since date not null,
  not_started integer not null,
  in_progress integer not null,
  awaiting_confirmation integer not null,
  completed integer not null,
  not_applicable integer not null,
  suspended integer not null,
  revoked integer not null,
  awaiting_handover integer not null,
  current_on_time integer not null,
  current_late integer not null,
  current_completed_no_deadline integer not null,
  current_overdue integer not null,
  current_long_overdue integer not null,
  current_due_soon integer not null,
  current_no_deadline integer not null,
  original_on_time integer not null,
  original_late integer not null,
  original_completed_no_deadline integer not null,
  original_overdue integer not null,
  original_long_overdue integer not null,
  original_due_soon integer not null,
  original_no_deadline integer not null,
  constraint pk_figure primary key (agency_id, occurrence, role, since),
  constraint ck_figure_role check (role in ('lead', 'coordinating'))
);

-- A row of assignment_state that came (weight 1) or went (-1) and is in no figure yet.
-- Written by the triggers `log_figure_…` alone.
create table figure_change (
  id bigint generated always as identity,
  weight smallint not null,
  since date not null,
  until date,
  agency_id uuid not null,
  role text not null,
  occurrence text not null,
  deadline_on date,
  original_deadline_on date,
  status text not null,
  awaits_handover boolean not null,
  reported_on date,
  completed_on date,
  constraint pk_figure_change primary key (id)
);

-- The setting by which the figures were laid out, in at most one row; no row: they were not.
create table figure_basis (
  id integer not null,
  due_soon_days integer not null,
  laid_out_at timestamptz not null,
  constraint pk_figure_basis primary key (id),
  constraint ck_figure_basis_one_row check (id = 1)
);
