"""The parts of a schema, read from PostgreSQL's own catalog.

`python -m tests.migrations.catalog` prints the catalog of the database in TIENDO_DATABASE_URL.
"""

import asyncio
import os
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

# `alembic check` does not see checks, triggers, functions, settings of tables and comments.
CATALOG = """
select case contype when 'n' then 'not null' else 'constraint' end as kind,
       conrelid::regclass || '.' || conname as name,
       pg_get_constraintdef(oid) || case when condeferred then ' deferred' else '' end as definition
  from pg_constraint where connamespace = 'public'::regnamespace
union all
select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
union all
select 'table', c.oid::regclass::text,
       concat_ws(' ', 'persistence', relpersistence::text,
                 case when relrowsecurity or relforcerowsecurity then 'row security' end,
                 'options ' || reloptions::text, 'privileges ' || relacl::text)
  from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
union all
select 'column', attrelid::regclass || '.' || attname,
       concat_ws(' ', format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
                 'default ' || pg_get_expr(adbin, adrelid),
                 'identity ' || nullif(attidentity::text, ''),
                 'collation ' || nullif(attcollation, typcollation)::regcollation::text,
                 'storage ' || nullif(attstorage, typstorage)::text,
                 'compression ' || nullif(attcompression::text, ''),
                 'statistics ' || nullif(attstattarget, -1)::text,
                 'options ' || attoptions::text, 'privileges ' || attacl::text)
  from pg_attribute join pg_class c on c.oid = attrelid join pg_type t on t.oid = atttypid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
 where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
   and attnum > 0 and not attisdropped
union all
select 'sequence', sequencename,
       concat_ws(' ', data_type, start_value, min_value, max_value, increment_by,
                 case when cycle then 'cycle' end)
  from pg_sequences where schemaname = 'public'
union all
select 'trigger', tgrelid::regclass || '.' || tgname,
       concat_ws(' enabled ', pg_get_triggerdef(oid), nullif(tgenabled::text, 'O'))
  from pg_trigger where not tgisinternal
union all
select 'function', p.oid::regprocedure::text,
       pg_get_functiondef(p.oid) || coalesce(' privileges ' || proacl::text, '')
  from pg_proc p left join pg_depend d on d.objid = p.oid and d.deptype = 'e'
 where pronamespace = 'public'::regnamespace and d.objid is null and prokind = 'f'
union all
select 'view', viewname, definition from pg_views where schemaname = 'public'
union all
select 'policy', tablename || '.' || policyname,
       concat_ws(' ', permissive, roles, cmd, qual, with_check)
  from pg_policies where schemaname = 'public'
union all
select 'statistics', stxname, pg_get_statisticsobjdef(oid) from pg_statistic_ext
 where stxnamespace = 'public'::regnamespace
union all
select 'comment', concat_ws(' ', classoid::regclass, objoid::regclass, objsubid), description
  from pg_description join pg_class c on c.oid = objoid and classoid = 'pg_class'::regclass
 where relnamespace = 'public'::regnamespace
union all
select 'type', typname, typtype::text from pg_type t left join pg_depend d
       on d.objid = t.oid and d.deptype = 'e'
 where typnamespace = 'public'::regnamespace and typtype in ('e', 'd') and d.objid is null
union all
select 'extension', extname, '' from pg_extension
"""
Catalog = dict[tuple[str, str], str]


def on(url: str, work: Any) -> Any:
    """The result of *work*, which is given a connection to a database."""

    async def run() -> Any:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def catalog(connection: sa.Connection) -> Catalog:
    """Every part of the schema but Alembic's own table, by its kind and its name."""
    rows = connection.execute(sa.text(CATALOG))
    return {
        (row.kind, row.name): row.definition for row in rows if "alembic_version" not in row.name
    }


def catalog_of(url: str) -> Catalog:
    """The catalog of a database."""
    found: Catalog = on(url, catalog)
    return found


def written(parts: Catalog) -> str:
    """A catalog as sorted text, in which the same schema reads the same on every PostgreSQL.

    Names of NOT NULL constraints are left out: before PostgreSQL 18 there are none. Columns say
    whether they may be null.
    """
    return "".join(
        f"{kind} {name}: {definition.strip()}\n"
        for (kind, name), definition in sorted(parts.items())
        if kind != "not null"
    )


if __name__ == "__main__":
    scheme, _, rest = os.environ["TIENDO_DATABASE_URL"].partition("://")
    print(written(catalog_of(f"postgresql+asyncpg://{rest}")), end="")  # noqa: T201 - a command
