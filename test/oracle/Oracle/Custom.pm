package Oracle::Custom;
# What users hang on their tables: views, triggers, rules, and functions that write.
# Each is {what, sql, name}, made after the fields; {disturbs} where statements then do more than they say.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Schema;

sub add {
    my ($schema) = @_;
    my @custom = map { view($schema, $_) } 1 .. (chance(0.5) ? between(1, 3) : 0);
    push @custom, map { writer($schema, $_) } 1 .. (chance(0.4) ? between(1, 2) : 0);
    push @custom, map { trigger($schema, $_) } 1 .. between(1, 3) if chance(0.4);
    push @custom, rule($schema) if chance(0.12);
    $schema->{custom} = \@custom;
    return;
}

sub live { my ($schema, $what) = @_; return grep { $_->{live} && $_->{what} eq $what } @{$schema->{custom}} }

# An updatable view of what is never dropped; some rows may be out of its sight. {plain} is the same without link columns.
sub view {
    my ($schema, $number) = @_;
    my $table = pick(@{$schema->{tables}});
    my @ends = $schema->ends($table);
    my @columns = ((map { $_->columns } @{$table->{keys}}), (map { $_->{name} } @{$table->{columns}}), (map { $_->{link}{fk}->columns } grep { Oracle::Schema::holds_key($_) } @ends));
    my @links = map { $_->{name} } grep { $_->{name} && $_->{link}{columns} ne 'none' } @ends;
    push @links, map { $_->{link}{place} } grep { $_->{link}{ordered} && Oracle::Schema::holds_key($_) } @ends;
    my $column = pick(@{$table->{columns}});
    my $where = chance(0.4) ? " WHERE $column->{name} IS " . pick('', 'NOT ') . 'NULL' : '';
    my $check = $where && chance(0.5) ? ' WITH CHECK OPTION' : '';
    my ($plain, $sql) = map { my %seen; "CREATE VIEW v$number AS SELECT " . join(', ', grep { !$seen{$_}++ } @$_) . " FROM $table->{name}$where$check" } [@columns], [@columns, @links];
    return {what => 'view', name => "v$number", table => $table, sql => $sql, plain => $plain};
}

# A statement on some row of a table, which somebody else's statement brings about.
sub change {
    my ($schema, $other) = @_;
    my $column = pick(@{$other->{columns}});
    my ($key) = map { $_->{link}{fk}->own($other->{key}) } grep { Oracle::Schema::holds_key($_) } shuffled($schema->ends($other));
    my ($id, $list) = ($other->{key}->row, $other->{key}->name);
    my $order = chance(0.5) ? $list : join ', ', map { "$_ DESC" } $other->{key}->columns;
    my $first = "$id = (SELECT $list FROM $other->{name} ORDER BY $order LIMIT 1)";
    return pick("UPDATE $other->{name} SET $column->{name} = " . literal($column->{type}) . " WHERE $first",
        chance(0.4) ? "DELETE FROM $other->{name} WHERE $first" : (),
        $key && chance(0.6) ? "UPDATE $other->{name} SET $key = NULL WHERE $first" : ());
}

# public.act1() changes something and returns a number.
sub writer {
    my ($schema, $number) = @_;
    my $change = change($schema, pick(@{$schema->{tables}}));
    my $body = chance(0.3) ? "BEGIN $change; RAISE EXCEPTION 'never mind'; EXCEPTION WHEN raise_exception THEN NULL; END" : $change;
    return {what => 'writer', name => "act$number",
        sql => "CREATE FUNCTION act$number() RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN $body; RETURN " . between(1, 9) . '; END $$'};
}

my $careful = 'EXCEPTION WHEN deadlock_detected OR serialization_failure THEN RAISE; WHEN OTHERS THEN NULL; END';

