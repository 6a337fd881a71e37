"""The places people choose their clock by, in the page's language."""

import unicodedata
from collections.abc import Sequence
from functools import cache

from babel.core import get_global

from newsletter.mail.catalogues import SOURCE
from newsletter.mail.languages import locale_of, translations
from newsletter.web.moments import Region, regions


def _n(text: str) -> str:
    """Mark a name for translation; `regions_in` translates it."""
    return text


_REGIONS = {
    "Africa": _n("Africa"),
    "America": _n("America"),
    "Antarctica": _n("Antarctica"),
    "Arctic": _n("Arctic"),
    "Asia": _n("Asia"),
    "Atlantic": _n("Atlantic"),
    "Australia": _n("Australia"),
    "Europe": _n("Europe"),
    "Indian": _n("Indian Ocean"),
    "Pacific": _n("Pacific"),
}


@cache
def regions_in(language: str) -> Sequence[Region]:
    """The zones by region, regions and cities named as the language names them, in its order."""
    gettext = translations(language).gettext
    named = [Region(gettext(_REGIONS[one.name]), _cities(one, language)) for one in regions()]
    return sorted(named, key=lambda region: _in_order(region.name))


def _cities(region: Region, language: str) -> tuple[tuple[str, str], ...]:
    if language == SOURCE:
        return region.zones
    named = [(zone, _city(zone, language) or place) for zone, place in region.zones]
    return tuple(sorted(named, key=lambda city: _in_order(city[1])))


def _city(zone: str, language: str) -> str:
    """CLDR's name of a zone's city. It keeps some under names the tz database has since left: Europe/Kiev."""
    cities = locale_of(language).time_zones
    names = (cities.get(name, {}).get("city") for name in (zone, *_older_names().get(zone, ())))
    return next((str(name) for name in names if name), "")


@cache
def _older_names() -> dict[str, list[str]]:
    older: dict[str, list[str]] = {}
    for name, newer in get_global("zone_aliases").items():
        older.setdefault(newer, []).append(name)
    return older


def _in_order(name: str) -> tuple[str, str]:
    """A key that sorts accented letters with their own: Édimbourg among the E."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return bare.casefold(), name
