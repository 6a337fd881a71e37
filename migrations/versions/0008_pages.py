"""The readers' pages: undoable changes, reasons for leaving, comments, browsers to notify, shared limits.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_counts()
    _create_of_readers()


def _create_counts() -> None:
    op.create_table(
        "attempt_count",
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("what", "window_from", name=op.f("pk_attempt_count")),
    )
    op.create_index(op.f("ix_attempt_count_window_from"), "attempt_count", ["window_from"])
    op.create_table(
        "confirmation_count",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_confirmation_count")),
    )
    op.create_index(op.f("ix_confirmation_count_last_at"), "confirmation_count", ["last_at"])


def _create_of_readers() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'shown', 'refused')", name=op.f("ck_comment_state")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_comment_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_comment_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_subscriber_id"), "comment", ["subscriber_id"])
    op.create_index(op.f("ix_comment_thread_id_state_at"), "comment", ["thread_id", "state", "at"])
    op.create_table(
        "leaving_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_leaving_reason_topic_id_topic"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_reason")),
    )
    op.create_table(
        "preference_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_preference_change_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference_change")),
        sa.UniqueConstraint("handle", name=op.f("uq_preference_change_handle")),
    )
    op.create_index(op.f("ix_preference_change_subscriber_id"), "preference_change", ["subscriber_id"])
    op.create_table(
        "push_browser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.String(length=120), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_push_browser_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_browser")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_browser_endpoint")),
    )
    op.create_index(op.f("ix_push_browser_subscriber_id"), "push_browser", ["subscriber_id"])
    op.add_column("consent_record", sa.Column("network", sa.String(length=64), nullable=True))


def downgrade() -> None:
    for table, names in _ADDED.items():
        for name in names:
            op.drop_column(table, name)
    for table in (
        "push_browser",
        "comment",
        "leaving_reason",
        "preference_change",
        "confirmation_count",
        "attempt_count",
    ):
        op.drop_table(table)


_ADDED = {"consent_record": ("network",)}
