"""Who is not to be written to; and sends found by number and template, however it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "do_not_contact",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("canonical", sa.Text, nullable=False, unique=True),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
    )
    op.create_index("ix_do_not_contact_since", "do_not_contact", ["since"])
    # Empty in what processes of the version before write: those are found by their last digits.
    op.add_column("sends", sa.Column("canonical", sa.Text))
    op.create_index("sends_to_number", "sends", ["canonical", "template", "created"])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_index("sends_to_number", "sends")
    op.drop_column("sends", "canonical")
    op.drop_table("do_not_contact")
