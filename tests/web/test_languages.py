"""Pages in every language: which one is spoken, how it is said, and that nothing else is left over."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from newsletter.db import Database
from newsletter.mail.languages import LANGUAGES, direction, own_name
from newsletter.models import ConsentRecord, Edition, Story, Subscriber
from newsletter.tokens import Purpose
from tests.web.builders import add_edition, add_source, add_subscriber, add_topic
from tests.web.conftest import Site, make_site
from tests.web.forms import ANN, hidden
from tests.wordwatch import latin_words, read_aloud

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
FRONT = {
    "en": "Get it by mail",
    "de": "Per Mail bekommen",
    "fr": "Recevoir par e-mail",
    "es": "Recibirlo por correo",
    "uk": "Отримувати поштою",
    "ar": "احصل عليها بالبريد",
}


def reader(site: Site) -> Subscriber:
    with site.database.read() as session:
        found = session.scalars(select(Subscriber)).one()
        session.expunge_all()
        return found


def agreed(site: Site) -> list[tuple[str, str]]:
    """The languages and words of what was agreed to, in order."""
    query = select(ConsentRecord.language, ConsentRecord.wording).order_by(ConsentRecord.id)
    with site.database.read() as session:
        return [(language, words) for language, words in session.execute(query)]


def speak(site: Site, language: str, status: str = "active") -> None:
    """Ann, who reads in this language."""
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status=status).language = language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_its_language_and_direction(site: Site, language: str) -> None:
    answer = site.client().get("/", headers={"Accept-Language": language})
    assert f'<html lang="{language}" dir="{direction(language)}">' in answer.text
    assert FRONT[language] in answer.text
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("pt-BR,pt;q=0.9,es;q=0.8", "es"),
        ("en-US,ar;q=0.5", "en"),
        ("uk-UA;q=0.3,fr-CA;q=0.2", "uk"),
        ("de;q=0,fr", "fr"),
        ("zh-CN,ja", "en"),
        ("*", "en"),
        ("", "en"),
        ("de;q=x, \x7f, ,,;;", "en"),
    ],
)
def test_a_page_speaks_the_best_of_what_the_browser_asks_for(site: Site, asked: str, spoken: str) -> None:
    assert site.client().get("/", headers={"Accept-Language": asked}).headers["Content-Language"] == spoken


def test_who_asks_for_none_gets_the_installations(db: Database, now: datetime, tmp_path: Path) -> None:
    client = make_site(db, now, tmp_path, publication_language="uk").client()
    assert client.get("/archive").headers["Content-Language"] == "uk"
    assert client.get("/archive", headers={"Accept-Language": "zh"}).headers["Content-Language"] == "uk"
    assert client.get("/archive", headers={"Accept-Language": "fr"}).headers["Content-Language"] == "fr"


def test_a_language_asked_for_by_link_is_spoken_and_carried_on(site: Site) -> None:
    answer = site.client().get("/?language=ar", headers=GERMAN)
    assert answer.headers["Content-Language"] == "ar"
    assert "Accept-Language" not in answer.headers["Vary"]
    links = re.findall(r'(?:href|action)="(/(?!static|image|brand|manifest|icon)[^"#]*)', answer.text)
    assert links
    assert all("language=ar" in link for link in links)
    assert not re.search(r'="/(static|image|brand)[^"]*language=', answer.text)


def test_a_language_that_is_not_offered_is_passed_over(site: Site) -> None:
    for asked in ("tlh", "", "de-AT", "../../etc", "ar\0", "a" * 5000):
        answer = site.client().get("/", query_string={"language": asked}, headers=GERMAN)
        assert (answer.status_code, answer.headers["Content-Language"]) == (200, "de")


def test_choosing_a_language_stores_nothing_anywhere(site: Site) -> None:
    before = site.dump()
    answer = site.client().get("/archive?language=ar")
    assert "Set-Cookie" not in answer.headers
    assert site.dump() == before


def test_every_page_offers_itself_in_every_language(site: Site) -> None:
    page = site.client().get("/archive?before=2026-12-01&language=fr").text
    found = re.findall(
        r'<a href="([^"]+)" hreflang="(\w+)" lang="(\w+)" dir="(\w+)"([^>]*)>([^<]+)</a>', page
    )
    assert [(tag, tag, direction(tag), own_name(tag)) for tag in LANGUAGES] == [
        (hreflang, lang, way, name) for _link, hreflang, lang, way, _now, name in found
    ]
    assert [link for link, *_rest in found][1] == "?before=2026-12-01&amp;language=de"
    assert [tag for _link, tag, _lang, _way, now, _name in found if "aria-current" in now] == ["fr"]


def test_what_stands_in_an_address_stays_in_its_place(site: Site) -> None:
    page = site.client().get("/archive", query_string={"x": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_the_answer_to_a_form_offers_no_other_language(site: Site) -> None:
    """Its address is for forms; the page behind it may not exist."""
    client = site.client()
    given = {**ANN, **hidden(client.get("/").text), "address": "nobody"}
    answer = client.post("/", data=given)
    assert answer.status_code == 422
    assert "hreflang" not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/confirm/forged", "/archive/world/never"])
def test_pages_of_errors_speak_too(site: Site, path: str) -> None:
    answer = site.client().get(path, headers=GERMAN)
    assert answer.status_code == 404
    assert '<html lang="de" dir="ltr">' in answer.text
    assert "Zur Titelseite" in answer.text


def test_a_form_that_is_too_large_is_refused_in_the_browsers_language(site: Site) -> None:
    answer = site.client().post("/", data={"address": "a" * 100_000}, headers=GERMAN)
    assert answer.status_code == 413
    assert "Das war zu viel auf einmal" in answer.text


def test_health_has_no_language(site: Site) -> None:
    answer = site.client().get("/healthz", headers=GERMAN)
    assert "Content-Language" not in answer.headers


def test_a_readers_own_pages_speak_the_readers_language(site: Site) -> None:
    speak(site, "uk")
    for purpose in (Purpose.MANAGE, Purpose.UNSUBSCRIBE):
        answer = site.client().get(site.link(purpose), headers=GERMAN)
        assert answer.headers["Content-Language"] == "uk"
        asked = site.client().get(f"{site.link(purpose)}?language=es", headers=GERMAN)
        assert asked.headers["Content-Language"] == "es"


def test_one_click_answers_in_the_readers_language(site: Site) -> None:
    speak(site, "fr")
    answer = site.client().post(
        site.link(Purpose.UNSUBSCRIBE), data={"List-Unsubscribe": "One-Click"}, headers=GERMAN
    )
    assert (answer.status_code, answer.text) == (200, "Votre abonnement est résilié.\n")


def test_the_words_agreed_to_are_kept_as_shown_with_their_language(site: Site) -> None:
    """Also when the form is sent by a browser that now asks for another language."""
    client = site.client()
    page = client.get("/?language=fr")
    assert client.post("/", data={**hidden(page.text), **ANN}, headers=GERMAN).status_code == 303
    assert reader(site).language == "fr"
    shown = client.get(f"{site.link(Purpose.CONFIRM)}?language=ar")
    client.post(site.link(Purpose.CONFIRM), data=hidden(shown.text), headers=GERMAN)
    (first, requested), (second, confirmed) = agreed(site)
    assert (first, second) == ("fr", "ar")
    assert requested in page.text
    assert confirmed in shown.text
    assert reader(site).language == "fr"


def test_a_reader_changes_the_language_of_their_mails(site: Site) -> None:
    speak(site, "en")
    client, page = site.client(), site.link(Purpose.MANAGE)
    shown = client.get(f"{page}?language=de").text
    assert '<option value="en" lang="en" selected>English' in shown
    kept = {"topics": ["world"], "hour": "07:00", "zone": "Europe/Berlin", "days": ["0"]}
    answer = client.post(f"{page}?language=de", data={**hidden(shown), **kept, "language": "ar"})
    assert answer.status_code == 303
    assert "language" not in answer.location  # what was chosen is what is seen
    after = client.get(answer.location)
    assert after.headers["Content-Language"] == "ar"
    assert "حُفظت اختياراتك." in after.text
    assert reader(site).language == "ar"


def test_a_language_from_nowhere_changes_nothing(site: Site) -> None:
    speak(site, "en")
    client, page = site.client(), site.link(Purpose.MANAGE)
    kept = {"topics": ["world"], "hour": "07:00", "zone": "Europe/Berlin", "days": ["0"]}
    answer = client.post(page, data={**hidden(client.get(page).text), **kept, "language": "tlh"})
    assert answer.status_code == 422
    assert "Please choose a language from the list." in answer.text
    assert reader(site).language == "en"


def test_problems_of_a_form_are_told_in_the_language_it_was_shown_in(site: Site) -> None:
    client = site.client()
    shown = hidden(client.get("/?language=es").text)
    answer = client.post("/", data={**shown, "address": "", "hour": "", "zone": ""}, headers=GERMAN)
    assert answer.status_code == 422
    for words in ("4 datos necesitan su atención", "Escriba su dirección", "marque al menos un tema"):
        assert words in answer.text


# ---------------------------------------------------------------- nothing is left in English


@pytest.fixture
def greek(db: Database, now: datetime, tmp_path: Path) -> Site:
    """A newspaper whose every own word is Greek, and Ann, who reads it."""
    with db.write() as session:
        wire, radio = add_source(session, "Ράδιο"), add_source(session, "Ημερολόγιο")
        told = [[(wire, "Η πόλη ξυπνά"), (radio, "Άλλη άποψη")], [(radio, "Οι κύκνοι")]]
        add_edition(session, add_topic(session, "town", "Πόλη"), now.date(), told)
        add_topic(session, "science", "Επιστήμη", 1)
        ann = add_subscriber(session, "ann@example.com", now, topics=("town",))
        for story in session.scalars(select(Story)):
            story.summary = "Σύνοψη."
            for article in story.articles:
                article.excerpt = "Απόσπασμα."
        ann.timezone = "UTC"
    return make_site(db, now, tmp_path, publication_name="Εφημερίδα")


def pages(site: Site) -> list[str]:
    manage, leave = site.link(Purpose.MANAGE), site.link(Purpose.UNSUBSCRIBE)
    with site.database.read() as session:
        edition, story = session.scalar(select(Edition.id)), session.scalar(select(Story.id))
    return [
        *("/", "/archive", f"/archive/town/{site.now.date()}", f"/story/{story}", "/check-your-inbox"),
        *(f"/issue/{site.now.date()}/{edition}", "/link", "/link/sent", "/address/asked", "/nothing"),
        *(manage, leave, site.link(Purpose.CONFIRM), "/preferences/forged"),
        *(f"{manage}/{action}" for action in ("pause", "resume", "earlier", "later", f"less/{edition}")),
    ]


@pytest.mark.parametrize("language", ["uk", "ar"])
def test_nothing_on_a_page_is_left_in_english(greek: Site, language: str) -> None:
    client = greek.client()
    for path in pages(greek):
        answer = client.get(path, headers={"Accept-Language": language}, query_string={"language": language})
        assert answer.status_code in (200, 404)
        assert latin_words(read_aloud(answer.text)) == [], path


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_every_text_of_ours_differs_from_the_english_one(greek: Site, language: str) -> None:
    client = greek.client()
    same = {"Archives", "Atom", "Date", "JSON Feed", "November 2026", "Pages", "Text"}
    for path in pages(greek):
        english, ours = (
            set(latin_words(read_aloud(client.get(path, query_string={"language": one}).text)))
            for one in ("en", language)
        )
        assert len(english) > 3
        assert english & ours <= same, path


# ---------------------------------------------------------------- a journey in Arabic


def test_somebody_signs_up_reads_and_leaves_in_arabic(site: Site) -> None:
    client = site.client()
    arabic = {"Accept-Language": "ar-EG,ar;q=0.9"}

    def get(path: str) -> str:
        answer = client.get(path, headers=arabic)
        assert answer.status_code == 200
        assert '<html lang="ar" dir="rtl">' in answer.text
        return answer.text

    front = get("/")
    assert "الأحد، 22 نوفمبر 2026" in front
    assert '<a lang="en" dir="ltr" href="https://' in front  # headlines stay in their own direction
    assert client.post("/", data={**hidden(front), **ANN}, headers=arabic).location == "/check-your-inbox"
    assert "تفقّد بريدك الوارد" in get("/check-your-inbox")
    confirm = site.link(Purpose.CONFIRM)
    assert "كل يوم في الساعة 07:00، بتوقيت Europe/Berlin" in get(confirm)
    answer = client.post(confirm, data=hidden(get(confirm)))
    assert "أهلًا بك" in answer.text
    assert reader(site).language == "ar"
    manage = get(site.link(Purpose.MANAGE))
    assert "يصل العدد التالي إلى a…@e….com" in manage
    assert "الاثنين، 07:00 – أي بعد" in manage
    leave = site.link(Purpose.UNSUBSCRIBE)
    answer = client.post(leave, data=hidden(get(leave)))
    assert "أُلغي اشتراكك" in answer.text
    assert {language for language, _words in agreed(site)} == {"ar"}
    assert agreed(site)[-1][1] == "إيقاف جميع رسائل «Daily Edition» إلى هذا العنوان."


def test_the_style_sheet_knows_no_left_and_right(client: FlaskClient) -> None:
    """Only beginnings and ends, so that one sheet serves both directions."""
    with client.get("/static/site.css") as answer:
        rules = re.sub(r"/\*.*?\*/", "", answer.get_data(as_text=True), flags=re.DOTALL)
    sided = (
        r"(?<![-\w])(left|right)\s*:|(margin|padding|border)-(left|right)|float|text-align:\s*(left|right)"
    )
    assert not re.search(sided, rules)


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.client()
