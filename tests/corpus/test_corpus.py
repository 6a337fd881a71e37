"""Real feeds, read in place, say what a careful person reads in them; what is read wrongly is listed."""

import os
from pathlib import Path

import pytest

from tests.corpus.expectations import Field, fields_of, files_expected, known_misses

_DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FEEDS = Path(os.environ.get("SHARED_DATA") or _DEFAULT) / "feeds"
LEAST_SHARE = 0.95

FILES = files_expected()


@pytest.fixture(scope="module")
def feeds() -> Path:
    """The folder of real feeds; skips loudly without it, fails under CI."""
    if not FEEDS.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the shared feeds are missing: {FEEDS}")
        pytest.skip(f"NOT TESTED: the shared feeds are missing: {FEEDS}")
    return FEEDS


@pytest.fixture(scope="module")
def compared(feeds: Path) -> dict[str, list[Field]]:
    """The fields of each file, read once."""
    return {name: fields_of(feeds / name) for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_a_feed_says_what_a_reader_sees_in_it(name: str, compared: dict[str, list[Field]]) -> None:
    misses = known_misses()

    wrong = [field for field in compared[name] if not field.right]
    surprises = [str(field) for field in wrong if (name, field.name) not in misses]
    assert not surprises, "\n".join(surprises)


def test_every_listed_miss_is_still_one(compared: dict[str, list[Field]]) -> None:
    wrong = {(field.file, field.name) for fields in compared.values() for field in fields if not field.right}

    mended = [f"{file} {name}: {reason}" for (file, name), reason in known_misses().items()
              if (file, name) not in wrong]  # fmt: skip
    assert not mended, "take these out of misses.yaml, they are right now:\n" + "\n".join(mended)


def test_nearly_all_fields_are_right(compared: dict[str, list[Field]]) -> None:
    fields = [field for one in compared.values() for field in one]

    share = sum(field.right for field in fields) / len(fields)
    assert share >= LEAST_SHARE, f"{share:.1%} of {len(fields)} fields are right"


def test_every_feed_of_the_folder_has_been_read_by_somebody(feeds: Path) -> None:
    there = {path.name for path in feeds.iterdir() if path.suffix != ".md"}

    assert there == set(FILES)
