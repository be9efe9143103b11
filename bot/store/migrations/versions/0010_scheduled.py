"""Sends for a moment that a person chose, and such as a second person must approve."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("sends", sa.Column("send_at", sa.DateTime(timezone=True)))
    op.add_column("sends", sa.Column("send_at_wall", sa.DateTime))
    # Processes of the version before write to the table, too.
    for name in ("send_at_zone", "send_at_rules", "approved_by", "note", "changed_from"):
        op.add_column("sends", sa.Column(name, sa.Text, nullable=False, server_default=EMPTY))
    op.add_column("sends", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.add_column(
        "sends",
        sa.Column("needs_approval", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("sends_due", "sends", ["due_at"], sqlite_where=is_due, postgresql_where=is_due)


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index("sends_due", "sends")
    for name in (
        *("needs_approval", "due_at", "changed_from", "note", "approved_by", "send_at_rules"),
        *("send_at_zone", "send_at_wall", "send_at"),
    ):
        op.drop_column("sends", name)
