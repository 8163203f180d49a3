"""One event is published by a function: its statements are planned once for each session, also
behind a pooler that knows no prepared statements. (Planned each time, they took three times as long.)

Another release may need another function: then under another name, since old and new instances run
side by side.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION realtime_publish(
    given_room text, given_kind text, given_data jsonb,
    OUT given_epoch text, OUT given_offset bigint, OUT given_at text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    room_key bigint;
    moment timestamptz;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Streams need READ COMMITTED.' USING ERRCODE = 'feature_not_supported';
    END IF;
    INSERT INTO realtime_room AS room (name, head) VALUES (given_room, 1)
    ON CONFLICT (name) DO UPDATE SET head = room.head + 1
    RETURNING room.id, room.epoch, room.head INTO room_key, given_epoch, given_offset;
    -- Of now, when the room is ours: moments follow the order of offsets.
    moment := clock_timestamp();
    INSERT INTO realtime_event (room_id, "offset", kind, data, at)
    VALUES (room_key, given_offset, given_kind, given_data, moment);
    given_at := to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("realtime", "0003_streams_and_connections")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION realtime_publish(text, text, jsonb)"),
    ]
