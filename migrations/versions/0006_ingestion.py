"""Ingestion: what sources ask for and have done, their hubs, what articles said before, full texts.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COUNTS = ("polls", "failures", "new", "changed", "entries", "undated", "churned")


def upgrade() -> None:
    op.add_column("source", sa.Column("asked_interval", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("source", sa.Column("moved_to", sa.Text(), nullable=True))
    op.add_column("source", sa.Column("moved_times", sa.Integer(), server_default="0", nullable=False))
    op.add_column("source", sa.Column("full_text", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("article", sa.Column("full_text", sa.Text(), server_default="", nullable=False))
    op.add_column("article", sa.Column("full_text_at", sa.DateTime(timezone=True), nullable=True))
    _create_of_sources()
    _create_of_articles()


def _create_of_sources() -> None:
    op.create_table(
        "source_day",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _COUNTS),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_day_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "date", name=op.f("pk_source_day")),
    )
    op.create_table(
        "source_hub",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'verified', 'refused')", name=op.f("ck_source_hub_state")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_source_hub_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_hub")),
        sa.UniqueConstraint("key", name=op.f("uq_source_hub_key")),
    )


def _create_of_articles() -> None:
    op.create_table(
        "article_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("seen_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_version_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_version")),
    )
    op.create_index(op.f("ix_article_version_article_id"), "article_version", ["article_id"])
    op.create_table(
        "article_band",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_band_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "band", name=op.f("pk_article_band")),
    )
    op.create_index(op.f("ix_article_band_band_value"), "article_band", ["band", "value"])


def downgrade() -> None:
    for table in ("article_band", "article_version", "source_hub", "source_day"):
        op.drop_table(table)
    # Not in a batch: copying a table would take the rows that hang on it along (ON DELETE CASCADE).
    for table, names in _ADDED.items():
        for name in names:
            op.drop_column(table, name)


_ADDED = {
    "article": ("full_text_at", "full_text"),
    "source": ("full_text", "moved_times", "moved_to", "missing_since", "asked_interval"),
}
