"""Where people were asked what became of an unknown send."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = ("question_channel", "question_ts")


def upgrade() -> None:
    """Bring the tables forward."""
    # With defaults in the database: processes of the version before go on writing sends.
    none = sa.text("''")
    for name in COLUMNS:
        op.add_column("sends", sa.Column(name, sa.Text, nullable=False, server_default=none))


def downgrade() -> None:
    """Take the tables back."""
    for name in COLUMNS:
        op.drop_column("sends", name)
