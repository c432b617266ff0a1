-- Run by app.queries.evaluation.indicators.total_of.
-- Written by `make sql`; for psql -f, with values of your own.
\set holding_on '''2026-03-31'''
\set indicator '''00000000-0000-0000-0000-000000000004'''
explain (analyze, buffers)
with given as (select * from indicator_value where (indicator_value.indicator_id = :indicator) and (not exists (select from indicator_value n where n.indicator_id = indicator_value.indicator_id and n.assignment_id = indicator_value.assignment_id and n.period = indicator_value.period and n.number > indicator_value.number and n.filed_on <= :holding_on)))
select coalesce(sum(v.value), 0) from given v
 where not exists (
   select from given whole
    where whole.assignment_id = v.assignment_id and whole.period <> v.period
      and whole.first_day <= v.first_day and whole.last_day >= v.last_day);
