"""Keep what a template says of quiet hours."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("templates", sa.Column("quiet", sa.Text))


def downgrade() -> None:
    """Take the tables back."""
    op.drop_column("templates", "quiet")
