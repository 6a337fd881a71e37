"""An installation with a source whose feed names a hub, both on loopback."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from newsletter.db import Database
from newsletter.ingest.fetch import FetchPolicy
from newsletter.ingest.hubs import HubOffer, note_offer
from newsletter.models import Source, SourceHub
from newsletter.websub.ask import HubTools, tend_hubs
from tests.web.conftest import Site, make_site
from tests.websub.hub import Hub, serving

TOPIC = "https://harbour.example.com/feed?a=1&b=2"


@dataclass
class Newsroom:
    """One source, its hub, and our pages; time stands still unless it is passed."""

    site: Site
    hub: Hub
    base_url: str
    source_id: int = 0
    tools: HubTools = field(init=False)

    def __post_init__(self) -> None:
        policy = FetchPolicy(allow_networks=(ip_network("127.0.0.0/8"),), seconds=5)
        self.tools = HubTools(self.base_url, policy)

    @property
    def now(self) -> datetime:
        return self.site.now

    @property
    def db(self) -> Database:
        return self.site.database

    def offer(self, hub: str | None = None, topic: str = TOPIC) -> None:
        """A poll that finds the hub named in the feed."""
        with self.db.write() as session:
            note_offer(session, self.source_id, HubOffer(hub or self.hub.url, topic), self.now)

    def offer_none(self) -> None:
        with self.db.write() as session:
            note_offer(session, self.source_id, None, self.now)

    def tend(self) -> int:
        return tend_hubs(self.db, self.now, self.tools)

    def pass_time(self, **by: float) -> None:
        self.site.pass_time(timedelta(**by))

    @property
    def row(self) -> SourceHub:
        with self.db.read() as session:
            return session.scalars(select(SourceHub)).one()

    @property
    def source(self) -> Source:
        with self.db.read() as session:
            return session.get_one(Source, self.source_id)

    def polled(self) -> None:
        """The source was polled just now, and is due in an hour."""
        with self.db.write() as session:
            source = session.get_one(Source, self.source_id)
            source.last_polled_at, source.next_poll_at = self.now, self.now + timedelta(hours=1)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def room_db(db: Database) -> Database:
    """Where the newsroom keeps everything."""
    return db


@pytest.fixture
def room(room_db: Database, now: datetime, tmp_path: Path) -> Iterator[Newsroom]:
    """The newsroom, its hub not asked yet."""
    site, hub = make_site(room_db, now, tmp_path), Hub()
    pages = make_server("127.0.0.1", 0, site.app, threaded=True, request_handler=_Quiet)
    room = Newsroom(site, hub, f"http://127.0.0.1:{pages.server_port}")
    with room_db.write() as session:
        source = Source(url=TOPIC, name="Harbour", next_poll_at=now, created_at=now)
        session.add(source)
        session.flush()
        room.source_id = source.id
    with serving(hub), serving(pages):
        room.polled()
        yield room
