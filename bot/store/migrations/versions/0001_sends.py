"""Keep the sends, and the pace of the calls."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    moment = sa.DateTime(timezone=True)
    texts = (
        "template phone country client_name group_name user_id channel thread_ts response_url "
        "replaces claim reason conversation said execution_id trace card_channel card_ts told "
        "decided_by"
    )
    op.create_table(
        "sends",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in texts.split()],
        sa.Column("assign", sa.Boolean, nullable=False),
        sa.Column("noted", sa.Boolean, nullable=False),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("http_status", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.Column("updated", moment, nullable=False),
        sa.Column("give_up_at", moment, nullable=False),
        sa.Column("next_try", moment, nullable=True),
    )
    for column in ("status", "user_id", "created"):
        op.create_index(f"ix_sends_{column}", "sends", [column])
    pace = op.create_table(
        "pace",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("next_at", sa.Float, nullable=False),
        sa.Column("held_until", sa.Float, nullable=False),
    )
    op.bulk_insert(pace, [{"id": 1, "next_at": 0.0, "held_until": 0.0}])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("pace")
    op.drop_table("sends")
