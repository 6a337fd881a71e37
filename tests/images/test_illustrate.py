"""Pictures for an edition that closes, from a real server: those that come, and never too late."""

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.editions.build import close_edition, plan_edition, store_edition
from newsletter.images.illustrate import Illustrator, no_images
from newsletter.images.keep import keep, let_go
from newsletter.images.reencode import reencode
from newsletter.ingest.fetch import FetchPolicy
from newsletter.mail.issue import EditionContent, Fragment
from newsletter.models import Article, Image, Story
from tests.editions.catalogue import WINDOW, add_article, add_topic, render
from tests.editions.newsroom import MORNING
from tests.images.drawing import photograph, written
from tests.ingest.server import FeedServer, cut_off, dripping, endless, gibberish, silent

TODAY = MORNING.date()


@pytest.fixture
def illustrator(db: Database, policy: FetchPolicy) -> Illustrator:
    return Illustrator(db, policy)


def add_story(db: Database, title: str, image_url: str | None, alt: str = "") -> int:
    """An article with the picture; its number."""
    with db.write() as session:
        source = add_topic(session, slug=f"of-{title}", sources=1).sources[0]
        source.url = f"{source.url}-{title}"
        article = add_article(session, source, title)
        article.image_url, article.image_alt = image_url, alt
        session.flush()
        return article.id


def kept(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.scalars(select(Image.name).order_by(Image.name)))


