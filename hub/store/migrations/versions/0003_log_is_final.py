"""Log and read log refuse changes from everybody, the owner of the tables too: privileges hold back the hub alone."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATEMENTS = (
    (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION 'expected nobody to change %, found %', TG_TABLE_NAME, lower(TG_OP)"
        " USING ERRCODE = 'insufficient_privilege', HINT = 'what is recorded is corrected by another event'; END $$"
    ),
    *(
        f"CREATE TRIGGER {table}_is_final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("log_entry", "read_row")
    ),
    *(
        f"CREATE TRIGGER {table}_is_kept BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        for table in ("log_entry", "read_row")
    ),
)


def upgrade() -> None:
    """Run the statements one by one."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    """Let the owner change them again."""
    op.get_bind().exec_driver_sql("DROP FUNCTION refuse_change CASCADE")
