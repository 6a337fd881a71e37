"""Write the golden editions anew, after showing what is different: part of `make golden`."""

import difflib
from pathlib import Path
from tempfile import TemporaryDirectory

from newsletter import migrate
from newsletter.db import Database
from tests.editions.demo_days import live, shown
from tests.editions.test_demo_days import GOLDEN


def main() -> None:
    """Show and write what changed."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/newsletter.db")
        migrate.upgrade(database)
        live(database, Path(folder))
        new = shown(database)
        database.close()
    old = GOLDEN.read_text("utf-8") if GOLDEN.exists() else ""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "kept", "new", lineterm="")
    print("\n".join(lines) or "The golden editions are as they were.")  # noqa: T201
    GOLDEN.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
