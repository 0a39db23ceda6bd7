"""Server-signed sessions: a random id, when it was issued, and an HMAC-SHA256 over both.

Nothing is stored for a session; whoever shows a valid one is the customer of its conversation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

LASTS = timedelta(days=30)
_EARLY = timedelta(minutes=5)
_FORM = re.compile(r"([A-Za-z0-9_-]{24})\.(\d{10})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True)
class Session:
    """`id` names the conversation; a renewed session keeps it."""

    id: str
    issued: datetime

    @classmethod
    def begin(cls, now: datetime) -> Session:
        return cls(secrets.token_urlsafe(18), now)

    @property
    def expires(self) -> datetime:
        return self.issued + LASTS

    def sign(self, keys: Sequence[str]) -> str:
        """The token the customer keeps, signed with the first of `keys`."""
        claim = f"{self.id}.{int(self.issued.timestamp())}"
        return f"{claim}.{_signature(claim, keys[0])}"


def read_session(token: str, keys: Sequence[str], now: datetime) -> Session | None:
    """The session of a token that one of `keys` signed and that has not run out, else None."""
    match = _FORM.fullmatch(token)
    if match is None:
        return None
    claim = f"{match[1]}.{match[2]}"
    if not any(hmac.compare_digest(_signature(claim, key), match[3]) for key in keys):
        return None
    session = Session(match[1], datetime.fromtimestamp(int(match[2]), timezone.utc))
    return session if session.issued - _EARLY <= now < session.expires else None


def _signature(claim: str, key: str) -> str:
    digest = hmac.new(key.encode(), f"webchat:{claim}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
