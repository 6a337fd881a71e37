"""The wheel is whole: installed with no checkout near, it makes its database and finds its files."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, unpacked as an installation would be."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target / "site")
    return target / "site"


@pytest.mark.parametrize(
    "file",
    [
        "newsletter/templates/email/issue/body.html",
        "newsletter/templates/web/base.html",
        "newsletter/migrations/versions/0001_initial.py",
        "newsletter/ingest/catalogue.opml",
        "newsletter/py.typed",
        "newsletter/translations/ar/LC_MESSAGES/messages.mo",
    ],
)
def test_the_wheel_contains(installed: Path, file: str) -> None:
    assert (installed / file).is_file()


def test_the_wheel_contains_a_style_sheet_for_the_pages(installed: Path) -> None:
    assert list((installed / "newsletter" / "web" / "static").glob("*.css"))


def test_the_wheel_contains_every_language_compiled_and_no_sources_of_them(installed: Path) -> None:
    folder = installed / "newsletter" / "translations"
    assert sorted(one.name for one in folder.iterdir()) == ["ar", "de", "es", "fr", "uk"]
    assert len(list(folder.rglob("*.mo"))) == 5
    assert not list(folder.rglob("*.po"))


def test_an_installation_elsewhere_speaks_every_language(installed: Path, tmp_path: Path) -> None:
    words = """
from newsletter.mail.languages import LANGUAGES, translations
print([translations(one).ngettext("%(number)d story", "%(number)d stories", 11) for one in LANGUAGES])
"""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"}
    answer = subprocess.run(
        [sys.executable, "-c", words], cwd=tmp_path, env=environ, check=True, capture_output=True
    )
    assert answer.stdout.decode().strip() == str(
        [
            f"%(number)d {counted}"
            for counted in ("stories", "Meldungen", "sujets", "noticias", "новин", "خبرًا")
        ]
    )


def test_an_installation_elsewhere_makes_its_database(installed: Path, tmp_path: Path) -> None:
    def run(*command: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)}
        return subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environ, check=True, capture_output=True, text=True
        )

    place = run("-c", "from newsletter.resources import resource; print(resource('migrations'))").stdout
    assert Path(place.strip()).is_relative_to(installed)
    run("-m", "newsletter", "db", "upgrade")
    assert (tmp_path / "var" / "newsletter.db").is_file()
    run("-m", "newsletter", "db", "check")
