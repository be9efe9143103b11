"""Ask the sender of a pending send whether it arrived, and keep what they say."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    none = sa.text("''")
    # Processes of the version before write to the table, too.
    op.add_column("sends", sa.Column("nudge_at", sa.DateTime(timezone=True)))
    for name in ("arrival", "nudge_claim"):
        op.add_column("sends", sa.Column(name, sa.Text, nullable=False, server_default=none))
    for name in ("nudges", "nudge_tries"):
        zero = sa.text("0")
        op.add_column("sends", sa.Column(name, sa.Integer, nullable=False, server_default=zero))
    is_asked = sa.text("nudge_at IS NOT NULL")
    op.create_index(
        "sends_nudge", "sends", ["nudge_at"], sqlite_where=is_asked, postgresql_where=is_asked
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index("sends_nudge", "sends")
    for name in ("nudge_tries", "nudges", "nudge_claim", "arrival", "nudge_at"):
        op.drop_column("sends", name)
