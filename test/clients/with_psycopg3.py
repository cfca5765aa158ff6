"""Links read and written with psycopg 3.  The server is the one that PGHOST and so on name."""
import os

import psycopg
from psycopg.types.json import Json, Jsonb

import checks

here = os.path.dirname(os.path.abspath(__file__))
connection = psycopg.connect('', autocommit=True)
client = checks.Client(connection, psycopg.Error)
client.rows(open(os.path.join(here, 'tables.sql')).read())

checks.check_all(client, 'psycopg 3', Jsonb)
checks.check_all(client, 'psycopg 3, json', Json)
checks.check_all(checks.Client(connection, psycopg.Error, prepare=True), 'psycopg 3, prepared', Jsonb)

# parameters in binary; results as text
for value, keys in ((5, [5]), ([1, 2], [1, 2]), ('{1,2}', [1, 2]), (Jsonb([1, 2]), [1, 2])):
    client.rows('UPDATE project SET team = %b WHERE id = 2', value)
    checks.same(client.value('SELECT team::bigint[] FROM project WHERE id = 2'), keys, f'binary parameter {value!r}')
client.rows('UPDATE project SET tags = %b WHERE id = 2', checks.UUIDS)
checks.same(client.value('SELECT tags::uuid[] FROM project WHERE id = 2'), checks.UUIDS, 'binary parameter of uuids')

# results in binary: the form that link_send writes, which can be sent back as it came
with connection.cursor(binary=True) as cursor:
    sent = cursor.execute('SELECT team, tags, badges, manager FROM project WHERE id = 1').fetchone()
    checks.same(sent[0], bytes.fromhex('01 03 00 00000002 00000008 0000000000000001 00000008 0000000000000002'), 'a binary result is what link_send writes')
with connection.cursor() as cursor:
    oid = cursor.execute("SELECT 'interlink.link'::regtype::oid").fetchone()[0]


class Link(bytes):
    """A link in its binary form."""


class LinkDumper(psycopg.adapt.Dumper):
    format = psycopg.pq.Format.BINARY

    def dump(self, link):
        return bytes(link)


LinkDumper.oid = oid
connection.adapters.register_dumper(Link, LinkDumper)
client.rows('UPDATE project SET team = %b, tags = %b, badges = %b, manager = %b WHERE id = 3', *map(Link, sent))
checks.same(client.value('SELECT a.team = b.team AND a.tags = b.tags AND a.badges = b.badges AND a.manager = b.manager FROM project a, project b WHERE (a.id, b.id) = (1, 3)'), True,
            'what came in binary is sent in binary')
checks.same(client.sqlstate('UPDATE project SET team = %b WHERE id = 3', Link(sent[0][:-1])), '22P03', 'less than that is refused')

# pipelines, and many rows at once
with connection.pipeline(), connection.cursor() as cursor:
    cursor.executemany('INSERT INTO project (id, team) VALUES (%s, %s)', [(i, [1, i]) for i in range(10, 20)])
    cursor.executemany('UPDATE project SET manager = %s WHERE id = %s', [(i, i) for i in range(10, 20)])
checks.same(client.value('SELECT count(*) FROM project WHERE id BETWEEN 10 AND 19 AND team = ARRAY[1, id]::bigint[] AND manager = id'), 10, 'executemany in a pipeline')

# COPY, row by row and as bytes
with connection.cursor() as cursor:
    with cursor.copy('COPY project (id, team, badges) FROM STDIN') as copy:
        for i in range(20, 30):
            copy.write_row((i, [1, 2], ['a', 'd"e']))
    checks.same(client.value('''SELECT count(*) FROM project WHERE id BETWEEN 20 AND 29 AND team = '{1,2}' AND badges = '{a,"d\\"e"}' '''), 10, 'COPY row by row')
    for form in ('text', 'csv', 'binary'):
        with cursor.copy(f'COPY (SELECT id + 100, team, manager, tags, badges FROM project WHERE id < 4) TO STDOUT (FORMAT {form})') as copy:
            copied = b''.join(bytes(part) for part in copy)
        client.rows('DELETE FROM project WHERE id > 100')
        with cursor.copy(f'COPY project (id, team, manager, tags, badges) FROM STDIN (FORMAT {form})') as copy:
            copy.write(copied)
        checks.same(client.value('''SELECT count(*) FROM project a JOIN project b ON b.id = a.id + 100 AND b.team = a.team AND b.manager IS NOT DISTINCT FROM a.manager
                                    AND b.tags = a.tags AND b.badges = a.badges'''), 3, f'COPY ({form}) there and back')

checks.same(client.value('SELECT count(*) FROM interlink.audit()'), 0, 'the audit is empty')
checks.done()
