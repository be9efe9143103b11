"""Send one template to a list: the lists, their rows as they were read, and which sends are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NONE, ZERO = sa.text("''"), sa.text("0")


def moment(name: str) -> "sa.Column[object]":
    """Make a column for a moment that may not be there."""
    return sa.Column(name, sa.DateTime(timezone=True))


def text(name: str) -> "sa.Column[object]":
    """Make a column for a text that may be empty."""
    return sa.Column(name, sa.Text, nullable=False, server_default=NONE)


def upgrade() -> None:
    """Bring the tables forward."""
    # Processes of the version before write to these tables, too.
    op.add_column("sends", text("batch"))
    op.add_column("sends", sa.Column("batch_line", sa.Integer, nullable=False, server_default=ZERO))
    op.add_column("sends", text("corrects"))
    is_correction = sa.text("corrects <> ''")
    op.create_index(
        "sends_corrections",
        "sends",
        ["corrects"],
        sqlite_where=is_correction,
        postgresql_where=is_correction,
    )
    is_row = sa.text("batch <> ''")
    op.create_index(
        "sends_of_batch",
        "sends",
        ["batch", "status", "batch_line"],
        sqlite_where=is_row,
        postgresql_where=is_row,
    )
    op.drop_index("sends_by_user", "sends")
    is_alone = sa.text("batch = ''")
    op.create_index(
        "sends_by_user",
        "sends",
        ["user_id", "created"],
        sqlite_where=is_alone,
        postgresql_where=is_alone,
    )
    op.add_column("events", text("batch"))
    op.add_column("pace", sa.Column("list_until", sa.Float, nullable=False, server_default=ZERO))
    op.create_table(
        "batches",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("request_key", sa.Text, nullable=False, unique=True),
        sa.Column("user_id", sa.Text, nullable=False),
        *map(text, ("channel", "thread_ts", "response_url", "template", "template_name")),
        *map(text, ("file_id", "file_name", "group_name")),
        sa.Column("assign", sa.Boolean),
        moment("send_at"),
        sa.Column("send_at_wall", sa.DateTime),
        *map(text, ("send_at_zone", "send_at_rules")),
        sa.Column("mapped", sa.JSON, nullable=False),
        sa.Column("prepared_by", sa.JSON, nullable=False),
        *map(text, ("retries", "status", "reason")),
        sa.Column("reason_values", sa.JSON, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
        sa.Column("with_recent", sa.Boolean, nullable=False, server_default=sa.false()),
        *map(text, ("started_by", "approved_by", "decided_by", "note")),
        *map(moment, ("checked", "started", "going_since", "approve_until", "ended", "next_try")),
        *map(text, ("card_channel", "card_ts", "told", "runner")),
        sa.Column("tell_tries", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("runs", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
    )
    is_open = sa.text("told <> status OR status IN ('reading', 'running', 'awaiting_approval')")
    op.create_index(
        "batches_open", "batches", ["next_try"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("batches_by_user", "batches", ["user_id", "created"])
    is_again = sa.text("retries <> ''")
    op.create_index(
        "batches_again", "batches", ["retries"], sqlite_where=is_again, postgresql_where=is_again
    )
    op.create_table(
        "batch_rows",
        sa.Column("batch", sa.Text, primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        *map(text, ("kind", "phone", "country", "client_name", "group_name")),
        sa.Column("assign", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("params", sa.JSON, nullable=False),
        sa.Column("cells", sa.JSON, nullable=False),
        sa.Column("problems", sa.JSON, nullable=False),
        sa.Column("same_as", sa.Integer, nullable=False, server_default=ZERO),
    )


def downgrade() -> None:
    """Take the tables back."""
    for table in ("batch_rows", "batches"):
        op.drop_table(table)
    op.drop_column("pace", "list_until")
    op.drop_column("events", "batch")
    op.drop_index("sends_by_user", "sends")
    op.create_index("sends_by_user", "sends", ["user_id", "created"])
    for index in ("sends_of_batch", "sends_corrections"):
        op.drop_index(index, "sends")
    for name in ("corrects", "batch_line", "batch"):
        op.drop_column("sends", name)
