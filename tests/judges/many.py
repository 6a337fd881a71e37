"""Many mails judged in minutes: the slow judges start once for all of them, the script does the rest."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from subprocess import TimeoutExpired

from tests.judges.judge import judge
from tests.judges.room import HERE
from tests.judges.verdict import JUDGES, Verdict
from tests.judges.warm import WARM, Answers, Put

Tell = Callable[[str, int, float], None]


def judge_all(mails: Sequence[Put], jobs: int, seconds: float, tell: Tell) -> Mapping[Put, list[Verdict]]:
    """What every judge says of each mail, in the order of `JUDGES`.

    Mails are dealt to `jobs` hands, which work at once. A judge that gave no answer within the seconds there
    are failed the mail. `tell` hears of each round that is done: the judge, its mails, the seconds it took.
    """
    deadline = time.monotonic() + seconds
    hands = [mails[hand::jobs] for hand in range(jobs) if mails[hand::jobs]]
    work = [(name, hand) for name in (*WARM, "the script") for hand in hands]

    def one_round(task: tuple[str, Sequence[Put]]) -> list[tuple[Put, Verdict]]:
        name, hand = task
        begun = time.monotonic()
        said = _answers(name, hand, deadline)
        tell(name, len(hand), time.monotonic() - begun)
        return said

    heard: dict[Put, dict[str, Verdict]] = defaultdict(dict)
    with ThreadPoolExecutor(jobs) as pool:
        for answers in pool.map(one_round, work):
            for mail, verdict in answers:
                heard[mail][verdict.judge] = verdict
    return {mail: [heard[mail].get(name, _silent(name)) for name in JUDGES] for mail in mails}


def _answers(name: str, mails: Sequence[Put], deadline: float) -> list[tuple[Put, Verdict]]:
    if name not in WARM:
        return [(mail, said) for mail in mails for said in _by_script(mail, deadline)]
    answers: Answers = {}
    with suppress(TimeoutExpired):
        answers = WARM[name](mails, max(0.0, deadline - time.monotonic()))
    return list(answers.items())


def _by_script(mail: Put, deadline: float) -> list[Verdict]:
    """What the script says without the judges that are slow to start."""
    if time.monotonic() > deadline:
        return []
    with tempfile.TemporaryDirectory() as nothing:
        quick = {"NODE_TOOLS": nothing, "BASH_ENV": str(HERE / "quick.bash")}
        said = judge(mail.eml, mail.language, mail.is_list, replaced=quick)
    return [one for one in said if one.judge not in WARM]


def _silent(name: str) -> Verdict:
    return Verdict(name, "FAIL", "no answer")
