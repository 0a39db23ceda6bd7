"""Signatures of what we post and of what is posted to us: proof of who sent it, and when.

`X-Nightdesk-Signature: v1=hex(hmac_sha256(secret, timestamp + "." + body))` over the raw body, with
the timestamp (seconds since the epoch) of `X-Nightdesk-Timestamp`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

TIMESTAMP = "X-Nightdesk-Timestamp"
SIGNATURE = "X-Nightdesk-Signature"
TOLERANCE = timedelta(minutes=5)
SHORTEST_SECRET = 16
"""Characters; `openssl rand -hex 32` makes 64."""

_VERSION = "v1="


def signed_headers(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that go with `body` when it is sent now."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(secret, timestamp, body)}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of the signature header."""
    signed = timestamp.encode() + b"." + body
    return _VERSION + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def verify(
    secrets: Sequence[str], timestamp: str, signature: str, body: bytes, now: datetime
) -> bool:
    """Whether one of `secrets` signed `body`, within five minutes of `now`; for receivers.

    `timestamp` and `signature` are the headers as they came ('' when absent).
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    given = signature.encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(sign(secret, timestamp, body).encode(), given) for secret in secrets
    ]
    return any(matches)
