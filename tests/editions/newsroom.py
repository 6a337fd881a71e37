"""A small invented news day: several newsrooms tell the same events in words of their own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from newsletter.editions.documents import Document

MORNING = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """One newsroom's telling of an event."""

    event: str
    source: int
    title: str
    excerpt: str


def document(
    article_id: int,
    title: str,
    excerpt: str = "",
    *,
    source: int = 1,
    hours_ago: float = 6,
    language: str | None = "en",
    page_text: str = "",
    also_in: frozenset[int] = frozenset(),
) -> Document:
    """A document published `hours_ago` before the morning's cut-off and seen at once."""
    published = MORNING - timedelta(hours=hours_ago)
    return Document(
        article_id=article_id,
        source_id=source,
        source=f"Source {source}",
        title=title,
        excerpt=excerpt,
        url=f"https://news{source}.example.com/{article_id}",
        published_at=published,
        first_seen_at=published + timedelta(minutes=10),
        language=language,
        page_text=page_text,
        also_in=also_in,
    )


def documents(told: list[Told]) -> list[Document]:
    """The tellings as documents, numbered from 1, half an hour apart."""
    return [
        document(number, one.title, one.excerpt, source=one.source, hours_ago=20 - number / 2)
        for number, one in enumerate(told, 1)
    ]


DAY = [
    Told(
        "bridge",
        1,
        "Harbour bridge in Port Elden closed after crack is found",
        "Engineers shut the Port Elden harbour bridge on Saturday after a crack the length of an arm was "
        "found in a main girder. Repairs will take three weeks, the city said.",
    ),
    Told(
        "bridge",
        2,
        "Commuters face weeks of detours as Port Elden shuts its main crossing",
        "About 40,000 drivers a day must find another way after the harbour bridge was closed. Inspectors "
        "had discovered a crack in a girder during a routine check.",
    ),
    Told(
        "bridge",
        3,
        "Cracked girder closes Port Elden bridge",
        "Ferries will run every ten minutes while engineers repair the bridge over the harbour. Mayor Ines "
        "Okoro called the discovery of the crack a warning.",
    ),
    Told(
        "rates",
        1,
        "Central bank of Marland holds interest rates at 3.5 percent",
        "The bank left borrowing costs unchanged for the fourth time, saying inflation is falling too slowly "
        "for a cut. Governor Petra Lindqvist said spring would show more.",
    ),
    Told(
        "rates",
        4,
        "No rate cut before spring, Lindqvist signals",
        "Marland's central bank kept its key interest rate at 3.5 percent on Saturday. Inflation remains "
        "above the target of two percent.",
    ),
    Told(
        "rates",
        2,
        "Borrowers wait longer: Marland's rates stay put",
        "Interest rates in Marland remain where they have been since June. The central bank's governor, "
        "Petra Lindqvist, pointed to stubborn inflation.",
    ),
    Told(
        "comet",
        3,
        "Amateur astronomer spots new comet from her balcony",
        "Comet Halvorsen, found by a teacher in Tromso with a small telescope, may be visible to the naked "
        "eye in January. Observatories in Chile confirmed the discovery.",
    ),
    Told(
        "comet",
        5,
        "Teacher discovers comet that could light up January skies",
        "With a telescope bought second-hand, Sigrid Halvorsen found what observatories have now confirmed "
        "is a new comet. It carries her name.",
    ),
    Told(
        "merger",
        4,
        "Brightwell to buy rival battery maker Voltane for 2.1 billion",
        "The takeover would create the continent's largest maker of batteries for buses. Regulators will "
        "look at the deal until summer.",
    ),
    Told(
        "merger",
        1,
        "Battery makers Voltane and Brightwell agree merger",
        "Brightwell offers 2.1 billion in shares for Voltane, a premium of a third. Unions fear for "
        "900 jobs.",
    ),
    Told(
        "merger",
        5,
        "Voltane shares soar on takeover offer",
        "Investors welcomed Brightwell's offer for its smaller rival. Both make batteries for "
        "electric buses.",
    ),
    Told(
        "storm",
        2,
        "Storm Ada leaves 60,000 homes without power in the north",
        "Winds of 140 kilometres an hour brought down lines across Norhaven. Crews hope to restore "
        "electricity by Monday.",
    ),
    Told(
        "storm",
        3,
        "Norhaven cleans up after Ada's night of wind",
        "Fallen trees blocked railways and roads after the storm, and tens of thousands of homes had no "
        "electricity on Sunday morning.",
    ),
    Told(
        "chess",
        5,
        "Sixteen-year-old wins chess title in final game",
        "Aruna Vale beat the defending champion with a queen sacrifice on move 31.",
    ),
    Told(
        "museum",
        4,
        "Museum returns carved drum to island community",
        "The drum was taken in 1894. Elders sailed for two days to fetch it.",
    ),
    Told(
        "recipe",
        2,
        "How to bake bread with yesterday's porridge",
        "A spoon of honey helps the crust, and the crumb stays moist for a week.",
    ),
    Told(
        "other bridge",
        4,
        "Footbridge of woven grass rebuilt for its four hundredth year",
        "Villagers of four hamlets cut, twist and tie the grass by hand every June.",
    ),
    Told(
        "other bank",
        3,
        "Food bank in Lower Hask asks for winter coats",
        "Volunteers say demand has doubled since June. Coats for children are needed most.",
    ),
    Told(
        "trains",
        1,
        "Night trains return to the coast line",
        "Three sleepers a week will link the capital with the southern coast from March.",
    ),
    Told(
        "vaccine",
        5,
        "Malaria vaccine trial in infants shows lasting protection",
        "Four in five children stayed free of severe illness over two years, doctors report.",
    ),
]
