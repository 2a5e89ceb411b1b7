"""Everything of the first release: register, keys, identity, receipts, quarantine, log, read rows."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_STATEMENTS = Path(__file__).parent.parent / "sql_0001.sql"


def upgrade() -> None:
    """Run the statements one by one."""
    for statement in _STATEMENTS.read_text(encoding="utf-8").split("\n--;;\n"):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    """Refuse: a log is never taken back."""
    message = "the first migration cannot be undone: it holds the log"
    raise RuntimeError(message)
