"""The options of the select of time zones: some 400 lines, the same on every page but for the one chosen."""

from functools import cache

from markupsafe import Markup, escape

from newsletter.web.places import regions_in


def zone_options(language: str, chosen: str) -> Markup:
    """The zones by region as HTML options, `chosen` selected if it is one of them."""
    option = Markup('<option value="{}"').format(chosen)
    selected = Markup("{} selected").format(option)
    return Markup(_options(language).replace(f"{option}>", f"{selected}>", 1))  # noqa: S704 - escaped parts


@cache
def _options(language: str) -> str:
    return "\n".join(
        f'<optgroup label="{escape(region.name)}">\n'
        + "".join(f'<option value="{escape(name)}">{escape(place)}\n' for name, place in region.zones)
        + "</optgroup>"
        for region in regions_in(language)
    )
