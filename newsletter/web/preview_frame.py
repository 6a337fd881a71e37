"""A mail inside a frame of the preview: in one scheme, its links in new tabs, able to do nothing."""

import re
from urllib.parse import urlsplit

from newsletter.demo.sample import PICTURE

# The page may measure a mail (same origin), a mail may do nothing: scripts and forms stay out.
ROOM = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
_BOTH_SCHEMES = re.compile(r'(<meta name="color-scheme" content="|(?<![-\w])color-scheme: )light dark')
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


def in_frame(html: str, scheme: str, base_url: str) -> str:
    """A mail's HTML as a frame shows it, in the scheme `light` or `dark`.

    The made-up issue's picture comes from the preview itself: `base_url` does not know it.
    """
    document = in_scheme(html, scheme).replace(f'src="{base_url}{PICTURE}"', f'src="{PICTURE}"')
    return re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', document, count=1, flags=re.IGNORECASE)


def in_scheme(html: str, scheme: str) -> str:
    """A mail's HTML as if its reader preferred `light` or `dark`, whatever this browser prefers."""
    fixed = _SCHEME.sub(lambda found: _ALWAYS if found[1] == scheme else _NEVER, html)
    return _BOTH_SCHEMES.sub(rf"\g<1>only {scheme}", fixed)


def policy(base_url: str, images: bool) -> str:
    """The Content-Security-Policy of a frame: images from `base_url` and the preview, or none."""
    parts = urlsplit(base_url)
    source = f"'self' {parts.scheme}://{parts.netloc}" if images else "'none'"
    looks = f"style-src 'unsafe-inline'; img-src {source}"
    return f"default-src 'none'; {looks}; frame-ancestors 'self'; sandbox {ROOM}"
