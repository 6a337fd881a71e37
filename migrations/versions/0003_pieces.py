"""Issues joined from pieces: what is printed of each article, plain text as a length, muted sources.

Revision: 0003, after 0002. Editions rendered before are rendered anew when an issue needs them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LENGTHS = "length IN ('headlines', 'standard', 'full', 'text')"
_LENGTHS_BEFORE = "length IN ('headlines', 'standard', 'full')"


def upgrade() -> None:
    op.drop_table("edition_fragment")
    _create_fragments(sa.Column("packed", sa.LargeBinary(), nullable=False))
    op.add_column("story", _text("long_summary"))
    op.add_column("story_article", _text("line"))
    op.add_column("story_article", _text("summary"))
    op.add_column("subscriber", _text("muted_sources"))
    _allow(_LENGTHS)


def downgrade() -> None:
    op.execute("UPDATE subscriber SET length = 'standard' WHERE length = 'text'")
    _allow(_LENGTHS_BEFORE)
    op.drop_column("subscriber", "muted_sources")
    op.drop_column("story_article", "summary")
    op.drop_column("story_article", "line")
    op.drop_column("story", "long_summary")
    op.drop_table("edition_fragment")
    _create_fragments(
        sa.Column("html", sa.Text(), nullable=False), sa.Column("text", sa.Text(), nullable=False)
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _create_fragments(*content: sa.Column[str] | sa.Column[bytes]) -> None:
    op.create_table(
        "edition_fragment",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("length", sa.String(length=16), nullable=False),
        *content,
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_fragment_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", "language", "length", name=op.f("pk_edition_fragment")),
    )


def _allow(lengths: str) -> None:
    """Let subscribers have these lengths."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_subscriber_length"), "subscriber", type_="check")
        op.create_check_constraint(op.f("ck_subscriber_length"), "subscriber", lengths)
        return
    # SQLite changes no constraint, and copying the table would take all that refers to it with it (ON
    # DELETE CASCADE). A CHECK is text in the schema alone: https://www.sqlite.org/lang_altertable.html,
    # section 7, the second procedure.
    before = _LENGTHS_BEFORE if lengths == _LENGTHS else _LENGTHS
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :lengths)"
            " WHERE type = 'table' AND name = 'subscriber'"
        ),
        {"before": before, "lengths": lengths},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
