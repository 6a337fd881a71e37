"""Who publishes, worked out from the settings."""

from typing import Any

import pytest

from newsletter.config import Settings, SettingsError
from newsletter.publication import publication_of


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize(
    ("values", "tags"),
    [
        ({}, False),
        ({"bounce_address": "bounces@example.com"}, True),
        ({"bounce_address": "bounces@example.com", "bounce_tags": False}, False),
        ({"bounce_tags": True}, True),
    ],
)
def test_bounces_are_told_apart_where_there_is_an_address_for_them(
    values: dict[str, Any], tags: bool
) -> None:
    assert publication_of(settings(**values)).verp is tags


def test_a_bounce_address_without_room_for_a_tag_is_refused_with_the_way_out() -> None:
    with pytest.raises(SettingsError, match="BOUNCE_TAGS=false"):
        publication_of(settings(bounce_address=f"{'b' * 35}@example.com"))
    assert not publication_of(settings(bounce_address=f"{'b' * 35}@example.com", bounce_tags=False)).verp
