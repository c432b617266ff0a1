-- Drafts are their own agency's. Whoever reads or writes them says for which agencies, within the
-- transaction: by these functions, or by setting `tiendo.agencies` to their ids with commas between
-- them. Without it there is no row, for the owner of the tables neither. `*` stands for all: what
-- moves drafts along with assignments says it.
alter table submission_draft enable row level security;

alter table submission_draft force row level security;

drop policy if exists of_own_agency on submission_draft;

create policy of_own_agency on submission_draft using (
  agency_id::text = any (string_to_array(current_setting('tiendo.agencies', true), ','))
  or current_setting('tiendo.agencies', true) = '*');

alter table agency_report_draft enable row level security;

alter table agency_report_draft force row level security;

drop policy if exists of_own_agency on agency_report_draft;

create policy of_own_agency on agency_report_draft using (
  agency_id::text = any (string_to_array(current_setting('tiendo.agencies', true), ','))
  or current_setting('tiendo.agencies', true) = '*');

create or replace function drafts_of(agencies uuid[]) returns table (
  submission_id uuid, content jsonb, drafted_by_id uuid, narrative_id uuid, sources uuid[],
  updated_at timestamptz, state bigint
) language plpgsql rows 20 as $$
#variable_conflict use_column
begin
  perform set_config('tiendo.agencies', array_to_string(agencies, ','), true);
  return query
    select d.submission_id, d.content, d.drafted_by_id, d.narrative_id, d.sources, d.updated_at,
      d.xmin::text::bigint
      from submission_draft d where d.agency_id = any (agencies);
end $$;

create or replace function report_drafts_of(agencies uuid[]) returns table (
  agency_report_id uuid, content jsonb, updated_at timestamptz, state bigint
) language plpgsql rows 20 as $$
#variable_conflict use_column
begin
  perform set_config('tiendo.agencies', array_to_string(agencies, ','), true);
  return query
    select d.agency_report_id, d.content, d.updated_at, d.xmin::text::bigint
      from agency_report_draft d where d.agency_id = any (agencies);
end $$;
