"""The tables, as SQLAlchemy Core knows them; migrations/ brings a database to this state."""

from datetime import UTC, datetime

import sqlalchemy as sa
from typing_extensions import override

metadata = sa.MetaData()


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


sends = sa.Table(
    "sends",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("template", sa.Text, nullable=False),
    # With a default in the database: processes of the version before write to it, too.
    sa.Column("template_name", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("is_test", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("client_name", sa.Text, nullable=False),
    sa.Column("group_name", sa.Text, nullable=False),
    sa.Column("assign", sa.Boolean, nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("user_id", sa.Text, nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("thread_ts", sa.Text, nullable=False),
    sa.Column("response_url", sa.Text, nullable=False),
    sa.Column("replaces", sa.Text, nullable=False),
    sa.Column("created", Moment, nullable=False, index=True),
    sa.Column("updated", Moment, nullable=False),
    sa.Column("give_up_at", Moment, nullable=False),
    sa.Column("claim", sa.Text, nullable=False, default=""),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("conversation", sa.Text, nullable=False, default=""),
    sa.Column("said", sa.Text, nullable=False, default=""),
    sa.Column("http_status", sa.Integer, nullable=False, default=0),
    sa.Column("execution_id", sa.Text, nullable=False, default=""),
    sa.Column("trace", sa.Text, nullable=False, default=""),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("next_try", Moment, nullable=True),
    sa.Column("card_channel", sa.Text, nullable=False, default=""),
    sa.Column("card_ts", sa.Text, nullable=False, default=""),
    # Where people were asked what became of it, if that was unknown.
    sa.Column("question_channel", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("question_ts", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("told", sa.Text, nullable=False, default=""),
    sa.Column("tell_tries", sa.Integer, nullable=False, server_default=sa.text("0")),
    # Written by processes of older versions alone.
    sa.Column("noted", sa.Boolean, nullable=False, default=False),
    sa.Column("decided_by", sa.Text, nullable=False, default=""),
    # The process that carries it at this moment, and how many times it was taken up.
    sa.Column("runner", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("runs", sa.Integer, nullable=False, server_default=sa.text("0")),
    # When its outcome was known, or decided last; not there if an older version wrote it.
    sa.Column("ended", Moment, nullable=True),
    # What asked for it; not there if an older version wrote it, whose ids are such keys themselves.
    sa.Column("request_key", sa.Text, nullable=True),
    sa.Column("overrode", sa.JSON(none_as_null=True), nullable=True),
    # The number in the one form in which numbers are compared; not there if an older version wrote it.
    sa.Column("canonical", sa.Text, nullable=True),
    # When a person wants it to go out: the instant, and what it was made of.
    sa.Column("send_at", Moment, nullable=True),
    sa.Column("send_at_wall", sa.DateTime, nullable=True),
    sa.Column("send_at_zone", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("send_at_rules", sa.Text, nullable=False, server_default=sa.text("''")),
    # When something is to happen to what waits for its moment or for a person.
    sa.Column("due_at", Moment, nullable=True),
    sa.Column("needs_approval", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("approved_by", sa.Text, nullable=False, server_default=sa.text("''")),
    # The mark of the template's text for which it was asked.
    sa.Column("approval_mark", sa.Text, nullable=False, server_default=sa.text("''")),
    # What somebody wrote beside their decision.
    sa.Column("note", sa.Text, nullable=False, server_default=sa.text("''")),
    # The one whose place it took before that went out.
    sa.Column("changed_from", sa.Text, nullable=False, server_default=sa.text("''")),
    # The one that did not go out, which a person put right with this one.
    sa.Column("corrects", sa.Text, nullable=False, server_default=sa.text("''")),
    # When its sender is asked whether a pending one arrived, who asks, and what they said.
    sa.Column("nudge_at", Moment, nullable=True),
    sa.Column("nudge_claim", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("nudge_tries", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("nudges", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("arrival", sa.Text, nullable=False, server_default=sa.text("''")),
    # The list whose row it is, and that row's line; such a send is never told by itself.
    sa.Column("batch", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("batch_line", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Index(
        "sends_of_batch",
        "batch",
        "status",
        "batch_line",
        sqlite_where=sa.text("batch <> ''"),
        postgresql_where=sa.text("batch <> ''"),
    ),
    sa.Index(
        "sends_corrections",
        "corrects",
        sqlite_where=sa.text("corrects <> ''"),
        postgresql_where=sa.text("corrects <> ''"),
    ),
    sa.Index(
        "sends_nudge",
        "nudge_at",
        sqlite_where=sa.text("nudge_at IS NOT NULL"),
        postgresql_where=sa.text("nudge_at IS NOT NULL"),
    ),
    sa.Index(
        "sends_due",
        "due_at",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    ),
    sa.Index("sends_to_number", "canonical", "template", "created"),
    # Not of rows of lists, which would hide what people send one by one.
    sa.Index(
        "sends_by_user",
        "user_id",
        "created",
        sqlite_where=sa.text("batch = ''"),
        postgresql_where=sa.text("batch = ''"),
    ),
    sa.Index(
        "sends_open",
        "next_try",
        sqlite_where=sa.text("told <> status"),
        postgresql_where=sa.text("told <> status"),
    ),
)


def last_four(dialect: sa.Dialect) -> sa.ColumnElement[str]:
    """Return a number's last four digits, written as in the index that finds them."""
    if dialect.name == "sqlite":
        return sa.func.substr(sends.c.phone, sa.literal_column("-4"))
    return sa.func.right(sends.c.phone, sa.literal_column("4"))


def request_key() -> sa.ColumnElement[str]:
    """Return what asked for a send, written as in the index that keeps it unique."""
    return sa.func.coalesce(sends.c.request_key, sends.c.id)


# What happened to sends and templates; only ever added to.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("send_id", sa.Text, nullable=True),
    sa.Column("template", sa.Text, nullable=True),
    sa.Column("before", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("after", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("why", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("transport", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("process", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("fields", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("batch", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Index("events_by_send", "send_id"),
)

# One row: when the next call to Atom may go, and until when all calls are paused.
rate_limit = sa.Table(
    "pace",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("next_at", sa.Float, nullable=False),  # seconds since 1970
    sa.Column("held_until", sa.Float, nullable=False),  # seconds since 1970; 0: not paused
    # Until when a list takes permits ahead of time, in groups.
    sa.Column("list_until", sa.Float, nullable=False, server_default=sa.text("0")),
)

# One row: whether the admins know that Atom refuses the token, and who told them.
token_alert = sa.Table(
    "token_alert",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("told_at", sa.Float, nullable=False, server_default=sa.text("0")),  # since 1970
    sa.Column("is_open", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("claim", sa.Text, nullable=False, server_default=sa.text("''")),
)

# One row: the version of the workflows' engine that its own tables were made for.
workflows = sa.Table(
    "workflows",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
)

# One row: how often the catalogue was written, so that nobody has to read it again for nothing.
catalogue = sa.Table(
    "catalogue",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
)

# The catalogue; always read and written as whole templates.
templates = sa.Table(
    "templates",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("folded_name", sa.Text, nullable=False, unique=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("header", sa.Text, nullable=False),
    sa.Column("footer", sa.Text, nullable=False),
    sa.Column("group_name", sa.Text, nullable=False),
    sa.Column("assign", sa.Boolean, nullable=False),
    sa.Column("allowed", sa.JSON, nullable=False),
    sa.Column("channels", sa.JSON, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("quiet", sa.Text),
    # Not there, or as the default says, if an older version wrote it.
    sa.Column("approval", sa.Text, nullable=False, server_default=sa.text("'never'")),
    sa.Column("approval_free", sa.JSON(none_as_null=True)),
    sa.Column("params", sa.JSON, nullable=False),
)

# Where people were asked to approve a send, until it stands there what was decided.
approval_questions = sa.Table(
    "approval_questions",
    metadata,
    sa.Column("send_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),  # empty: in the card's thread
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("ts", sa.Text, nullable=False),
)

# Who is not to be written to. It outlives the sends.
do_not_contact = sa.Table(
    "do_not_contact",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("canonical", sa.Text, nullable=False, unique=True),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False, index=True),
    sa.Column("added_by", sa.Text, nullable=False),
)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))


def _moment(name: str) -> "sa.Column[datetime]":
    return sa.Column(name, Moment, nullable=True)


# A list for which something may be to be done, written as in the index that finds it.
BATCH_IS_OPEN = sa.text("(told <> status OR status IN ('reading', 'running', 'awaiting_approval'))")

# The lists: one template to many numbers.
batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("request_key", sa.Text, nullable=False, unique=True),
    sa.Column("user_id", sa.Text, nullable=False),
    *map(_text, ("channel", "thread_ts", "response_url", "template", "template_name")),
    *map(_text, ("file_id", "file_name", "group_name")),
    sa.Column("assign", sa.Boolean, nullable=True),
    _moment("send_at"),
    sa.Column("send_at_wall", sa.DateTime, nullable=True),
    *map(_text, ("send_at_zone", "send_at_rules")),
    sa.Column("mapped", sa.JSON, nullable=False),
    sa.Column("prepared_by", sa.JSON, nullable=False),
    *map(_text, ("retries", "status", "reason")),
    sa.Column("reason_values", sa.JSON, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
    sa.Column("with_recent", sa.Boolean, nullable=False, server_default=sa.false()),
    *map(_text, ("started_by", "approved_by", "decided_by", "note")),
    # `going_since`: when it was started or resumed last.
    *map(_moment, ("checked", "started", "going_since", "approve_until", "ended", "next_try")),
    *map(_text, ("card_channel", "card_ts", "told", "runner")),
    sa.Column("tell_tries", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("runs", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("created", Moment, nullable=False),
    sa.Column("updated", Moment, nullable=False),
    sa.Index(
        "batches_open",
        "next_try",
        sqlite_where=BATCH_IS_OPEN,
        postgresql_where=BATCH_IS_OPEN,
    ),
    sa.Index("batches_by_user", "user_id", "created"),
    sa.Index(
        "batches_again",
        "retries",
        sqlite_where=sa.text("retries <> ''"),
        postgresql_where=sa.text("retries <> ''"),
    ),
)

# Their rows as they were read, whatever becomes of the file.
batch_rows = sa.Table(
    "batch_rows",
    metadata,
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    *map(_text, ("kind", "phone", "country", "client_name", "group_name")),
    sa.Column("assign", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("cells", sa.JSON, nullable=False),
    sa.Column("problems", sa.JSON, nullable=False),
    sa.Column("same_as", sa.Integer, nullable=False, server_default=sa.text("0")),
)
