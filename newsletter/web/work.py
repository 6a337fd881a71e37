"""Proof of work: a browser computes for a second while its owner fills in the form (ALTCHA, our own copy).

Nothing is asked of any other server. Who runs no scripts proves nothing, and meets narrower limits.
"""

import base64
import json
from datetime import UTC, datetime, timedelta

from altcha.v1 import ChallengeOptions, create_challenge, extract_params, verify_solution

FIELD = "altcha"
# About a second of a phone's time on average.
_HARDNESS = 50_000
_LIFETIME = timedelta(days=1)
_MAX_LENGTH = 2000


def challenge(secret: str, now: datetime) -> str:
    """What a browser has to solve, as JSON; it may take a day."""
    options = ChallengeOptions(max_number=_HARDNESS, hmac_key=_key(secret), expires=now + _LIFETIME)
    return json.dumps(create_challenge(options).to_dict())


def solved(text: str, secret: str, now: datetime) -> bool:
    """Whether this solves a challenge of ours that has not lapsed; not whether it was used before."""
    if not text or len(text) > _MAX_LENGTH:
        return False
    try:
        solution = json.loads(base64.b64decode(text))
        good, _reason = verify_solution(solution, _key(secret), check_expires=False)
        (expires,) = extract_params(solution)["expires"]
        return good and datetime.fromtimestamp(int(expires), UTC) >= now
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return False  # anything may have been sent


def _key(secret: str) -> str:
    return f"newsletter.altcha.{secret}"
