-- Access: the systems that call this service, their secrets, and how often they may call.

-- A system that holds a token, for its agency or for a named list of agencies.
create table client (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  client_id text not null,
  name text not null,
  agency_id uuid not null,
  roles text[] not null,
  disabled_at timestamptz,
  last_used_at timestamptz,
  constraint pk_client primary key (id),
  constraint uq_client_client_id unique (client_id),
  constraint fk_client_agency_id foreign key (agency_id) references agency (id) on delete restrict,
  constraint ck_client_client_id_form check (client_id ~ '^[a-z0-9][a-z0-9-]{2,63}$'),
  constraint ck_client_roles_known
    check (cardinality(roles) > 0 and roles <@ array['administrator', 'issuer', 'coordinator',
      'reporter', 'supervisor', 'reader'])
);
create index ix_client_agency_id on client (agency_id);

-- An agency in whose name a client may act besides its own agency.
create table client_acts_for (
  id uuid not null,
  created_at timestamptz not null,
  client_id uuid not null,
  agency_id uuid not null,
  constraint pk_client_acts_for primary key (id),
  constraint uq_client_acts_for_client_id_agency_id unique (client_id, agency_id),
  constraint fk_client_acts_for_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint fk_client_acts_for_agency_id
    foreign key (agency_id) references agency (id) on delete restrict
);

-- The HMAC of a secret that was shown once; two may be valid at a time, for rotation.
create table client_secret (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  client_id uuid not null,
  digest bytea not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint pk_client_secret primary key (id),
  constraint uq_client_secret_digest unique (digest),
  constraint fk_client_secret_client_id
    foreign key (client_id) references client (id) on delete restrict
);
create index ix_client_secret_client_id on client_secret (client_id);

-- An access token that ends before its time; kept until it would have expired.
create table revoked_token (
  jti uuid not null,
  expires_at timestamptz not null,
  constraint pk_revoked_token primary key (jti)
);
create index ix_revoked_token_expires_at on revoked_token (expires_at);

-- The moment until which a client's requests are paid for (GCRA's theoretical arrival time).
-- Unlogged: a crash of the database may forget it.
create unlogged table allowance (
  client_id uuid not null,
  paid_until timestamptz not null,
  constraint pk_allowance primary key (client_id)
);

-- The answer to a request with an `Idempotency-Key`, committed with the change it answers.
create table stored_answer (
  client_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  status integer not null,
  headers jsonb not null,
  sealed bytea not null,
  created_at timestamptz not null,
  constraint pk_stored_answer primary key (client_id, key),
  constraint fk_stored_answer_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_stored_answer_fingerprint_length check (octet_length(fingerprint) = 32),
  constraint ck_stored_answer_status_of_success check (status between 200 and 299)
);
create index ix_stored_answer_created_at on stored_answer (created_at);
