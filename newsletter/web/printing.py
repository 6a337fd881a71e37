"""How templates print what came from feeds, dates, and addresses of the web."""

from zlib import crc32
from zoneinfo import ZoneInfo

from flask import Flask

from newsletter.config import Settings
from newsletter.editions.summarise import clean, shorten
from newsletter.mail.dates import dateline
from newsletter.mail.languages import direction, listed
from newsletter.mail.wording import one_line
from newsletter.web.ages import age_in_words
from newsletter.web.commenting import said_safely
from newsletter.web.i18n import page_language
from newsletter.web.moments import day_in_words, moment_in_words, printed_moment
from newsletter.web.structured import printed_data
from newsletter.web.zone_options import zone_options

EXCERPT_LETTERS = 320
HUES = 6


def install(app: Flask, settings: Settings) -> None:
    """Give the templates their filters."""
    zone = settings.zone
    app.jinja_env.globals["zone_options"] = zone_options
    app.jinja_env.filters.update(
        web_address=web_address,
        line=one_line,
        excerpt=excerpt,
        direction=direction,
        listed=lambda names: listed(names, page_language()),
        dateline=lambda day: dateline(day, page_language()),
        day=lambda day: day_in_words(day, page_language()),
        at=lambda moment: moment_in_words(moment, zone, page_language()),
        age=age_in_words,
        hue=hue,
        initial=initial,
        said_safely=said_safely,
        structured=printed_data,
        printed=lambda moment, place: printed_moment(moment, ZoneInfo(place), page_language()),
    )


def initial(name: str) -> str:
    """The letter that stands for a source: the first of its name that is one."""
    words = one_line(name, 40)
    return next((c for c in words if c.isalnum()), "·").upper()[:1]


def hue(name: str) -> int:
    """Which of the badges' colours a source has: always the same one."""
    return crc32(name.encode("utf-8", "replace")) % HUES


def web_address(url: str) -> str:
    """`url` if it leads to a web page; anything else (javascript:, data:) becomes nothing."""
    return url if url.lower().startswith(("https://", "http://")) else ""


def excerpt(text: str) -> str:
    """The beginning of an article's own words, up to a sentence's end where there is one."""
    return one_line(shorten(clean(text), EXCERPT_LETTERS), EXCERPT_LETTERS)
