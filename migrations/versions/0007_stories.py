"""Stories: threads over days, learnt topics, what stories keep of how they were made, models' texts.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_threads()
    _create_learning()
    _add_columns()


def _create_threads() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("born_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["thread.id"],
            name=op.f("fk_thread_merged_into_id_thread"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("handle", name=op.f("uq_thread_handle")),
    )
    op.create_index(op.f("ix_thread_merged_into_id"), "thread", ["merged_into_id"])
    op.create_index(op.f("ix_thread_moved_at"), "thread", ["moved_at"])
    op.create_table(
        "thread_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('born', 'merged', 'split')", name=op.f("ck_thread_change_kind")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["thread.id"], name=op.f("fk_thread_change_other_id_thread"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_change_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_change")),
    )
    op.create_index(op.f("ix_thread_change_other_id"), "thread_change", ["other_id"])
    op.create_index(op.f("ix_thread_change_thread_id"), "thread_change", ["thread_id"])
    op.create_table(
        "thread_article",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_thread_article_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_article_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_thread_article")),
    )
    op.create_index(op.f("ix_thread_article_thread_id"), "thread_article", ["thread_id"])


def _create_learning() -> None:
    op.create_table(
        "machine_day",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("millionths", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("date", name=op.f("pk_machine_day")),
    )
    op.create_table(
        "machine_text",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_machine_text")),
    )
    op.create_index(op.f("ix_machine_text_at"), "machine_text", ["at"])
    op.create_table(
        "topic_model",
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_topic_model")),
    )
    op.create_table(
        "topic_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("belongs", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_topic_correction_article_id_article"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_correction_topic_id_topic"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_correction")),
    )
    op.create_index(
        op.f("ix_topic_correction_article_id_topic_id"),
        "topic_correction",
        ["article_id", "topic_id"],
        unique=True,
    )
    op.create_index(op.f("ix_topic_correction_topic_id"), "topic_correction", ["topic_id"])


def _add_columns() -> None:
    op.add_column(
        "article_topic",
        sa.Column("decided_by", sa.String(length=16), server_default="source", nullable=False),
    )
    op.add_column("article_topic", sa.Column("fit", sa.Double(), server_default="1", nullable=False))
    op.add_column(
        "article_topic", sa.Column("belongs", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.add_column("edition", sa.Column("brief", sa.Text(), server_default="", nullable=False))
    op.add_column("edition", sa.Column("brief_by", sa.String(length=120), nullable=True))
    op.add_column("story", sa.Column("news", sa.Text(), server_default="", nullable=False))
    op.add_column("story", sa.Column("key_points", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("story", sa.Column("written_by", sa.String(length=120), nullable=True))
    op.add_column("story", sa.Column("reading_seconds", sa.Integer(), server_default="0", nullable=False))
    op.add_column("story", sa.Column("factors", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("story", sa.Column("copies", sa.Integer(), server_default="0", nullable=False))
    # With its reference in line: SQLite can add one in no other way but by copying the table.
    thread = sa.ForeignKey("thread.id", name=op.f("fk_story_thread_id_thread"))
    op.add_column("story", sa.Column("thread_id", sa.Integer(), thread), inline_references=True)
    op.create_index(op.f("ix_story_thread_id"), "story", ["thread_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_story_thread_id"), table_name="story")
    for table, names in _ADDED.items():
        for name in names:
            op.drop_column(table, name)
    for table in (
        "thread_change",
        "thread_article",
        "thread",
        "topic_correction",
        "topic_model",
        "machine_text",
        "machine_day",
    ):
        op.drop_table(table)


_ADDED = {
    "story": ("thread_id", "copies", "factors", "reading_seconds", "written_by", "key_points", "news"),
    "edition": ("brief_by", "brief"),
    "article_topic": ("belongs", "fit", "decided_by"),
}
