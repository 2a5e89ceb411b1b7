"""A receipt keeps the place at which it came: a held one that is settled gets another cursor, and the past must stay."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE receipt ADD COLUMN arrival bigint",
    "COMMENT ON COLUMN receipt.arrival IS 'the first cursor of a receipt that was held; null: it still has it'",
    # Where the first cursor is lost, 0: replayed whatever was kept, because nothing counts twice.
    "UPDATE receipt SET arrival = 0 WHERE held_at IS NOT NULL",
    "CREATE INDEX receipt_arrival ON receipt (agency, arrival) WHERE arrival IS NOT NULL",
)


def upgrade() -> None:
    """Run the statements one by one."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Let go of the places."""
    op.get_bind().exec_driver_sql("ALTER TABLE receipt DROP COLUMN arrival")