def test_each_lead_with_a_picture_gets_a_copy_of_ours(
    any_db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    ferry = add_story(any_db, "ferry", server.serve("/ferry", written(photograph())), alt="A ferry")
    comet = add_story(any_db, "comet", server.serve("/comet", written(photograph(seed=2), "PNG")))
    bare = add_story(any_db, "bare", None)

    images = Illustrator(any_db, policy)([ferry, comet, bare], now)

    assert set(images) == {ferry, comet}
    assert (images[ferry].alt, images[comet].alt) == ("A ferry", "")
    assert kept(any_db) == sorted(image.name for image in images.values())
    with any_db.read() as session:
        image = session.get_one(Image, images[ferry].name)
        assert (image.width, image.height, image.used_at) == (600, 400, now)
        assert image.body == reencode(written(photograph())).body


def test_servers_that_misbehave_cost_their_own_picture_only(
    db: Database, server: FeedServer, illustrator: Illustrator, now: datetime
) -> None:
    good = add_story(db, "good", server.serve("/good", written(photograph())))
    bad = [
        add_story(db, "missing", server.url("/missing")),
        add_story(db, "cut", server.behave("/cut", cut_off)),
        add_story(db, "gibberish", server.behave("/gibberish", gibberish)),
        add_story(db, "endless", server.behave("/endless", endless)),
        add_story(db, "page", server.serve("/page", b"<!doctype html><title>Log in</title>")),
        add_story(db, "bomb", server.serve("/bomb", written(photograph())[:3000])),
        add_story(db, "inside", "http://169.254.169.254/latest/meta-data.png"),
        add_story(db, "loop", server.serve("/loop", b"", 302, Location=server.url("/loop"))),
        add_story(db, "scheme", "ftp://example.com/a.jpg"),
    ]

    assert list(illustrator([*bad, good], now)) == [good]


def test_a_server_that_never_answers_does_not_hold_an_edition_up(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    good = add_story(db, "good", server.serve("/good", written(photograph())))
    slow = [add_story(db, f"slow{n}", server.behave(f"/slow{n}", silent)) for n in range(12)]
    slow.append(add_story(db, "drip", server.behave("/drip", dripping)))

    started = time.monotonic()
    images = Illustrator(db, policy, edition_seconds=4)([good, *slow], now)

    assert list(images) == [good]
    assert time.monotonic() - started < 8


def test_all_editions_of_a_round_share_a_time(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    good = add_story(db, "good", server.serve("/good", written(photograph())))
    slow = add_story(db, "slow", server.behave("/slow", silent))
    illustrator = Illustrator(db, policy, edition_seconds=1, round_seconds=1)

    assert illustrator([slow], now) == {}
    asked = len(server.requests)
    assert illustrator([good], now) == {}, "the round's time is used up"
    assert len(server.requests) == asked


def test_a_picture_larger_than_five_megabytes_is_left_alone(
    db: Database, server: FeedServer, illustrator: Illustrator, now: datetime
) -> None:
    padded = written(photograph()) + b"\0" * (5 * 1024 * 1024)
    story = add_story(db, "large", server.serve("/large", padded))

    assert illustrator([story], now) == {}


def test_a_picture_that_stands_by_several_stories_says_nothing_about_any(
    db: Database, server: FeedServer, illustrator: Illustrator, now: datetime
) -> None:
    sign = written(photograph((400, 400), seed=5))
    first = add_story(db, "first", server.serve("/sign.jpg", sign))
    second = add_story(db, "second", server.serve("/sign.jpg?again", sign))
    own = add_story(db, "own", server.serve("/own", written(photograph())))

    assert list(illustrator([first, second, own], now)) == [own]


def test_the_server_is_asked_for_pictures_and_told_nothing_about_readers(
    db: Database, server: FeedServer, illustrator: Illustrator, now: datetime
) -> None:
    illustrator([add_story(db, "ferry", server.serve("/ferry", written(photograph())))], now)

    (request,) = server.requests
    assert "image/jpeg" in request.headers["accept"]
    assert not {"cookie", "referer"} & set(request.headers)


def test_a_story_shows_its_own_picture_frozen_with_the_edition(
    any_db: Database, server: FeedServer, policy: FetchPolicy
) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        told = add_article(session, topic.sources[0], "Ferry line reopens after the storm")
        told.image_url, told.image_alt = server.serve("/ferry", written(photograph())), "A white ferry"
        add_article(session, topic.sources[1], "Comet seen over the observatory")
        topic_id, article_id = topic.id, told.id
    rendered: list[EditionContent] = []

    def watched(content: EditionContent, language: str, length: str) -> Fragment:
        rendered.append(content)
        return render(content, language, length)

    with any_db.read() as session:
        plan = plan_edition(session, topic_id, TODAY, MORNING, MORNING, WINDOW)
    images = Illustrator(any_db, policy)(plan.leads, MORNING)
    with any_db.write() as session:
        store_edition(session, plan, MORNING, watched, images)
        session.get_one(Article, article_id).image_alt = "rewritten since"

    shown = {story.headline: story.image for story in rendered[0].stories}
    image = shown["Ferry line reopens after the storm"]
    assert image is not None
    assert (image.url, image.width, image.height) == (f"/image/{images[article_id].name}", 600, 400)
    assert image.alt == "A white ferry"
    assert shown["Comet seen over the observatory"] is None
    with any_db.read() as session:
        assert set(session.scalars(select(Story.image_alt))) == {"A white ferry", ""}


def test_an_installation_without_pictures_asks_nobody(
    db: Database, server: FeedServer, now: datetime
) -> None:
    story = add_story(db, "ferry", server.serve("/ferry", written(photograph())))

    assert no_images([story], now) == {}
    assert server.requests == []


def test_old_pictures_are_let_go_and_their_stories_stay(any_db: Database, now: datetime) -> None:
    old, new = reencode(written(photograph())), reencode(written(photograph(seed=2)))
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Ferry line reopens after the storm")
        edition = close_edition(session, topic.id, TODAY, MORNING, MORNING, WINDOW, render)
        assert edition is not None
        keep(session, [old], now - timedelta(days=61))
        keep(session, [new], now - timedelta(days=59))
        story = session.scalars(select(Story)).one()
        story.image_name = old.name
        number = story.id

    with any_db.write() as session:
        assert let_go(session, now, timedelta(days=60)) == 1
    assert kept(any_db) == [new.name]
    with any_db.read() as session:
        assert session.get_one(Story, number).image_name is None


def test_a_picture_wanted_again_stays(any_db: Database, now: datetime) -> None:
    copy = reencode(written(photograph()))
    with any_db.write() as session:
        keep(session, [copy], now - timedelta(days=90))
        keep(session, [copy], now)
        assert let_go(session, now, timedelta(days=60)) == 0
    assert kept(any_db) == [copy.name]


def test_private_addresses_are_refused_for_pictures_as_for_feeds(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    story = add_story(db, "ferry", server.serve("/ferry", written(photograph())))

    assert Illustrator(db, replace(policy, allow_networks=()))([story], now) == {}
    assert server.requests == []
