"""Find a person's own sends, name their templates, and count the catalogue's changes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    name = sa.Column("template_name", sa.Text, nullable=False, server_default=sa.text("''"))
    op.add_column("sends", name)
    test = sa.Column("is_test", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("sends", test)
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
    op.drop_column("sends", "is_test")
    op.drop_column("sends", "template_name")
