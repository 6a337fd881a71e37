"""How long the page for lost links takes says nothing about whose address was asked for."""

from statistics import median
from time import perf_counter

from tests.web.builders import add_subscriber
from tests.web.conftest import Site
from tests.web.forms import csrf_token

ROUNDS = 9
# Far below what a network's own wavering lets anybody see.
SECONDS_APART = 0.005


def test_a_known_and_an_unknown_address_take_the_same_time(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    client = site.client()
    fields = {"csrf_token": csrf_token(client.get("/link").text)}
    taken: dict[str, list[float]] = {"ann@example.com": [], "bob@example.com": []}
    for _ in range(ROUNDS):
        for address, times in taken.items():
            began = perf_counter()
            answer = client.post("/link", data={**fields, "address": address})
            times.append(perf_counter() - began)
            assert answer.status_code == 303

    known, unknown = map(median, taken.values())
    assert abs(known - unknown) < SECONDS_APART, (known, unknown)
