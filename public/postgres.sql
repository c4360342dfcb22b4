-- Shuke on PostgreSQL (13 or later): the tables, the merge function and the rights for syncing by PostgREST or Supabase.
-- Run it once as the owner of the database: psql -f postgres.sql. Running it again changes nothing that is stored.
--
-- A browser sees three functions, all below: shuke_about, shuke_pull and shuke_push. Nobody but their owner writes to the
-- tables in any other way, and everybody sees only the rows of the team that is named in his token. Records are merged
-- here exactly as browsers merge them: field by field the later stamp stays. See docs/growing.md.

begin;

create schema if not exists shuke;

-- Who is meant by a token: a role without a password of its own. PostgREST switches to it (claim "role").
do $$ begin
  if not exists (select from pg_roles where rolname = 'shuke_member') then
    create role shuke_member nologin;
  end if;
end $$;

-- This database. A browser that finds another epoch, or a smaller number than before, asks a person what to do.
create table if not exists shuke.about (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null default gen_random_uuid(),
  format integer not null default 1
);
insert into shuke.about default values on conflict do nothing;

-- One counter a team. Whoever changes a record holds this row until he commits, so that the order of the numbers is the
-- order in which changes become visible: a browser that has read up to n never misses one before n.
create table if not exists shuke.teams (
  team text primary key,
  seq bigint not null default 0
);

create table if not exists shuke.records (
  team text not null references shuke.teams,
  kind text not null check (kind ~ '^[A-Za-z][A-Za-z0-9]{0,39}$'),
  id text not null check (length(id) between 1 and 200),
  doc jsonb not null check (jsonb_typeof(doc) = 'object'),
  deleted boolean not null generated always as (coalesce(doc -> 'deleted' = 'true', false)) stored,
  seq bigint not null,
  -- What is pulled at once. A column of its own, so that before any statistics the planner cannot take the index by number
  -- for one record's.
  list text not null generated always as (team || ' ' || kind) stored,
  primary key (team, kind, id)
);
create unique index if not exists records_by_seq on shuke.records (list, seq);

-- The team of whoever asks, from his token: PostgREST and Supabase put the claims there.
create or replace function shuke.team() returns text language sql stable as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'team'
$$;

-- How a field merges: as one value, as a set of elements, or member by member.
create or replace function shuke.class(kind text, field text) returns text language sql immutable as $$
  select case
    when kind = 'customers' and field in ('tags', 'interests') then 'set'
    when kind = 'customers' and field in ('custom', 'consent') or kind = 'settings' then 'members'
    else 'whole'
  end
$$;

-- The stamp of what nobody stamped: before every edit.
create or replace function shuke.zero() returns text language sql immutable as $$ select '0000000000-0000-00000' $$;

-- A value as an object, whatever it is: an empty one where it is none.
create or replace function shuke.object(value jsonb) returns jsonb language sql immutable as $$
  select case when jsonb_typeof(value) = 'object' then value else '{}' end
$$;

-- A value as a list, or null where it is none.
create or replace function shuke.list(value jsonb) returns jsonb language sql immutable as $$
  select case when jsonb_typeof(value) = 'array' then value end
$$;

-- Lists of stamps as one: the latest of each browser, whose number is the last part.
create or replace function shuke.known(lists jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(latest.stamp order by latest.stamp collate "C"), '[]')
  from (
    select max(s.stamp collate "C") as stamp
    from jsonb_array_elements(lists) l (list), jsonb_array_elements_text(l.list) s (stamp)
    where s.stamp <> shuke.zero() group by right(s.stamp, 5)
  ) latest
$$;

-- The leaves of a record: whole fields, elements of sets, members of objects, each with its stamp and the stamps of what it
-- was made over, where it says so. One that has a stamp and no value was removed.
drop function if exists shuke.leaves(text, jsonb);
create or replace function shuke.leaves(kind text, doc jsonb)
returns table (field text, part text, stamp text, value jsonb, "over" jsonb) language sql immutable as $$
  with
  meta as (select shuke.object(doc -> 'shuke') as it),
  own as (
    select f.key as field, null as part, f.value #>> '{}' as stamp
    from meta, jsonb_each(shuke.object(meta.it -> 'fields')) f
    where jsonb_typeof(f.value) = 'string'
    union all
    select f.key, p.key, p.value #>> '{}'
    from meta, jsonb_each(shuke.object(meta.it -> 'fields')) f, jsonb_each(shuke.object(f.value)) p
  ),
  fields as (
    select f.key as field, f.value, case
      when jsonb_typeof(f.value) = 'array' and shuke.class(kind, f.key) = 'set' then 'set'
      when jsonb_typeof(f.value) = 'object' and shuke.class(kind, f.key) = 'members' then 'members'
      else 'whole'
    end as class
    from jsonb_each(doc) f
    where f.key not in ('id', 'deleted', 'mergedInto', 'erased', 'shuke', 'seq')
  ),
  valued as (
    select f.field, null as part, f.value from fields f where f.class = 'whole'
    union all
    select f.field, e.part, e.value from fields f, lateral (
      select distinct on (1) case jsonb_typeof(item) when 'string' then item #>> '{}' else item::text end, item
      from jsonb_array_elements(case f.class when 'set' then f.value else '[]' end) item
    ) e (part, value)
    union all
    select f.field, m.key, m.value from fields f, jsonb_each(case f.class when 'members' then f.value else '{}' end) m
  )
  select coalesce(v.field, o.field), coalesce(v.part, o.part),
    coalesce(o.stamp, meta.it ->> 'at', shuke.zero()), v.value,
    case when coalesce(v.part, o.part) is null then shuke.list(meta.it -> 'over' -> coalesce(v.field, o.field))
      else shuke.list(meta.it -> 'over' -> coalesce(v.field, o.field) -> coalesce(v.part, o.part)) end
  from meta cross join (
    valued v full join own o on v.field = o.field and coalesce('.' || v.part, '') = coalesce('.' || o.part, '')
  )
