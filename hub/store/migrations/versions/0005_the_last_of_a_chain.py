"""The last members of a chain of identity statements are found without reading the chain, and identifiers likewise."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE identity_statement ADD COLUMN sent_by text, ADD COLUMN mixed boolean NOT NULL DEFAULT false",
    (
        "UPDATE identity_statement SET sent_by = receipt.source FROM receipt"
        " WHERE receipt.uid = identity_statement.uid AND receipt.claimed AND receipt.source <> identity_statement.source"
    ),
    (
        "UPDATE identity_statement SET mixed = true WHERE uid <> root AND root IN (SELECT root FROM identity_statement"
        " WHERE uid <> root GROUP BY root HAVING count(DISTINCT (coalesce(sent_by, source), sequence IS NULL)) > 1)"
    ),
    "COMMENT ON COLUMN identity_statement.sent_by IS 'The source of the event itself; null: that of its root'",
    "COMMENT ON COLUMN identity_statement.mixed IS 'Other events about the participant may decide what counts in its chain'",
    "DROP INDEX identity_statement_participant",
    "CREATE INDEX identity_statement_root ON identity_statement (participant_id) WHERE uid = root",
    "CREATE INDEX identity_statement_mixed ON identity_statement (participant_id) WHERE mixed",
    (
        "CREATE INDEX identity_statement_last ON identity_statement (root, coalesce(sent_by, source), sequence, time, rank, uid)"
        " WHERE uid <> root AND NOT retracted"
    ),
    "CREATE INDEX identifier_counts ON identifier (blind_index) WHERE counts",
    "CREATE INDEX identifier_held_by ON identifier (participant_id) WHERE counts",
    "CREATE INDEX identifier_statement ON identifier (statement)",
)


def upgrade() -> None:
    """Run the statements one by one."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Give the first release its index back; what it does not know it leaves alone."""
    op.get_bind().exec_driver_sql("CREATE INDEX identity_statement_participant ON identity_statement (participant_id)")
