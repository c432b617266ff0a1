-- Webhooks: where events are sent to, and what became of each.

-- Where a client wants to receive events; the secrets are sealed, and none if deleted.
create table webhook_endpoint (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  client_id uuid not null,
  agency_id uuid not null,
  url text not null,
  description text not null,
  event_types text[] not null,
  plan_id uuid,
  status varchar(32) not null,
  disabled_reason varchar(32),
  disabled_at timestamptz,
  secret bytea,
  previous_secret bytea,
  previous_secret_until timestamptz,
  constraint pk_webhook_endpoint primary key (id),
  constraint fk_webhook_endpoint_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint fk_webhook_endpoint_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_webhook_endpoint_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint ck_webhook_endpoint_disabled_reason
    check (disabled_reason in ('requested', 'gone', 'failing', 'secret_unreadable')),
  constraint ck_webhook_endpoint_previous_secret_ends
    check ((previous_secret is null) = (previous_secret_until is null)),
  constraint ck_webhook_endpoint_reason_unless_active
    check (num_nonnulls(disabled_reason, disabled_at) = (status <> 'active')::int * 2),
  constraint ck_webhook_endpoint_secret_until_deleted
    check ((secret is null) = (status = 'deleted')),
  constraint ck_webhook_endpoint_status check (status in ('active', 'disabled', 'deleted')),
  constraint ck_webhook_endpoint_url_length check (length(url) <= 500)
);
create index ix_webhook_endpoint_client_id_id on webhook_endpoint (client_id, id);

-- How far an endpoint has been sent events, and how it answered lately: the worker's own row.
create table webhook_queue (
  endpoint_id uuid not null,
  after_transaction_id xid8 not null,
  after_sequence bigint not null,
  failures integer not null,
  failing_since timestamptz,
  resting_until timestamptz,
  lease uuid,
  leased_until timestamptz,
  constraint pk_webhook_queue primary key (endpoint_id),
  constraint fk_webhook_queue_endpoint_id
    foreign key (endpoint_id) references webhook_endpoint (id) on delete restrict,
  constraint ck_webhook_queue_failing_since_set check ((failures = 0) = (failing_since is null)),
  constraint ck_webhook_queue_failures_counted check (failures >= 0),
  constraint ck_webhook_queue_lease_ends check (lease is null or leased_until is not null)
);

-- One event for one endpoint, or a ping, which has no event; kept as long as its event.
create table webhook_delivery (
  id uuid not null,
  created_at timestamptz not null,
  endpoint_id uuid not null,
  event_id uuid,
  type text not null,
  status varchar(32) not null,
  tries integer not null,
  first_tried_at timestamptz,
  next_try_at timestamptz,
  ended_at timestamptz,
  constraint pk_webhook_delivery primary key (id),
  constraint uq_webhook_delivery_endpoint_id_event_id unique (endpoint_id, event_id),
  constraint fk_webhook_delivery_endpoint_id
    foreign key (endpoint_id) references webhook_endpoint (id) on delete restrict,
  constraint fk_webhook_delivery_event_id
    foreign key (event_id) references event (id) on delete cascade,
  constraint ck_webhook_delivery_ended_at_set check ((status = 'pending') = (ended_at is null)),
  constraint ck_webhook_delivery_first_tried_at_set check ((tries = 0) = (first_tried_at is null)),
  constraint ck_webhook_delivery_next_try_set
    check ((status = 'pending') = (next_try_at is not null)),
  constraint ck_webhook_delivery_status
    check (status in ('pending', 'delivered', 'failed', 'cancelled'))
);
create index ix_webhook_delivery_endpoint_id_id on webhook_delivery (endpoint_id, id);
create index ix_webhook_delivery_endpoint_id_pending
  on webhook_delivery (endpoint_id, id) where status = 'pending';
create index ix_webhook_delivery_event_id on webhook_delivery (event_id);

-- One try of a delivery, written down before it is made.
create table webhook_attempt (
  id uuid not null,
  created_at timestamptz not null,
  delivery_id uuid not null,
  started_at timestamptz not null,
  milliseconds integer,
  status_code integer,
  fault varchar(32),
  constraint pk_webhook_attempt primary key (id),
  constraint fk_webhook_attempt_delivery_id
    foreign key (delivery_id) references webhook_delivery (id) on delete cascade,
  constraint ck_webhook_attempt_fault
    check (fault in ('address_refused', 'not_connected', 'tls_failed', 'timeout',
      'broken_answer')),
  constraint ck_webhook_attempt_outcome check (num_nonnulls(status_code, fault) <= 1)
);
create index ix_webhook_attempt_delivery_id on webhook_attempt (delivery_id);
