"""What every mail has: who publishes, the language, and the way from templates to words."""

from collections.abc import Mapping
from typing import Any

from newsletter.mail.brand import Logo
from newsletter.mail.issue import Publication, Rendered
from newsletter.mail.languages import direction
from newsletter.mail.slots import render_document
from newsletter.mail.templates import render_text
from newsletter.mail.wording import level, one_line

LONGEST_SUBJECT = 200
LONGEST_NAME = 80
LONGEST_POSTAL_ADDRESS = 300


def common(publication: Publication, language: str) -> dict[str, Any]:
    """The values that the frame of every mail places."""
    return {
        "language": language,
        "direction": direction(language),
        "preheader": "",
        "brand": publication.brand,
        "logo": _logo(publication.brand.logo),
        "publication": {
            "name": one_line(publication.name, LONGEST_NAME),
            "url": publication.base_url,
            "postal_address": one_line(
                ", ".join(publication.postal_address.split("\n")), LONGEST_POSTAL_ADDRESS
            ),
        },
    }


def rendered(
    folder: str, language: str, text_values: Mapping[str, Any], html_values: Mapping[str, Any]
) -> Rendered:
    """The mail of a folder of templates; both values begin as `common`."""
    subject = level(one_line(render_text(f"{folder}/subject.txt", language, text_values), LONGEST_SUBJECT))
    text = render_text(f"{folder}/body.txt", language, text_values)
    document = {**html_values, "subject": subject}
    html = render_document(f"{folder}/body.html", language, document, html_values["brand"])
    return Rendered(subject, text, html)


def _logo(logo: Logo | None) -> dict[str, str] | None:
    # Text, so that logos of all sizes have one shape.
    return {"url": logo.url, "width": str(logo.width), "height": str(logo.height)} if logo else None
