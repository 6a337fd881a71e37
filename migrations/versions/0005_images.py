"""Pictures: our own copies, which story shows which, and what a feed says is to be seen.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_image")),
    )
    op.create_index(op.f("ix_image_used_at"), "image", ["used_at"])
    op.create_table(
        "kept_logo",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("image_name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_name"], ["image.name"], name=op.f("fk_kept_logo_image_name_image"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_kept_logo")),
    )
    op.create_index(op.f("ix_kept_logo_image_name"), "kept_logo", ["image_name"])
    op.add_column("article", sa.Column("image_alt", sa.Text(), server_default="", nullable=False))
    op.add_column("story", sa.Column("image_alt", sa.Text(), server_default="", nullable=False))
    # With its reference in line: SQLite can add one in no other way but by copying the table.
    reference = sa.ForeignKey("image.name", name=op.f("fk_story_image_name_image"))
    op.add_column("story", sa.Column("image_name", sa.String(length=40), reference), inline_references=True)
    op.create_index(op.f("ix_story_image_name"), "story", ["image_name"])


def downgrade() -> None:
    op.drop_index(op.f("ix_story_image_name"), table_name="story")
    op.drop_column("story", "image_name")
    op.drop_column("story", "image_alt")
    op.drop_column("article", "image_alt")
    op.drop_table("kept_logo")
    op.drop_table("image")
