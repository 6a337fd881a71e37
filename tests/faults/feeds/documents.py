"""Faults of what is sent: feeds that explode, lie, or carry what must not come through."""

import itertools

from tests.faults.feeds.fault import Fault, rss, send
from tests.ingest.server import Handler

_COUNT = itertools.count()


def _item(title: str, link: str, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def _named(title: str, more: str = "") -> str:
    return _item(title, "https://example.com/" + title.replace(" ", "-"), more)


_LAUGHS = "<!DOCTYPE rss [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)
_BLOWN = f"<!DOCTYPE rss [<!ENTITY a '{'a' * 100_000}'>]>"
_OUTSIDE = (
    "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY % y SYSTEM 'http://127.0.0.1:9/'>%y;]>"
)


def _churning(handler: Handler) -> None:
    """The same item under another guid each time it is asked for."""
    send(rss(_named("Churned", f"<guid>{next(_COUNT)}</guid>")))(handler)


def _attributes() -> bytes:
    return rss("<a " + " ".join(f"b{n}=''" for n in range(400_000)) + "/>")


def _one_guid() -> bytes:
    return rss("".join(_item(f"Same {n}", f"https://example.com/{n}", "<guid>1</guid>") for n in range(50)))


_BOLD = "&lt;b onclick='x()'&gt;Bold&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt;"
_BODY = "<description>&lt;img src=x onerror=x()&gt;&lt;script&gt;x()&lt;/script&gt;</description>"
_LATIN = '<?xml version="1.0" encoding="us-ascii"?>'

_LARGE = (
    Fault("only-nuls", send(lambda: bytes(5_000_000)), "."),
    Fault("quadratic-author", send(lambda: rss(_named("A", f"<author>{'a' * 65_536}</author>"))), "stopped"),
    Fault("quadratic-entities", send(lambda: rss(_named("&a;" * 50_000), _BLOWN))),
    Fault("deep-elements", send(lambda: rss(b"<a>" * 300_000))),
    Fault(
        "deep-markup", send(lambda: rss(_named("D", f"<description>{'&lt;div&gt;' * 200_000}</description>")))
    ),
    Fault("million-items", send(lambda: rss(b"<item/>" * 1_000_000))),
    Fault("million-links", send(lambda: rss(b"<item><link>http://a.b/</link></item>" * 250_000))),
    Fault("million-categories", send(lambda: rss(_named("C", "<category>c</category>" * 400_000)))),
    Fault("million-attributes", send(_attributes)),
    Fault("giant-title", send(lambda: rss(_item("t" * 9_000_000, "https://example.com/t")))),
    Fault("only-brackets", send(lambda: b"<rss version='2.0'>" + b"<" * 5_000_000)),
    Fault("only-ampersands", send(lambda: rss(_named("&" * 3_000_000)))),
    Fault("only-declarations", send(lambda: rss("", "<!DOCTYPE " * 500_000))),
)

_SMALL = (
    Fault("empty", send(b""), "empty"),
    Fault("web-page", send(b"<!doctype html><html><body>hello"), "web page"),
    Fault("random-bytes", send(bytes(range(256)) * 400), "."),
    Fault(
        "charset-lies",
        send(rss(_named("Grüße"), _LATIN), Content_Type="text/xml; charset=iso-2022-jp"),
        "",
        ("Grüße",),
    ),
    Fault("nuls", send(rss(_named("N\0U\0L")).replace(b"<link>", b"\0<link>"))),
    Fault("entity-bomb", send(rss(_named("&a11;"), _LAUGHS + "]>"))),
    Fault("external-entity", send(rss(_named("passwd", "<description>&x;</description>"), _OUTSIDE))),
    Fault("guid-churn", _churning, "", ("Churned",)),
    Fault("one-guid-for-all", send(_one_guid)),
    Fault(
        "date-1970",
        send(rss(_named("Old", "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"))),
        "",
        ("Old",),
    ),
    Fault(
        "date-2100",
        send(rss(_named("New", "<pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate>"))),
        "",
        ("New",),
    ),
    Fault(
        "date-nonsense",
        send(rss(_named("Never", "<pubDate>99 Foo 99999999999 99:99</pubDate>"))),
        "",
        ("Never",),
    ),
    Fault("html-in-titles", send(rss(_item(_BOLD, "https://example.com/bold"))), "", ("Bold",)),
    Fault(
        "script-links", send(rss(_item("Script", "javascript:alert(1)") + _item("Data", "data:text/html,x")))
    ),
    Fault("script-bodies", send(rss(_named("Body", _BODY))), "", ("Body",)),
    Fault("bidi-controls", send(rss(_named("\u202egpj.exe\u2066 \u200fx"))), "", ("gpj.exe x",)),
)

DOCUMENTS = (*_LARGE, *_SMALL)
