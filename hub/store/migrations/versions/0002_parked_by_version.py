"""Each version of a read model parks by itself: one that is built beside the served one changes nothing of it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE parked_event ADD COLUMN version integer",
    (
        "UPDATE parked_event SET version = p.version FROM projection_position p"
        " WHERE p.projection = parked_event.projection AND p.live"
    ),
    (
        "ALTER TABLE parked_event ALTER COLUMN version SET NOT NULL, DROP CONSTRAINT parked_event_pkey,"
        " ADD PRIMARY KEY (projection, version, position)"
    ),
    "DROP INDEX parked_event_participant",
    "CREATE INDEX parked_event_participant ON parked_event (projection, version, participant_id)",
)


def upgrade() -> None:
    """Run the statements one by one."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Refuse: parked events of two versions do not fit into one."""
    message = "parked events cannot be put together again; rebuild the read model instead"
    raise RuntimeError(message)
