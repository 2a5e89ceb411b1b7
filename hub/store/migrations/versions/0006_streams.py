"""Positions of the cluster's workers and of the relay (DESIGN 3): all that counts is beside what it counts."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATEMENTS = (
    (
        "CREATE TABLE stream_position (stream_group text NOT NULL, topic text NOT NULL, part integer NOT NULL, topic_id text NOT NULL,"
        " next_offset bigint NOT NULL, epoch bigint NOT NULL, owner text NOT NULL, claimed_at timestamptz NOT NULL DEFAULT now(),"
        " advanced_at timestamptz NOT NULL DEFAULT now(), rate_from timestamptz NOT NULL DEFAULT now(), rate_offset bigint NOT NULL,"
        " rate double precision NOT NULL DEFAULT 0, PRIMARY KEY (stream_group, topic, part))"
    ),
    "COMMENT ON TABLE stream_position IS 'How far a group of workers has read a partition, and by whose claim (epoch)'",
    (
        "CREATE TABLE relay_position (singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton), topic_id text NOT NULL,"
        " partitions integer NOT NULL, position bigint NOT NULL)"
    ),
    "INSERT INTO relay_position (topic_id, partitions, position) VALUES ('', 0, 0)",
    "COMMENT ON TABLE relay_position IS 'The log up to here is in the topic of that id'",
    "CREATE TABLE receipt_relay (agency text PRIMARY KEY REFERENCES agency, cursor bigint NOT NULL)",
    "CREATE INDEX receipt_streamed ON receipt (agency, cursor) WHERE channel IN ('kafka', 'redrive')",
    "ALTER TABLE projection_position ADD COLUMN partitions integer",
    (
        "COMMENT ON COLUMN projection_position.partitions IS"
        " 'null: one runner moves the position; else workers move those of projection_partition'"
    ),
    (
        "CREATE TABLE projection_partition (projection text NOT NULL, version integer NOT NULL, part integer NOT NULL,"
        " position bigint NOT NULL, PRIMARY KEY (projection, version, part))"
    ),
    (
        "CREATE FUNCTION log_part(owner uuid, partitions integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS"
        " $$ SELECT mod(('x' || left(owner::text, 8))::bit(32)::bigint, partitions)::integer $$"
    ),
    "COMMENT ON FUNCTION log_part IS 'The partition of an entry: the first 32 bits of its owner; hub/log/records.py says the same'",
    (
        "CREATE FUNCTION projected_to(projection_position) RETURNS bigint LANGUAGE sql STABLE AS $$"
        " SELECT CASE WHEN $1.partitions IS NULL THEN $1.position ELSE coalesce((SELECT min(due.position) - 1"
        " FROM projection_partition own, LATERAL (SELECT position FROM log_entry WHERE position > own.position"
        " AND log_part(owner_id, $1.partitions) = own.part ORDER BY position LIMIT 1) due"
        " WHERE own.projection = $1.projection AND own.version = $1.version), (SELECT position FROM log_head)) END $$"
    ),
    "COMMENT ON FUNCTION projected_to IS 'Up to here every entry of the log is in the read model'",
    ("GRANT SELECT, INSERT, UPDATE, DELETE ON stream_position, receipt_relay, projection_partition TO hub_app"),
    "GRANT SELECT, UPDATE ON relay_position TO hub_app",
    "GRANT SELECT ON alembic_version TO hub_app",  # so that a worker needs no password of the owner
)


def upgrade() -> None:
    """Run the statements one by one."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Let go of them: a hub of the release before runs on the embedded default."""
    op.get_bind().exec_driver_sql("DROP FUNCTION projected_to, log_part")
    for table in ("stream_position", "relay_position", "receipt_relay", "projection_partition"):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
    op.get_bind().exec_driver_sql("DROP INDEX receipt_streamed")
    op.get_bind().exec_driver_sql("ALTER TABLE projection_position DROP COLUMN partitions")
