"""Find a person's own sends, name their templates, and count the catalogue's changes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("sends", sa.Column("template_name", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("sends") as sends:
        sends.alter_column("template_name", server_default=None)
    op.create_index("sends_by_user", "sends", ["user_id", "created"])
    catalogue = op.create_table(
        "catalogue",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.bulk_insert(catalogue, [{"id": 1, "revision": 0}])


def downgrade() -> None:
    """Take the tables back."""
    op.drop_table("catalogue")
    op.drop_index("sends_by_user", "sends")
    op.drop_column("sends", "template_name")
