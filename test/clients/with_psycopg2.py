"""Links read and written with psycopg2.  The server is the one that PGHOST and so on name."""
import io
import os

import psycopg2
import psycopg2.extras

import checks

here = os.path.dirname(os.path.abspath(__file__))
connection = psycopg2.connect('')
connection.autocommit = True
psycopg2.extras.register_uuid()
client = checks.Client(connection, psycopg2.Error)
client.rows(open(os.path.join(here, 'tables.sql')).read())

checks.check_all(client, 'psycopg2', psycopg2.extras.Json)

# many rows at once
with connection.cursor() as cursor:
    psycopg2.extras.execute_values(cursor, 'INSERT INTO project (id, team) VALUES %s', [(i, [1, i]) for i in range(10, 20)], template='(%s, %s::int[])')
    psycopg2.extras.execute_batch(cursor, 'UPDATE project SET manager = %s WHERE id = %s', [(i, i) for i in range(10, 20)])
checks.same(client.value('SELECT count(*) FROM project WHERE id BETWEEN 10 AND 19 AND team = ARRAY[1, id]::bigint[] AND manager = id'), 10, 'execute_values, execute_batch')

# COPY, as text and binary
for form in ('text', 'csv', 'binary'):
    with connection.cursor() as cursor:
        copied = io.BytesIO()
        cursor.copy_expert(f'COPY (SELECT id + 100, team, manager, tags, badges FROM project WHERE id < 4) TO STDOUT (FORMAT {form})', copied)
        copied.seek(0)
        cursor.execute('DELETE FROM project WHERE id > 100')
        cursor.copy_expert(f'COPY project (id, team, manager, tags, badges) FROM STDIN (FORMAT {form})', copied)
    checks.same(client.value('''SELECT count(*) FROM project a JOIN project b ON b.id = a.id + 100 AND b.team = a.team AND b.manager IS NOT DISTINCT FROM a.manager
                                AND b.tags = a.tags AND b.badges = a.badges'''), 3, f'COPY ({form}) there and back')

checks.same(client.value('SELECT count(*) FROM interlink.audit()'), 0, 'the audit is empty')
checks.done()
