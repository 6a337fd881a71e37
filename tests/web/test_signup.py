import re
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from newsletter.db import Database
from newsletter.models import ConsentRecord, Delivery, Subscriber, Topic
from newsletter.web.app import create_app
from newsletter.web.offers import OFFERS
from newsletter.web.wording import sign_up_wording
from tests.web.builders import add_edition, add_source, add_subscriber, add_topic
from tests.web.conftest import Site, make_site
from tests.web.forms import ANN, csrf_token, submit


def deliveries(site: Site) -> list[tuple[str, str]]:
    with site.database.read() as session:
        rows = session.execute(
            select(Delivery.kind, Subscriber.address).join(Subscriber).order_by(Delivery.id)
        )
        return [(kind, address) for kind, address in rows]


def test_the_front_page_shows_each_topic_with_its_headlines_and_who_reports_them(site: Site) -> None:
    page = site.client().get("/").get_data(as_text=True)
    for text in ("World", "Technology", "Science", "Storm closes the northern ports", "Harbour Herald"):
        assert text in page
    assert "Night trains return" not in page  # the fourth story is for the edition's own page
    assert "Still gathering their first edition: Sport." in page


def test_an_installation_without_editions_says_so_calmly(db: Database, now: datetime, tmp_path: Path) -> None:
    with db.write() as session:
        add_topic(session, "world")
    page = make_site(db, now, tmp_path).client().get("/").get_data(as_text=True)
    assert "The first edition is being gathered." in page


def test_an_installation_without_topics_still_has_a_front_page(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    answer = make_site(db, now, tmp_path).client().get("/")
    assert answer.status_code == 200
    assert "No topics have been set up yet" in answer.get_data(as_text=True)


def test_a_held_edition_is_not_shown(db: Database, now: datetime, tmp_path: Path) -> None:
    with db.write() as session:
        source = add_source(session, "Courier")
        add_edition(session, add_topic(session, "world"), now.date(), [[(source, "Secret")]], status="held")
    client = make_site(db, now, tmp_path).client()
    assert "Secret" not in client.get("/").get_data(as_text=True)
    assert client.get("/archive/world/2026-11-22").status_code == 404


def test_the_first_view_of_the_front_page_weighs_less_than_50_kb(site: Site) -> None:
    client = site.client()
    page = client.get("/").get_data(as_text=True)
    weight = len(page.encode())
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        with client.get(address) as answer:
            assert answer.status_code == 200
            weight += len(answer.data)
    assert weight < 50_000


def test_signing_up_stores_the_choices_and_the_words_shown_and_asks_for_a_confirmation(site: Site) -> None:
    answer = submit(site.client(), "/", fields=ANN)
    assert (answer.status_code, answer.location) == (303, "/check-your-inbox")
    with site.database.read() as session:
        ann = session.scalars(select(Subscriber).options(selectinload(Subscriber.topics))).one()
        assert (ann.address, ann.status, ann.send_time) == ("ann@example.com", "pending", time(7, 0))
        assert [topic.slug for topic in ann.topics] == ["world", "science"]
        assert session.scalars(select(ConsentRecord.wording)).all() == [sign_up_wording("Daily Edition")]
    assert deliveries(site) == [("confirm", "ann@example.com")]
    assert site.woken == 1


def test_the_words_that_are_stored_are_the_words_on_the_page(site: Site) -> None:
    assert sign_up_wording("Daily Edition") in site.client().get("/").get_data(as_text=True)


def test_a_reader_who_signs_up_again_is_sent_their_preferences_link_instead(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    submit(site.client(), "/", fields=ANN)
    assert deliveries(site) == [("already_subscribed", "ann@example.com")]


@pytest.mark.parametrize("status", ["pending", "active", "paused", "unsubscribed"])
def test_a_known_address_gets_exactly_the_answer_of_an_unknown_one(site: Site, status: str) -> None:
    with site.database.write() as session:
        add_subscriber(session, "known@example.com", site.now, status=status)
    seen = []
    for address in ("known@example.com", "unknown@example.com"):
        client = site.client()
        answer = submit(client, "/", fields={**ANN, "address": address})
        page = client.get(answer.location)
        nonce = re.compile(rb"nonce-[\w-]+")
        # The cookie differs for every visitor.
        headers = {k: nonce.sub(b"", v.encode()) for k, v in answer.headers if k != "Set-Cookie"}
        assert "Set-Cookie" in answer.headers
        seen.append((answer.status_code, headers, answer.data, page.status_code, page.data))
    assert seen[0] == seen[1]


def test_signing_up_writes_as_much_for_a_known_address_as_for_an_unknown_one(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "known@example.com", site.now)
    for address in ("known@example.com", "unknown@example.com"):
        client = site.client()
        before = site.dump()
        submit(client, "/", fields={**ANN, "address": address})
        changed = [name for (name, rows), (_, old) in zip(site.dump(), before, strict=True) if rows != old]
        assert {"consent_record", "delivery"} <= set(changed)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "ann.example.com"}, "An e-mail address has one @ sign"),
        ({"topics": []}, "Please tick at least one topic."),
        ({"topics": ["nonsense"]}, "Please tick at least one topic."),
        ({"hour": "25:00"}, "Please choose an hour from the list."),
        ({"hour": "٠٧:٠٠"}, "Please choose an hour from the list."),
        ({"zone": "Moon/Tycho"}, "Please choose a time zone from the list."),
        ({"zone": "../../etc/passwd"}, "Please choose a time zone from the list."),
    ],
)
def test_a_mistake_is_explained_at_its_field_and_everything_typed_is_kept(
    site: Site, wrong: dict[str, object], words: str
) -> None:
    typed = {**ANN, "hour": "19:00", "zone": "Asia/Tokyo", **wrong}
    answer = submit(site.client(), "/", fields=typed)
    page = answer.get_data(as_text=True)
    field = next(iter(wrong))
    assert answer.status_code == 422
    assert f'id="{field}-problem">{words}' in page
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="{field}-problem', page)
    assert f'value="{typed["address"]}"' in page
    for topic in ("world", "science"):
        kept = f'name="topics" value="{topic}" checked' in page
        assert kept == (topic in typed["topics"])  # type: ignore[operator]
    assert re.search(
        rf"<option[^>]* selected>{'Tokyo' if field != 'zone' else re.escape(str(typed['zone']))}", page
    )
    assert site.woken == 0
    assert deliveries(site) == []


