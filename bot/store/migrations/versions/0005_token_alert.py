"""Keep whether the admins know that Atom refuses the token."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    table = op.create_table(
        "token_alert",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("told_at", sa.Float, nullable=False, server_default=sa.text("0")),
        sa.Column("is_open", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("claim", sa.Text, nullable=False, server_default=sa.text("''")),
    )
    op.bulk_insert(table, [{"id": 1}])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("token_alert")
