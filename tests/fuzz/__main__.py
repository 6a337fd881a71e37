"""Reading bytes that a fuzzer makes up, for a bounded time: `make fuzz`.

Ends with an error at the first bytes that are read unsoundly, take too long or too much memory; they are
kept in var/fuzz, for a test.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["newsletter.ingest", "feedparser", "url_normalize"]):
    from tests.fuzz.soundness import read_soundly

SECONDS = 60
_ROOT = Path(__file__).parents[2]
_WORDS = (
    "<item>", "</item>", "<entry>", "<title>", "<link>", "<guid>", "<description>", "<![CDATA[", "]]>", "&#x",
    "javascript:", "<script>", "xml:base=", "type='html'", "media:content", "enclosure", "pubDate", "http://",
)  # fmt: skip


def main() -> None:
    """Fuzz for `SECONDS`, or as long as the first argument says."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    found = _ROOT / "var" / "fuzz"
    (found / "corpus").mkdir(parents=True, exist_ok=True)
    words = found / "words.txt"
    words.write_text("".join(f'"{word}"\n' for word in _WORDS))
    options = (f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=8192")
    kept = (f"-artifact_prefix={found}/", f"-dict={words}", "-print_final_stats=1")
    folders = (str(found / "corpus"), str(_ROOT / "tests" / "feeds"))
    atheris.Setup([sys.argv[0], *options, *kept, *folders], _read)
    atheris.Fuzz()


def _read(body: bytes) -> None:
    read_soundly(body)


main()