def test_an_old_spelling_of_a_zone_as_browsers_report_it_is_accepted(site: Site) -> None:
    assert submit(site.client(), "/", fields={**ANN, "zone": "Asia/Calcutta"}).status_code == 303


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_ignored(site: Site) -> None:
    answer = submit(site.client(), "/", fields={**ANN, "website": "https://spam.example.com"})
    assert answer.status_code == 303
    assert deliveries(site) == []


def test_without_the_form_token_nothing_happens_and_the_page_says_what_to_do(site: Site) -> None:
    client = site.client()
    for data in (ANN, {**ANN, "csrf_token": "made-up"}):
        answer = client.post("/", data=data)
        assert answer.status_code == 400
        assert "reload the page" in answer.get_data(as_text=True)
    assert deliveries(site) == []


def test_without_cookies_the_page_says_that_one_is_needed(site: Site) -> None:
    token = csrf_token(site.client().get("/").get_data(as_text=True))
    answer = site.app.test_client(use_cookies=False).post("/", data={**ANN, "csrf_token": token})
    assert answer.status_code == 400
    assert "allow cookies" in answer.get_data(as_text=True)


def test_one_network_can_sign_up_only_so_often_and_is_told_kindly(site: Site) -> None:
    client = site.client()
    for number in range(20):
        answer = submit(client, "/", fields={**ANN, "address": f"reader{number}@example.com"})
        assert answer.status_code == 303
    answer = submit(client, "/", fields={**ANN, "address": "one-more@example.com"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "Too many sign-ups from your network" in answer.get_data(as_text=True)
    token = csrf_token(client.get("/?another=1").get_data(as_text=True))
    elsewhere = client.post(
        "/", data={**ANN, "csrf_token": token}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 303


def test_mistakes_do_not_count_as_sign_ups(site: Site) -> None:
    client = site.client()
    for _ in range(25):
        assert submit(client, "/", fields={**ANN, "address": "oops"}).status_code == 422
    assert submit(client, "/", fields=ANN).status_code == 303


def test_when_the_workers_cannot_be_woken_the_sign_up_is_kept_all_the_same(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    with db.write() as session:
        add_topic(session, "world")
    site = make_site(db, now, tmp_path)
    settings = site.app.extensions["newsletter"].settings

    def broken() -> None:
        raise OSError("the queue is away")

    site.app = create_app(settings, db, lambda: now, broken)
    assert submit(site.client(), "/", fields={**ANN, "topics": ["world"]}).status_code == 303
    assert deliveries(site) == [("confirm", "ann@example.com")]


def test_asking_again_the_same_day_brings_no_second_mail(site: Site) -> None:
    for _ in range(2):
        submit(site.client(), "/", fields=ANN)
    assert len(deliveries(site)) == 1
    site.pass_time(timedelta(days=1))
    submit(site.client(), "/", fields=ANN)
    assert len(deliveries(site)) == 2


def test_topics_taken_off_offer_a_moment_ago_are_asked_for_again(site: Site) -> None:
    client = site.client()
    offered = site.app.extensions[OFFERS]
    offered.seconds = 60
    client.get("/")
    offered()
    with site.database.write() as session:
        session.execute(update(Topic).where(Topic.slug.in_(["world", "science"])).values(active=False))
    answer = submit(client, "/", fields=ANN)
    assert answer.status_code == 422
    assert "Please tick at least one topic." in answer.text
    assert deliveries(site) == []