$$;

-- A record of its leaves, in the one form that one content has: `at` is the earliest stamp of a value.
create or replace function shuke.record(kind text, head jsonb, born text, life text, leaves jsonb)
returns jsonb language sql immutable as $$
  with
  leaf as (
    select l ->> 'f' as field, l ->> 'p' as part, l ->> 's' as stamp, l -> 'v' as value, l -> 'o' as known
    from jsonb_array_elements(leaves) l
  ),
  base as (select coalesce(min(stamp collate "C") filter (where value is not null), born) as at from leaf),
  field as (
    select field, case
      when bool_or(part is null) then (array_agg(value) filter (where part is null))[1]
      when shuke.class(kind, field) = 'set' then jsonb_agg(value order by part collate "C")
      else jsonb_object_agg(part, value) filter (where part is not null)
    end as value
    from leaf where value is not null group by field
  ),
  own as (
    select leaf.field, case when bool_or(leaf.part is null) then to_jsonb(min(leaf.stamp) filter (where leaf.part is null))
      else jsonb_object_agg(leaf.part, leaf.stamp) filter (where leaf.part is not null) end as stamps
    from leaf, base where leaf.stamp <> base.at or leaf.value is null group by leaf.field
  ),
  fields as (select jsonb_object_agg(field, stamps) as it from own),
  known as (
    select field, case when bool_or(part is null) then (array_agg(known) filter (where part is null))[1]
      else jsonb_object_agg(part, known) filter (where part is not null) end as stamps
    from leaf where known is not null group by field
  ),
  overs as (select jsonb_object_agg(field, stamps) as it from known)
  select coalesce((select jsonb_object_agg(field, value) from field), '{}') || head
    || jsonb_build_object('shuke', jsonb_strip_nulls(jsonb_build_object(
      'v', 1, 'born', born, 'at', base.at, 'life', nullif(life, shuke.zero()), 'fields', fields.it, 'over', overs.it)))
  from base, fields, overs
$$;

-- Two versions of a record become one, whoever comes first: leaf by leaf the later stamp stays; at equal stamps the greater
-- value, so that all choose alike. What was removed stays removed until somebody restores it later; what was erased
-- stays erased.
create or replace function shuke.merge(kind text, a jsonb, b jsonb) returns jsonb language plpgsql immutable as $$
declare
  born text := least(coalesce(a #>> '{shuke,born}', shuke.zero()) collate "C", coalesce(b #>> '{shuke,born}', shuke.zero()) collate "C");
  life text;
  head jsonb;
  leaves jsonb;
begin
  select l.at, jsonb_strip_nulls(jsonb_build_object(
      'id', a -> 'id', 'deleted', case when l.deleted then true end, 'erased', case when l.erased then true end,
      'mergedInto', case when not l.erased then l.into_ end))
  into life, head
  from (
    select coalesce(doc #>> '{shuke,life}', shuke.zero()) collate "C" as at,
      coalesce(doc -> 'erased' = 'true', false) as erased,
      coalesce(doc -> 'erased' = 'true' or doc -> 'deleted' = 'true', false) as deleted,
      nullif(doc ->> 'mergedInto', '') collate "C" as into_, place
    from (values (a, 1), (b, 2)) both_ (doc, place)
  ) l
  order by l.erased desc, l.at desc, l.deleted desc, l.into_ desc nulls last, l.place
  limit 1;
  if head ? 'erased' then
    return shuke.record(kind, head, born, life, '[]');
  end if;
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('f', m.field, 'p', m.part, 's', m.stamp,
      'o', case when m.lists is not null then shuke.known(m.lists) end))
    || case when m.value is null then '{}' else jsonb_build_object('v', m.value) end), '[]')
  into leaves
  from (
    select distinct on (field, part) field, part, stamp, value, lists
    from (
      -- Two copies of one edit know what either knows.
      select field, part, stamp, value, jsonb_agg("over") filter (where "over" is not null) as lists
      from (select * from shuke.leaves(kind, a) union all select * from shuke.leaves(kind, b)) l
      group by field, part, stamp, value
    ) edit
    order by field, part, stamp collate "C" desc, value::text collate "C" desc nulls last
  ) m;
  return shuke.record(kind, head, born, life, leaves);
