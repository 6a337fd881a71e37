"""Searching the archive: the words of stories, and each database's own index over them.

SQLite: an FTS5 table over `story_words`, kept by triggers (https://sqlite.org/fts5.html, 4.4.3).
PostgreSQL: a GIN index over the vector that queries ask for word for word (`editions/search.py`).

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Words are folded already, so that both databases find the same: no stemming, no stop words.
_FTS5 = (
    "CREATE VIRTUAL TABLE story_words_index USING fts5("
    "headline, words, content='story_words', content_rowid='story_id', tokenize='unicode61')",
    """CREATE TRIGGER story_words_index_come AFTER INSERT ON story_words BEGIN
        INSERT INTO story_words_index (rowid, headline, words) VALUES (new.story_id, new.headline, new.words);
    END""",
    """CREATE TRIGGER story_words_index_gone AFTER DELETE ON story_words BEGIN
        INSERT INTO story_words_index (story_words_index, rowid, headline, words)
        VALUES ('delete', old.story_id, old.headline, old.words);
    END""",
    """CREATE TRIGGER story_words_index_changed AFTER UPDATE ON story_words BEGIN
        INSERT INTO story_words_index (story_words_index, rowid, headline, words)
        VALUES ('delete', old.story_id, old.headline, old.words);
        INSERT INTO story_words_index (rowid, headline, words) VALUES (new.story_id, new.headline, new.words);
    END""",
)
_GIN = (
    "CREATE INDEX story_words_index ON story_words USING gin (("
    "setweight(to_tsvector('simple', headline), 'A') || setweight(to_tsvector('simple', words), 'B')))"
)


def upgrade() -> None:
    op.create_table(
        "story_words",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_words_story_id_story"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story_words")),
    )
    for statement in _FTS5 if op.get_bind().dialect.name == "sqlite" else (_GIN,):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE story_words_index")
    op.drop_table("story_words")  # its triggers and its index go with it
