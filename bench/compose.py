"""What a reader's copy costs, unsigned and signed, and what the first copy of new words costs."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from itertools import islice, permutations
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bench.letters import KEYS, PUBLICATION, fill
from bench.report import Report
from newsletter import migrate
from newsletter.db import Database
from newsletter.delivery.composer import Composer
from newsletter.delivery.letter import Letter, read_letters
from newsletter.delivery.links import LinkMaker
from newsletter.delivery.sections import Sections
from newsletter.delivery.written import write_issue
from newsletter.mail.dkim import Signer
from newsletter.mail.dkim_keys import Kind, make_key, read_key, selector_of

READERS = 20_000
SIGNED = 1_000
WHOLE = 100
COMBINATIONS = 40
ROUNDS = 7
_BATCH = 200


def measure() -> Report:
    """Five editions that make a mail of about 45 KB, in a SQLite file, and 20,000 different readers."""
    with tempfile.TemporaryDirectory() as folder, closing(_in(folder)) as database:
        migrate.upgrade(database)
        return _measured(database, fill(database, READERS))


def _measured(database: Database, queued: Sequence[int]) -> Report:
    letters = _letters(database, queued)
    signer = _signer()
    composer = Composer(database.read, PUBLICATION, KEYS)
    signing = Composer(database.read, replace(PUBLICATION, signer=signer), KEYS)
    size = len(composer.compose(letters[0]).message)
    read = _microseconds(lambda _letter: _letters(database, queued), letters[:1]) / len(queued)
    copy = _microseconds(composer.compose, letters)
    signed = _microseconds(signing.compose, letters[:SIGNED])
    whole = _microseconds(_writer(database, letters[0]), letters[:WHOLE])
    sign = _microseconds(_plain(signer, composer), letters[:SIGNED])
    rsa = _microseconds(_arithmetic(signer), letters[:SIGNED])
    combination = _combination_ms(database, letters[0])
    return Report(
        "compose",
        {
            "copy_us": copy,
            "combination_ms": combination,
            "signed_copy_us": signed,
            "dkim_messages_per_second_per_core": 1e6 / signed,
        },
        ("a message", "microseconds", "a second and core"),
        [
            ("a letter, read from the database with others", read, 1e6 / read),
            ("a copy, filled into a skeleton", copy, 1e6 / copy),
            ("written whole from its values", whole, 1e6 / whole),
            ("the first of new words: read, rendered, encoded, cut", combination * 1000, 1000 / combination),
            ("a copy, signed with RSA-2048", signed, 1e6 / signed),
            ("a copy, its head parsed and signed by dkimpy", sign, 1e6 / sign),
            ("RSA-2048 alone", rsa, 1e6 / rsa),
        ],
        [f"A message has {size:,} octets. Medians of {ROUNDS} rounds, in seconds of the processor."],
    )


def signed_a_second(messages: int = SIGNED) -> float:
    """Copies with an RSA-2048 signature that one core composes a second."""
    with tempfile.TemporaryDirectory() as folder, closing(_in(folder)) as database:
        migrate.upgrade(database)
        letters = _letters(database, fill(database, messages))
        return 1e6 / _microseconds(_signing(database).compose, letters)


def _in(folder: str) -> Database:
    return Database(f"sqlite:///{Path(folder) / 'newsletter.db'}")


def _signing(database: Database) -> Composer:
    return Composer(database.read, replace(PUBLICATION, signer=_signer()), KEYS)


def _signer() -> Signer:
    return Signer("example.com", ((selector_of("news", Kind.RSA), read_key(Kind.RSA, make_key(Kind.RSA))),))


def _letters(database: Database, queued: Sequence[int]) -> list[Letter]:
    with database.read() as session:
        batches = (queued[start : start + _BATCH] for start in range(0, len(queued), _BATCH))
        return [letter for batch in batches for letter in read_letters(session, batch)]


def _microseconds(work: Callable[[Letter], object], letters: Sequence[Letter]) -> float:
    """What one letter costs, as the median of several rounds through all of them."""
    work(letters[0])
    rounds = []
    for _ in range(ROUNDS):
        begun = process_time()
        for letter in letters:
            work(letter)
        rounds.append(process_time() - begun)
    return median(rounds) / len(letters) * 1e6


def _writer(database: Database, letter: Letter) -> Callable[[Letter], bytes]:
    """The way without skeletons: rendered and encoded for each reader."""
    links = LinkMaker(PUBLICATION, KEYS)
    with database.read() as session:
        numbers = [int(number) for number in letter.editions.split(",")]
        sections = Sections().of(session, numbers, letter.language, letter.length)
    return lambda one: write_issue(
        one, PUBLICATION, links.links(*links.tokens(one.handle, one.created_at)), sections
    )


def _plain(signer: Signer, composer: Composer) -> Callable[[Letter], bytes]:
    return lambda letter: signer.sign(composer.compose(letter).message, letter.created_at)


def _arithmetic(signer: Signer) -> Callable[[Letter], bytes]:
    ((_selector, key),) = signer.keys
    return lambda letter: key.sign(sha256(letter.handle.encode()).digest())


def _combination_ms(database: Database, letter: Letter) -> float:
    """The first copy of editions in an order nobody had yet, nothing of them remembered."""
    taken = []
    for editions in islice(permutations(letter.editions.split(",")), COMBINATIONS):
        composer = Composer(database.read, PUBLICATION, KEYS)
        begun = perf_counter()
        composer.compose(letter._replace(editions=",".join(editions)))
        taken.append(perf_counter() - begun)
    return median(taken) * 1000
