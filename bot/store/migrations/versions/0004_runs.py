"""Say who carries a send, and find what is open, and a number by its last digits.

And keep for which version of the workflows' engine its own tables were made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    # With defaults in the database: processes of the version before go on writing sends.
    none = sa.text("''")
    op.add_column("sends", sa.Column("runner", sa.Text, nullable=False, server_default=none))
    for name in ("runs", "tell_tries"):
        zero = sa.text("0")
        op.add_column("sends", sa.Column(name, sa.Integer, nullable=False, server_default=zero))
    op.add_column("sends", sa.Column("ended", sa.DateTime(timezone=True), nullable=True))
    is_open = sa.text("told <> status")
    op.create_index(
        "sends_open", "sends", ["next_try"], sqlite_where=is_open, postgresql_where=is_open
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    last_digits = sa.text("substr(phone, -4)" if on_sqlite else "right(phone, 4)")
    op.create_index("sends_last_digits", "sends", [last_digits, "created"])
    workflows = op.create_table(
        "workflows",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
    )
    op.bulk_insert(workflows, [{"id": 1, "version": ""}])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("workflows")
    op.drop_index("sends_last_digits", "sends")
    op.drop_index("sends_open", "sends")
    for name in ("ended", "tell_tries", "runs", "runner"):
        op.drop_column("sends", name)