end $$;

-- The stamp that follows from another, the same for everybody: of an edit made here by SQL.
create or replace function shuke.derived(stamp text) returns text language plpgsql immutable as $$
declare
  digits constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  counter integer := 0;
  place integer;
begin
  for place in 12..15 loop
    counter := counter * 32 + position(substr(stamp, place, 1) in digits) - 1;
  end loop;
  -- 65,536 edits by SQL of one field between two edits in a browser: the last place is used again.
  counter := least(counter + 1, 65535);
  return left(stamp, 11) || (
    select string_agg(substr(digits, ((counter >> (5 * n)) & 31) + 1, 1), '' order by n desc) from generate_series(0, 3) n
  ) || '-00000';
end $$;

-- An edit by SQL is an edit: what changed gets the stamp that follows from the one it had.
create or replace function shuke.stamped(kind text, old jsonb, new jsonb) returns jsonb language plpgsql immutable as $$
declare
  life text := coalesce(old #>> '{shuke,life}', shuke.zero());
  leaves jsonb;
  latest text;
begin
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('f', l.field, 'p', l.part, 's', l.stamp, 'o', l.known))
      || case when l.value is null then '{}' else jsonb_build_object('v', l.value) end), '[]'),
    max(l.stamp collate "C")
  into leaves, latest
  from (
    select coalesce(n.field, o.field) as field, coalesce(n.part, o.part) as part, n.value,
      case when o.stamp is null then n.stamp
        when n.value is distinct from o.value then shuke.derived(o.stamp)
        else o.stamp end as stamp,
      case when o.stamp is null then n."over"
        when n.value is distinct from o.value then coalesce(o."over", '[]') || to_jsonb(o.stamp)
        else o."over" end as known
    from shuke.leaves(kind, new) n full join shuke.leaves(kind, old) o
      on n.field = o.field and coalesce('.' || n.part, '') = coalesce('.' || o.part, '')
  ) l;
  if (new -> 'deleted') is distinct from (old -> 'deleted') then
    life := shuke.derived(greatest(coalesce(latest, life) collate "C", life collate "C"));
  end if;
  return shuke.record(kind,
    (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(new) where key in ('id', 'deleted', 'erased', 'mergedInto')),
    coalesce(old #>> '{shuke,born}', shuke.zero()), life, leaves);
end $$;

-- Every change gets the next number of its team, whoever makes it.
create or replace function shuke.number() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'records are not deleted: browsers would not hear of it'
      using hint = 'set doc = doc || ''{"deleted": true}'' instead';
  end if;
  -- shuke_push numbers what it merged itself: one number after the other, written back once.
  if current_setting('shuke.pushing', true) = 'yes' then
    return new;
  end if;
  new.doc := new.doc - 'seq' || jsonb_build_object('id', new.id);
  if tg_op = 'UPDATE' and (new.doc -> 'shuke') is not distinct from (old.doc -> 'shuke') then
    if new.doc = old.doc then
      return null;
    end if;
    new.doc := shuke.stamped(new.kind, old.doc, new.doc);
  end if;
  insert into shuke.teams (team) values (new.team) on conflict do nothing;
  update shuke.teams set seq = seq + 1 where team = new.team returning seq into new.seq;
  return new;
end $$;
drop trigger if exists number on shuke.records;
create trigger number before insert or update or delete on shuke.records for each row execute function shuke.number();

-- What is wrong with a record, or null.
create or replace function shuke.wrong(kind text, doc jsonb) returns text language sql immutable as $$
  select case
    when jsonb_typeof(doc) <> 'object' then 'bad-record'
    when jsonb_typeof(doc -> 'id') is distinct from 'string' or length(doc ->> 'id') not between 1 and 200 then 'bad-id'
    when jsonb_typeof(doc -> 'shuke') not in ('object', 'null') then 'bad-record'
    when doc #> '{shuke,v}' <> '1' then 'newer-version'
    when jsonb_path_exists(doc,
      '$.shuke.* ? (@.type() == "string" && !(@ like_regex "^[0-9a-hjkmnp-tv-z]{10}-[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{5}$"))')
      or jsonb_path_exists(doc,
      '$.shuke.fields.** ? (@.type() == "string" && !(@ like_regex "^[0-9a-hjkmnp-tv-z]{10}-[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{5}$"))')
      or jsonb_path_exists(doc,
      '$.shuke.over.** ? (@.type() == "string" && !(@ like_regex "^[0-9a-hjkmnp-tv-z]{10}-[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{5}$"))')
    then 'bad-record'
    when kind = 'customers' and exists (
      select from jsonb_each(doc) f
      where shuke.class(kind, f.key) = 'set' and jsonb_typeof(f.value) not in ('array', 'null')
        or shuke.class(kind, f.key) = 'members' and jsonb_typeof(f.value) not in ('object', 'null')
    ) then 'bad-record'
  end
$$;

-- Takes records of one kind, merges each with what is there, and says for each what became of it. The same records again
-- change nothing. All or nothing, under the lock of the team.
create or replace function public.shuke_push(kind text, records jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  mine constant text := shuke.team();
  answers jsonb := '[]';
  record jsonb;
  code text;
  merged jsonb;
  there shuke.records;
  last bigint;
begin
  if mine is null or mine = '' then
    raise exception 'the token names no team' using errcode = '42501';
  end if;
  if jsonb_typeof(records) <> 'array' or jsonb_array_length(records) > 500 then
    raise exception 'records: an array of at most 500' using errcode = '22023';
  end if;
  perform set_config('shuke.pushing', 'yes', true);
  insert into shuke.teams (team) values (mine) on conflict do nothing;
  select t.seq into last from shuke.teams t where t.team = mine for update;
  for record in select value from jsonb_array_elements(records) loop
    code := shuke.wrong(kind, record);
    if code is not null then
      answers := answers || jsonb_build_object('id', case when jsonb_typeof(record) = 'object' then record -> 'id' end, 'status', 'refused', 'code', code);
      continue;
    end if;
    record := record - 'seq';
    select r.* into there from shuke.records r where r.team = mine and r.kind = shuke_push.kind and r.id = record ->> 'id';
    if not found then
      last := last + 1;
      insert into shuke.records (team, kind, id, doc, seq) values (mine, shuke_push.kind, record ->> 'id', record, last);
      answers := answers || jsonb_build_object('id', record -> 'id', 'status', 'stored', 'seq', last);
      continue;
    end if;
    merged := case record when there.doc then record else shuke.merge(shuke_push.kind, there.doc, record) end;
    if merged = there.doc then
      answers := answers || jsonb_build_object('id', there.id, 'status', 'same', 'seq', there.seq);
    else
      last := last + 1;
      update shuke.records r set doc = merged, seq = last where r.team = mine and r.kind = shuke_push.kind and r.id = there.id;
      answers := answers || jsonb_build_object('id', there.id, 'status', 'stored', 'seq', last);
    end if;
  end loop;
  update shuke.teams t set seq = last where t.team = mine and t.seq <> last;
  perform set_config('shuke.pushing', '', true);
  return answers;
end $$;

-- The records of one kind that changed after a number, in the order in which they did, each with its number. Along the
-- index, page by page, also before there are statistics: a sort of all that follows would make a million records costly.
create or replace function public.shuke_pull(kind text, after text default '0', size integer default 1000) returns setof jsonb
language sql stable set search_path = '' set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off as $$
  select r.doc || jsonb_build_object('seq', r.seq)
  from shuke.records r
  where r.list = shuke.team() || ' ' || shuke_pull.kind and r.seq > coalesce(nullif(after, ''), '0')::bigint
  order by r.seq
  limit least(greatest(size, 1), 5000)
$$;

-- Which database this is and how far it is.
create or replace function public.shuke_about() returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object('epoch', a.epoch, 'format', a.format, 'team', shuke.team(),
    'seq', coalesce((select t.seq from shuke.teams t where t.team = shuke.team()), 0))
  from shuke.about a
$$;

-- Rights: a member reads the rows of his team, and writes by the functions only.
alter table shuke.records enable row level security;
alter table shuke.teams enable row level security;
drop policy if exists own_team on shuke.records;
create policy own_team on shuke.records for select to shuke_member using (team = (select shuke.team()));
drop policy if exists own_team on shuke.teams;
create policy own_team on shuke.teams for select to shuke_member using (team = (select shuke.team()));
revoke all on schema shuke from public;
revoke all on function public.shuke_push, public.shuke_pull, public.shuke_about from public;
grant usage on schema shuke to shuke_member;
grant select on shuke.records, shuke.teams, shuke.about to shuke_member;
grant execute on function public.shuke_push, public.shuke_pull, public.shuke_about to shuke_member;

-- What is there, for reports: select doc ->> 'name' from shuke.living where kind = 'customers'.
create or replace view shuke.living as
  select team, kind, id, doc - 'shuke' as doc, seq from shuke.records where not deleted;

commit;
