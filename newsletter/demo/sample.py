"""A made-up issue in each language: what there is to look at before there is an edition."""

import tomllib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from newsletter.demo.drawings import SAMPLE_SIZE
from newsletter.mail.issue import EditionContent, RelatedContent, StoryContent, StoryImage

_FOLDER = Path(__file__).parent / "issues"
# Where the preview shows it; of the made-up issue's stories one has a picture.
PICTURE = "/image/sample.jpg"
LANGUAGES = tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def sample_editions(language: str, cutoff: datetime, zone: str) -> tuple[EditionContent, ...]:
    """The made-up editions of a language (English for one that has none), closed at `cutoff`.

    `cutoff` is aware and gives the editions' date; `zone` is the IANA zone of their times.
    """
    spoken = language if language in LANGUAGES else "en"
    return tuple(_edition(topic, spoken, cutoff, zone) for topic in _topics(spoken))


@cache
def _topics(language: str) -> list[dict[str, Any]]:
    topics: list[dict[str, Any]] = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))["topic"]
    return topics


def _edition(topic: dict[str, Any], language: str, cutoff: datetime, zone: str) -> EditionContent:
    return EditionContent(
        topic_slug=topic["slug"],
        topic_name=topic["name"],
        date=cutoff.date(),
        zone=zone,
        language=language,
        stories=tuple(
            _story(story, f"https://news.example.org/{language}/{topic['slug']}-{number}", cutoff)
            for number, story in enumerate(topic["story"], 1)
        ),
    )


def _story(story: dict[str, Any], url: str, cutoff: datetime) -> StoryContent:
    related = story.get("related", ())
    return StoryContent(
        headline=story["headline"],
        url=url,
        source=story["source"],
        published_at=cutoff - timedelta(hours=story["hours"]),
        summary=story["summary"],
        updated=story.get("updated", False),
        source_count=story.get("sources", 1 + len(related)),
        related=tuple(_related(one, f"{url}/{place}", cutoff) for place, one in enumerate(related, 1)),
        image=StoryImage(PICTURE, *SAMPLE_SIZE, story["picture"]) if "picture" in story else None,
    )


def _related(related: dict[str, Any], url: str, cutoff: datetime) -> RelatedContent:
    return RelatedContent(
        title=related["title"],
        url=url,
        source=related["source"],
        published_at=cutoff - timedelta(hours=related["hours"]),
        excerpt=related.get("excerpt", ""),
    )
