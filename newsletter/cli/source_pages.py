"""`newsletter source pages`: whether the pages of a source's articles are read."""

import click
from sqlalchemy import select

from newsletter.cli.context import Tools, fail, pass_tools
from newsletter.ingest.source_address import source_address
from newsletter.models import Source


@click.command("pages")
@click.argument("url")
@click.argument("switch", type=click.Choice(["on", "off"]))
@pass_tools
def pages_command(tools: Tools, url: str, switch: str) -> None:
    """Read the pages of the articles of the feed at URL, which itself gives only teasers; or stop that.

    What a page says helps to group its story and to sum it up; no mail or page prints the whole of it.
    A site that forbids it in its robots.txt is left alone.

    Example: newsletter source pages https://example.com/feed.xml on
    """
    with tools.database.write() as session:
        source = session.scalar(select(Source).where(Source.url.in_([url, source_address(url) or url])))
        if source is None:
            fail(f"There is no source {url}. See: newsletter source list")
        source.full_text = switch == "on"
    kept = "What was read is kept for NEWSLETTER_TEXT_DAYS."
    click.echo("Pages of new articles will be read." if switch == "on" else f"No more pages are read. {kept}")