# A row that comes or changes, before it is stored.
sub before_bodies {
    my ($table, $mine, $change, $key) = @_;
    return (['BEFORE INSERT OR UPDATE', "NEW.$mine->{name} := " . literal($mine->{type}) . '; RETURN NEW;'],
        # A row on its way to another partition would be gone, and PostgreSQL does not look who refers to it.
        $table->{parts} ? () : ['BEFORE INSERT', "IF NEW.$mine->{name} IS NULL THEN RETURN NULL; END IF; RETURN NEW;"],
        ['BEFORE INSERT OR UPDATE OR DELETE', "IF pg_trigger_depth() < 2 THEN BEGIN $change; $careful; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"],
        $key ? (['BEFORE INSERT OR UPDATE', "NEW.$key->{own} := NULL; RETURN NEW;"],
            ['BEFORE INSERT OR UPDATE', "NEW.$key->{own} := (SELECT $key->{there} FROM $key->{far}{name} ORDER BY $key->{there} LIMIT 1); RETURN NEW;"]) : ());
}

# At COMMIT triggers are not nested, however they bring each other about: a transaction has a number of them.
my $still_fires = "set_config('oracle.fired', (coalesce(nullif(current_setting('oracle.fired', true), ''), '0')::int + 1)::text, true)::int < 20";

# What follows from a statement.
sub after_bodies {
    my ($table, $mine, $change, $key) = @_;
    my @any = ('AFTER INSERT OR UPDATE OR DELETE');
    my $name = $table->{name};
    return ([@any, "IF pg_trigger_depth() < 3 THEN $change; END IF; RETURN NULL;"],
        [@any, "IF $still_fires THEN $change; END IF; RETURN NULL;", 'CONSTRAINT'],
        [@any, "IF pg_trigger_depth() < 3 THEN BEGIN $change; RAISE EXCEPTION 'never mind'; $careful; END IF; RETURN NULL;"],
        [@any, "IF pg_trigger_depth() < 3 THEN BEGIN $change; $careful; END IF; RETURN NULL;", 'STATEMENT'],
        $key ? (['AFTER INSERT OR UPDATE', "IF pg_trigger_depth() < 3 THEN DELETE FROM $name WHERE " . $key->{link}{fk}->same($name, $key->{link}{fk}, 'NEW') . " AND $name.id < NEW.id; END IF; RETURN NULL;", 'ROW'],
            ['AFTER INSERT', "UPDATE $key->{far}{name} SET $key->{set} WHERE " . $key->{link}{refers}->row . " IN (SELECT $key->{link}{key} FROM added); RETURN NULL;", 'TRANSITION']) : ());
}

# A trigger of the user's own: changes the row on its way in, or other rows before or after it.
sub trigger {
    my ($schema, $number) = @_;
    my $table = pick(@{$schema->{tables}});
    my $mine = pick(@{$table->{columns}});
    my ($end) = grep { Oracle::Schema::holds_key($_) } shuffled($schema->ends($table));
    my $set = $end && pick(@{$end->{far}{columns}});
    my ($own) = $end ? $end->{link}{fk}->own($table->{key}) : ();
    my $key = $end && {%$end, own => $own, there => $end->{link}{fk}->counterpart($own, $end->{link}{refers}), set => "$set->{name} = " . literal($set->{type})};
    my $change = change($schema, pick(@{$schema->{tables}}));
    my ($when, $body, $how) = @{pick(before_bodies($table, $mine, $change, $key), after_bodies($table, $mine, $change, $key))};
    my $level = $when =~ /BEFORE/ ? 'ROW' : $how || (chance(0.3) ? 'STATEMENT' : 'ROW');
    my $name = pick('a', 'zzz') . "_user$number";
    my $kind = $level eq 'CONSTRAINT' ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
    my $for = {CONSTRAINT => 'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW', TRANSITION => 'REFERENCING NEW TABLE AS added FOR EACH STATEMENT'}->{$level} || "FOR EACH $level";
    return {what => 'trigger', name => $name, disturbs => 1,
        sql => "CREATE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN $body END \$\$; CREATE $kind $name $when ON $table->{name} $for EXECUTE FUNCTION $name()"};
}

# A rule that adds something to a statement.
sub rule {
    my ($schema) = @_;
    my ($table, $other) = some(2, @{$schema->{tables}});
    my $event = pick('INSERT', 'UPDATE', 'DELETE');
    return {what => 'rule', name => 'rule1', disturbs => 1,
        sql => "CREATE RULE rule1 AS ON $event TO $table->{name} DO ALSO " . change($schema, $other)};
}

1;
