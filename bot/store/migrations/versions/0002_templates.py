"""Keep the catalogue of templates."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    texts = "name language category body header footer group_name"
    op.create_table(
        "templates",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("folded_name", sa.Text, nullable=False, unique=True),
        sa.Column("position", sa.Integer, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in texts.split()],
        sa.Column("assign", sa.Boolean, nullable=False),
        sa.Column("allowed", sa.JSON, nullable=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("templates")
