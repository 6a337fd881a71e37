"""The cookie of a visitor's session, signed as Flask does; what signs is made once, not twice a request."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class SignedCookie(SecureCookieSessionInterface):
    """Flask's own, for one application whose keys do not change while it runs."""

    _signing: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookies of `app`."""
        self._signing = self._signing or super().get_signing_serializer(app)
        return self._signing
