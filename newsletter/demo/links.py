"""The addresses the demo's feeds print, as tidy and as untidy as real ones."""

from newsletter.demo.world import DemoEntry


def article_url(entry: DemoEntry, base_url: str) -> str:
    """The page that shows the article."""
    return base_url + entry.path


def printed_link(entry: DemoEntry, base_url: str) -> str:
    """The link as the feed gives it."""
    match entry.link:
        case "relative":
            return entry.path
        case "tracked":
            return f"{article_url(entry, base_url)}?utm_source=feed&utm_medium=rss&utm_campaign=morning"
        case "javascript":
            return f"javascript:window.open('{entry.path}')"
        case "plain":
            return article_url(entry, base_url)


def printed_guid(entry: DemoEntry) -> str | None:
    """The guid as the feed gives it; None when it gives none."""
    if entry.guid is None:
        return f"tag:demo.example.com,2020:{entry.source}/{entry.id}"
    return entry.guid or None
