"""What a template says of a second person's approval, and where that was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    """Bring the tables forward."""
    # Processes of the version before write to both tables, too.
    never = sa.text("'never'")
    op.add_column("templates", sa.Column("approval", sa.Text, nullable=False, server_default=never))
    op.add_column("templates", sa.Column("approval_free", sa.JSON))
    op.add_column(
        "sends", sa.Column("approval_mark", sa.Text, nullable=False, server_default=EMPTY)
    )
    op.create_table(
        "approval_questions",
        sa.Column("send_id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("ts", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("approval_questions")
    op.drop_column("sends", "approval_mark")
    op.drop_column("templates", "approval_free")
    op.drop_column("templates", "approval")
