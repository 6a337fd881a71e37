"""When a move is refused or breaks off: a reason in words, and nothing half moved."""

import sqlite3

import pytest
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import OperationalError

from newsletter import migrate
from newsletter.db import Database
from newsletter.models import Delivery, Topic, metadata
from newsletter.move import MoveFailed, move
from tests.delivery.cast import MINUTE, NOW, SENDING, a_topic
from tests.move.installation import everything, rows_in


def test_a_target_with_rows_is_refused_and_left_as_it_is(filled: Database, postgres: Database) -> None:
    migrate.upgrade(postgres)
    with postgres.write() as session:
        a_topic(session, "precious")
    before = everything(postgres)
    with pytest.raises(MoveFailed, match="not empty: there are rows in topic"):
        move(filled, postgres, NOW)
    assert everything(postgres) == before


def test_a_target_of_something_else_is_refused_and_gets_no_tables(
    filled: Database, postgres: Database
) -> None:
    with postgres.write() as session:
        session.execute(text("CREATE TABLE invoice (id integer)"))
    with pytest.raises(MoveFailed, match="tables of something else"):
        move(filled, postgres, NOW)
    assert inspect(postgres.engine).get_table_names() == ["invoice"]


def test_a_target_with_our_tables_and_no_rows_will_do(filled: Database, postgres: Database) -> None:
    migrate.upgrade(postgres)
    move(filled, postgres, NOW)
    assert everything(postgres) == everything(filled)


def test_while_mail_is_being_handed_over_nothing_is_moved(filled: Database, postgres: Database) -> None:
    with filled.write() as session:
        session.execute(update(Delivery).values(state=SENDING, lease_until=NOW + MINUTE))
    with pytest.raises(MoveFailed, match=r"Stop the service first.* again after 06:01:00 UTC"):
        move(filled, postgres, NOW)
    assert rows_in(postgres) == 0
    move(filled, postgres, NOW + MINUTE)
    assert rows_in(postgres) == rows_in(filled)


def test_nobody_changes_the_old_database_meanwhile(
    filled: Database, postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(filled.url.database)
    refused: list[str] = []

    def write_elsewhere(table: str, _rows: int) -> None:
        other = sqlite3.connect(path, timeout=0)
        try:
            other.execute("UPDATE topic SET name = 'changed'")
        except sqlite3.OperationalError as error:
            refused.append(str(error))
        finally:
            other.close()

    move(filled, postgres, NOW, progress=write_elsewhere)
    assert refused == ["database is locked"] * 2 * len(metadata.tables)
    with filled.write() as session:
        session.execute(update(Topic).values(name="now it can"))


def test_nobody_changes_an_old_postgresql_meanwhile(
    filled: Database, postgres: Database, other_file: Database
) -> None:
    move(filled, postgres, NOW)
    refused: list[bool] = []

    def write_elsewhere(table: str, _rows: int) -> None:
        with pytest.raises(OperationalError, match="lock timeout"), postgres.write() as session:
            session.execute(text("SET LOCAL lock_timeout = '10ms'"))
            session.execute(update(Topic).values(name="changed"))
        refused.append(True)

    move(postgres, other_file, NOW, progress=write_elsewhere)
    assert len(refused) == 2 * len(metadata.tables)
    assert everything(other_file) == everything(filled)


def test_a_row_the_new_database_refuses_stops_all_and_nothing_is_half_moved(
    filled: Database, postgres: Database
) -> None:
    with sqlite3.connect(str(filled.url.database)) as connection:
        connection.execute("INSERT INTO edition_fragment VALUES (4711, 'en', 'full', x'')")
    connection.close()
    with pytest.raises(MoveFailed, match=r"refuses a row of edition_fragment.*4711"):
        move(filled, postgres, NOW)
    assert rows_in(postgres) == 0
    with filled.read() as session:
        assert session.scalar(select(Topic.slug)) == "science"


def test_rows_that_do_not_arrive_as_they_were_are_noticed(filled: Database, postgres: Database) -> None:
    migrate.upgrade(postgres)
    with postgres.write() as session:
        for statement in (
            "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.name := 'other'; RETURN NEW; END $$",
            "CREATE TRIGGER meddle BEFORE INSERT ON topic FOR EACH ROW EXECUTE FUNCTION meddle()",
        ):
            session.execute(text(statement))
    with pytest.raises(MoveFailed, match="rows of topic did not arrive as they were"):
        move(filled, postgres, NOW)
    assert rows_in(postgres) == 0


def test_rows_that_vanish_on_the_way_are_noticed(filled: Database, postgres: Database) -> None:
    migrate.upgrade(postgres)
    with postgres.write() as session:
        for statement in (
            "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER swallow BEFORE INSERT ON suppression FOR EACH ROW EXECUTE FUNCTION swallow()",
        ):
            session.execute(text(statement))
    with pytest.raises(MoveFailed, match="1 rows of suppression were sent, 0 arrived"):
        move(filled, postgres, NOW)
    assert rows_in(postgres) == 0


def test_a_source_of_another_version_is_refused(postgres: Database, other_file: Database) -> None:
    with pytest.raises(MoveFailed, match="newsletter db upgrade"):
        move(other_file, postgres, NOW)


def test_a_target_of_another_encoding_is_refused(filled: Database, postgres: Database) -> None:
    name = f"{postgres.url.database}_latin"
    with postgres.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.execute(text(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"))
        latin = Database(postgres.url.set(database=name).render_as_string(hide_password=False))
        try:
            with pytest.raises(MoveFailed, match="encoded in LATIN1"):
                move(filled, latin, NOW)
        finally:
            latin.close()
            admin.execute(text(f"DROP DATABASE {name}"))
