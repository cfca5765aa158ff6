-- The junction with its keys and indexes, nothing derived.
CREATE TABLE article_tag (
    source bigint NOT NULL,
    target bigint NOT NULL
);
INSERT INTO article_tag SELECT * FROM pair ORDER BY source, target;
ALTER TABLE article_tag ADD PRIMARY KEY (source, target),
    ADD FOREIGN KEY (source) REFERENCES article ON UPDATE CASCADE ON DELETE CASCADE,
    ADD FOREIGN KEY (target) REFERENCES tag ON UPDATE CASCADE ON DELETE CASCADE;
CREATE INDEX ON article_tag (target, source);
\ir contents.sql
