"""Readers may do without a source.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriber", sa.Column("muted_sources", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    # Not in a batch: copying the table would take what hangs on it (ON DELETE CASCADE).
    op.drop_column("subscriber", "muted_sources")
