"""Sending with limits: throttles shared by all workers, and the kind of a refusal.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hour_use", sa.Text(), nullable=False),
        sa.Column("day_use", sa.Text(), nullable=False),
        sa.Column("line_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "throttle_share",
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("connections", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "worker", name=op.f("pk_throttle_share")),
    )
    op.add_column("delivery", sa.Column("refusal", sa.String(length=16), server_default="", nullable=False))
    op.drop_index("ix_subscriber_unwelcomed", table_name="subscriber")
    _index(
        "ix_subscriber_unwelcomed", ["status", "next_issue_at"], "welcomed_at IS NULL AND status = 'active'"
    )
    _index("ix_subscriber_paused", ["status", "paused_until", "timezone"], "status = 'paused'")


def downgrade() -> None:
    op.drop_index("ix_subscriber_paused", table_name="subscriber")
    op.drop_index("ix_subscriber_unwelcomed", table_name="subscriber")
    _index("ix_subscriber_unwelcomed", ["next_issue_at"], "welcomed_at IS NULL AND status = 'active'")
    # Not in a batch: copying the table would take its events with it (ON DELETE CASCADE).
    op.drop_column("delivery", "refusal")
    op.drop_table("throttle_share")
    op.drop_table("throttle")


def _index(name: str, columns: list[str], where: str) -> None:
    """An index of those subscribers only that `where` holds for."""
    condition = sa.text(where)
    op.create_index(name, "subscriber", columns, sqlite_where=condition, postgresql_where=condition)
