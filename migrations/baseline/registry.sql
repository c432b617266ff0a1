-- The registry: agencies, their names and successors, and the collectives that plans name.

-- A body that exists from `valid_from` (inclusive) to `valid_until` (exclusive); null is open.
create table agency (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  code text not null,
  identifier text,
  identifier_source text,
  kind varchar(32) not null,
  parent_id uuid,
  valid_from date,
  valid_until date,
  unit_code text,
  certainty text,
  constraint pk_agency primary key (id),
  constraint uq_agency_code unique (code),
  constraint uq_agency_identifier unique (identifier),
  constraint fk_agency_parent_id foreign key (parent_id) references agency (id) on delete restrict,
  constraint ck_agency_code_form check (code ~ '^[A-Z0-9][A-Z0-9.-]{0,63}$'),
  constraint ck_agency_identifier_form
    check (identifier ~ '^[A-Y][0-9]{2}([.][0-9A-Z]+)*$' and length(identifier) <= 35),
  constraint ck_agency_kind
    check (kind in ('provincial_committee', 'department', 'vertical', 'press',
      'public_service_unit', 'union', 'front', 'party', 'steering_committee', 'district_committee',
      'commune_committee', 'other')),
  constraint ck_agency_not_its_own_parent check (parent_id <> id),
  constraint ck_agency_valid_period check (valid_from < valid_until)
);
create index ix_agency_parent_id on agency (parent_id);

-- The name of an agency between two days; it has at most one name a day.
create table agency_name (
  id uuid not null,
  created_at timestamptz not null,
  agency_id uuid not null,
  name text not null,
  short_name text,
  valid_from date,
  valid_until date,
  constraint pk_agency_name primary key (id),
  constraint ex_agency_name_one_a_day
    exclude using gist (agency_id with =, daterange(valid_from, valid_until) with &&),
  constraint fk_agency_name_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint ck_agency_name_valid_period check (valid_from < valid_until)
);

-- Another spelling under which documents name an agency.
create table agency_alias (
  id uuid not null,
  created_at timestamptz not null,
  agency_id uuid not null,
  alias text not null,
  constraint pk_agency_alias primary key (id),
  constraint uq_agency_alias_agency_id_alias unique (agency_id, alias),
  constraint fk_agency_alias_agency_id
    foreign key (agency_id) references agency (id) on delete restrict
);

-- From `effective_on` the successor carries what the predecessor carried, within the scope. A
-- succession recorded by mistake stays, with the moment and the reason of its correction.
create table succession (
  id uuid not null,
  created_at timestamptz not null,
  predecessor_id uuid not null,
  successor_id uuid,
  effective_on date not null,
  kind varchar(32) not null,
  scope text,
  basis text,
  certainty text,
  corrected_at timestamptz,
  constraint pk_succession primary key (id),
  constraint fk_succession_predecessor_id
    foreign key (predecessor_id) references agency (id) on delete restrict,
  constraint fk_succession_successor_id
    foreign key (successor_id) references agency (id) on delete restrict,
  constraint ck_succession_kind check (kind in ('merge', 'split', 'rename', 'abolition')),
  constraint ck_succession_successor_unless_abolished
    check ((successor_id is null) = (kind = 'abolition')),
  constraint ck_succession_two_agencies check (predecessor_id <> successor_id)
);
create index ix_succession_successor_id on succession (successor_id);
create unique index uq_succession_in_force
  on succession (predecessor_id, successor_id, effective_on) nulls not distinct
  where corrected_at is null;

-- A named class of agencies. One that is not enumerable has no members and owes nothing.
create table collective (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  code text not null,
  name text not null,
  is_enumerable boolean not null,
  constraint pk_collective primary key (id),
  constraint uq_collective_code unique (code),
  constraint ck_collective_code_form check (code ~ '^[A-Z0-9][A-Z0-9.-]{0,63}$')
);

-- Another wording under which plans name a collective.
create table collective_alias (
  id uuid not null,
  created_at timestamptz not null,
  collective_id uuid not null,
  alias text not null,
  constraint pk_collective_alias primary key (id),
  constraint uq_collective_alias_collective_id_alias unique (collective_id, alias),
  constraint fk_collective_alias_collective_id
    foreign key (collective_id) references collective (id) on delete restrict
);

-- An agency belongs to a collective from `valid_from` (inclusive) to `valid_until` (exclusive).
create table collective_member (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  collective_id uuid not null,
  agency_id uuid not null,
  valid_from date,
  valid_until date,
  constraint pk_collective_member primary key (id),
  constraint ex_collective_member_once_a_day
    exclude using gist (collective_id with =, agency_id with =, daterange(valid_from,
      valid_until) with &&),
  constraint fk_collective_member_collective_id
    foreign key (collective_id) references collective (id) on delete restrict,
  constraint fk_collective_member_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint ck_collective_member_valid_period check (valid_from < valid_until)
);
create index ix_collective_member_agency_id on collective_member (agency_id);
