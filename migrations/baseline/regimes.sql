-- Regimes: which submissions are expected, and when they are due.

-- A day that its weekday does not describe: a holiday, a day off in exchange, a Saturday worked.
create table calendar_day (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  day date not null,
  kind varchar(32) not null,
  name text not null,
  basis text,
  is_seeded boolean not null,
  constraint pk_calendar_day primary key (id),
  constraint uq_calendar_day_day unique (day),
  constraint ck_calendar_day_kind check (kind in ('holiday', 'working_day'))
);

-- How a plan is reported from a day on, by the points of NĐ 09/2019/NĐ-CP, Điều 7.
create table reporting_regime (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  effective_from date not null,
  frequency varchar(32) not null,
  data_window varchar(32) not null,
  due_month_offset integer not null,
  due_day integer not null,
  coordinating_agencies_report boolean not null,
  week_starts_on integer not null default 4,
  window_starts text[] not null default '{}',
  window_year_offset integer not null default 0,
  due_kind varchar(32) not null default 'fixed_day',
  due_is_strict boolean not null default false,
  due_working_days integer not null default 3,
  due_roll varchar(32) not null default 'none',
  name text,
  content_kind varchar(32) not null default 'both',
  content text,
  reporters text,
  receiver_id uuid,
  channels text[] not null default '{system}',
  outline text,
  forms text,
  guidance text,
  basis text,
  preset text,
  replaced_at timestamptz,
  constraint pk_reporting_regime primary key (id),
  constraint fk_reporting_regime_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_reporting_regime_receiver_id
    foreign key (receiver_id) references agency (id) on delete restrict,
  constraint ck_reporting_regime_content_kind
    check (content_kind in ('narrative', 'figures', 'both')),
  constraint ck_reporting_regime_data_window
    check (data_window in ('decree_09', 'calendar', 'own')),
  constraint ck_reporting_regime_due_day_range check (due_day between 1 and 31),
  constraint ck_reporting_regime_due_kind check (due_kind in ('fixed_day', 'working_days_after')),
  constraint ck_reporting_regime_due_month_offset_range check (due_month_offset between 0 and 12),
  constraint ck_reporting_regime_due_roll check (due_roll in ('none', 'next_working_day')),
  constraint ck_reporting_regime_due_working_days_range check (due_working_days between 1 and 60),
  constraint ck_reporting_regime_frequency
    check (frequency in ('year', 'nine_months', 'half_year', 'quarter', 'month', 'week', 'own')),
  constraint ck_reporting_regime_own_has_windows
    check ((frequency = 'own') = (cardinality(window_starts) > 0)),
  constraint ck_reporting_regime_own_window
    check ((frequency in ('week', 'own')) = (data_window = 'own')),
  constraint ck_reporting_regime_week_has_no_fixed_day
    check (frequency <> 'week' or due_kind = 'working_days_after'),
  constraint ck_reporting_regime_week_starts_on_range check (week_starts_on between 1 and 7),
  constraint ck_reporting_regime_window_year_offset_range
    check (window_year_offset between -1 and 0)
);
create unique index uq_reporting_regime_plan_id_effective_from
  on reporting_regime (plan_id, effective_from) where replaced_at is null;

-- A report that a document asks for beside the regular ones, of agencies that it names.
create table report_request (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  kind varchar(32) not null,
  title text not null,
  number text not null,
  issued_on date not null,
  period text not null,
  data_from date not null,
  data_to date not null,
  due_on date not null,
  with_coordinating boolean not null,
  questions jsonb not null,
  not_asked jsonb not null,
  asked_at timestamptz not null,
  asked_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  withdrawn_at timestamptz,
  withdrawn_on date,
  withdrawn_reason text,
  constraint pk_report_request primary key (id),
  constraint uq_report_request_plan_id_period unique (plan_id, period),
  constraint fk_report_request_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_report_request_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_report_request_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_report_request_data_window check (data_from <= data_to),
  constraint ck_report_request_due_when_asked check (asked_on <= due_on),
  constraint ck_report_request_kind check (kind in ('thematic', 'ad_hoc')),
  constraint ck_report_request_period_form check (period ~ '^adhoc-[a-z0-9-]{1,48}$'),
  constraint ck_report_request_withdrawn_has_reason
    check (num_nulls(withdrawn_at, withdrawn_on, withdrawn_reason) in (0, 3))
);
