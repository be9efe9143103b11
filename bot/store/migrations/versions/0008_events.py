"""Keep what happens to sends and templates, and what asked for a send apart from its id."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# One event for each send that is there: how it stands, since when, and who decided that.
RECORD = (
    "INSERT INTO events (at, kind, actor, send_id, after, why)"
    " SELECT coalesce(ended, updated), 'recorded',"
    " CASE WHEN decided_by = '' THEN 'bot' ELSE decided_by END, id, status, reason FROM sends"
)


def upgrade() -> None:
    """Bring the tables forward."""
    none = sa.text("''")
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("send_id", sa.Text, nullable=True),
        sa.Column("template", sa.Text, nullable=True),
        *[
            sa.Column(name, sa.Text, nullable=False, server_default=none)
            for name in ("before", "after", "why", "transport", "process")
        ],
        sa.Column("fields", sa.JSON, nullable=True),
    )
    op.execute(RECORD)
    # Made once the rows are there, which is quicker.
    op.create_index("events_by_send", "events", ["send_id"])
    # Last, since from here on nobody else gets at the sends: processes of the version before wait
    # for it, and then go on writing sends, whose ids are unique among these keys as well.
    op.add_column("sends", sa.Column("request_key", sa.Text, nullable=True))
    op.add_column("sends", sa.Column("overrode", sa.JSON, nullable=True))
    key = sa.text("coalesce(request_key, id)")
    op.create_index("sends_by_request", "sends", [key], unique=True)


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index("sends_by_request", "sends")
    for name in ("overrode", "request_key"):
        op.drop_column("sends", name)
    op.drop_table("events")
