"""Past editions, for everybody to read."""

from itertools import groupby
from operator import attrgetter

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from newsletter.web.headlines import editions_before, published_edition
from newsletter.web.moments import read_date
from newsletter.web.shared import shared

blueprint = Blueprint("archive", __name__)

PER_PAGE = 120


@blueprint.get("/archive")
def editions() -> ResponseReturnValue:
    """Editions by date, the newest first."""
    with shared().database.read() as session:
        found = editions_before(session, read_date(request.args.get("before", "")), PER_PAGE)
        by_date = [(day, list(group)) for day, group in groupby(found, attrgetter("date"))]
        # A list cut off at its length may end in the middle of a date: that one opens the next page.
        more = len(found) == PER_PAGE and len(by_date) > 1
        shown = by_date[:-1] if more else by_date
        older = shown[-1][0] if more else None
        return render_template("archive.html", days=shown, older=older)


@blueprint.get("/archive/<slug>/<day>")
def edition(slug: str, day: str) -> ResponseReturnValue:
    """One topic's edition of one date."""
    when = read_date(day) or abort(404)
    with shared().database.read() as session:
        found = published_edition(session, slug, when) or abort(404)
        return render_template("edition.html", edition=found)
