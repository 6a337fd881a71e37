"""The guard of a form that a browser's cookie vouches for, looked at outside of Flask.

The form and the cookie's session hold one random text; the form's is signed. It is what Flask-WTF's
`generate_csrf` makes, and `validate_csrf` says the same of it (a test compares them).
"""

from collections.abc import Mapping
from hmac import compare_digest

from itsdangerous import BadData, URLSafeTimedSerializer

# As Flask-WTF names it, in forms and in the session.
FIELD = "csrf_token"
_SALT = "wtf-csrf-token"
_LONGEST = 500


class BrowserGuard:
    """Made with the newest key of an installation."""

    def __init__(self, key: str) -> None:
        self._signing = URLSafeTimedSerializer(key, salt=_SALT)

    def holds(self, session: Mapping[str, object], sent: str) -> bool:
        """Whether a form with this guard was shown to the browser that has this session."""
        kept = session.get(FIELD)
        if not isinstance(kept, str) or len(sent) > _LONGEST or not sent.isascii():
            return False
        try:
            told = self._signing.loads(sent)
        except BadData:
            return False
        return isinstance(told, str) and compare_digest(told.encode(), kept.encode())
