"""The preferences page is made once for readers of the same choices; what is a reader's own stays theirs."""

import re

from newsletter.addresses import masked
from newsletter.tokens import Purpose
from newsletter.web import same_pages
from tests.web.builders import add_subscriber
from tests.web.conftest import Site

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def two_readers(site: Site) -> dict[str, str]:
    """Two readers who chose the same, and where their pages are."""
    addresses = ("ann@example.com", "bob@example.org")
    with site.database.write() as session:
        for address in addresses:
            add_subscriber(session, address, site.now)
    return {address: site.link(Purpose.MANAGE, address) for address in addresses}


def test_readers_of_the_same_choices_share_a_page_but_nothing_of_their_own(site: Site) -> None:
    links = two_readers(site)
    made = same_pages._parts.cache_info().misses
    pages = {address: site.client().get(link).text for address, link in links.items()}
    assert same_pages._parts.cache_info().misses == made + 1
    ann, bob = pages.values()
    for address, other in (tuple(links), tuple(links)[::-1]):
        assert masked(address) in pages[address]
        assert links[address] in pages[address]
        assert masked(other) not in pages[address]
        assert links[other] not in pages[address]
    assert set(TOKEN.findall(ann)).isdisjoint(TOKEN.findall(bob))
    assert same_pages._SECRET not in ann + bob


def test_a_form_from_a_shared_page_is_taken(site: Site) -> None:
    ann, bob = two_readers(site).values()
    site.client().get(ann)
    client = site.client()
    token = TOKEN.findall(client.get(bob).text)[0]
    answer = client.post(f"{bob}/pause", data={"csrf_token": token, "for": "week"})
    assert answer.status_code == 303
    assert "paused" in client.get(bob).text


def test_a_reader_who_chose_otherwise_has_a_page_of_their_own(site: Site) -> None:
    ann, bob = two_readers(site).values()
    client = site.client()
    token = TOKEN.findall(client.get(ann).text)[0]
    client.post(f"{ann}/pause", data={"csrf_token": token, "for": "open"})
    assert "Go on now" in client.get(ann).text
    assert "Go on now" not in client.get(bob).text
