-- Six tables in a row, each with twice the rows of the one before: t5 belongs to t4, … t1 to t0.
SELECT format('CREATE TABLE t%s (id bigint PRIMARY KEY, parent_id bigint, amount bigint NOT NULL) WITH (fillfactor = 80)', k),
    format('INSERT INTO t%s SELECT i, i / 2 + i %% 2, 1 + abs(hashint8(i) %% 1000) FROM generate_series(1, %s) AS i', k, :rows * (2 ^ k)::bigint)
FROM generate_series(0, 5) AS k ORDER BY k \gexec
SELECT format('ALTER TABLE t%s ADD FOREIGN KEY (parent_id) REFERENCES t%s', k, k - 1), format('CREATE INDEX ON t%s (parent_id)', k)
FROM generate_series(1, 5) AS k ORDER BY k \gexec

CREATE VIEW contents AS SELECT (SELECT sum(amount) FROM t5) AS deepest, (SELECT sum(amount) FROM t1) AS uppermost;
