"""Text that SQLite holds and PostgreSQL refuses does not stop a move, and is not changed unseen."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from newsletter.db import Database
from newsletter.models import Article, Source
from newsletter.move import move
from newsletter.move.text import fit_characters
from tests.delivery.cast import NOW
from tests.move.installation import everything


@given(st.text(st.characters(categories=None) | st.sampled_from("\0\ud800\udcff")))
def test_what_fits_is_utf_8_without_nul_and_as_long_as_before(text: str) -> None:
    fitting = fit_characters(text)
    fitting.encode()
    assert "\0" not in fitting
    assert len(fitting) == len(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_text_that_fits_already_stays_as_it_is(text: str) -> None:
    assert fit_characters(text) is text


def test_an_odd_title_is_replaced_where_it_must_be_and_counted(filled: Database, postgres: Database) -> None:
    with filled.write() as session:
        session.execute(update(Article).values(title="Rain\0 at last", categories=["a\0b", "\ud800"]))
    moved = move(filled, postgres, NOW)
    assert moved.repairs.replaced == {"article.title": 1}
    with postgres.read() as session:
        assert session.scalar(select(Article.title)) == "Rain\ufffd at last"
        assert session.scalar(select(Article.categories)) == ["a\0b", "\ud800"]


def test_bytes_that_are_not_utf_8_do_not_stop_the_reading(filled: Database, postgres: Database) -> None:
    with sqlite3.connect(str(filled.url.database)) as connection:
        connection.execute("UPDATE article SET excerpt = CAST(x'636166e9' AS TEXT)")
    connection.close()
    moved = move(filled, postgres, NOW)
    assert moved.repairs.replaced == {"article.excerpt": 1}
    with postgres.read() as session:
        assert session.scalar(select(Article.excerpt)) == "caf\ufffd"


def test_a_name_longer_than_the_schema_allows_is_cut_and_counted(
    filled: Database, postgres: Database
) -> None:
    with filled.write() as session:
        session.execute(update(Source).values(name="é" * 201))
    moved = move(filled, postgres, NOW)
    assert moved.repairs.cut == {"source.name": 1}
    with postgres.read() as session:
        assert session.scalar(select(Source.name)) == "é" * 200


def test_between_databases_that_agree_nothing_is_touched(filled: Database, other_file: Database) -> None:
    moved = move(filled, other_file, NOW)
    assert not moved.repairs.replaced
    assert everything(other_file) == everything(filled)
