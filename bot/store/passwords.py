"""Passwords: which are good enough, and their argon2id hashes, made in threads of their own.

Rules after NIST SP 800-63B: length counts, no classes of characters, none that everybody tries.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import BadRequest

T = TypeVar("T")
SHORTEST = 10
LONGEST = 200
COMMONEST = frozenset(
    """
    0123456789 0987654321 1029384756 1122334455 1212121212 1231231231 123123123123 1234512345
    1234567890 1234567891 12345678910 123456789a 123456789q 1234abcd1234 123qwe123qwe 147258369
    1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 9876543210 987654321a a123456789 aa12345678 abc1234567
    abcd123456 abcd1234567 abcdefghij admin12345 admin123456 administrator asdfghjkl1 asdfghjkl123
    basketball changeme12 changeme123 changeme1234 computer123 football123 iloveyou12 iloveyou123
    letmein123 letmein1234 liverpool1 manchester michelle123 minecraft1 minecraft123 mypassword
    nightdesk1 nightdesk123 p@ssw0rd123 p@ssword123 passw0rd123 password00 password01 password10
    password11 password12 password123 password1234 password12345 password1! password!1 password123!
    passwordpassword princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc1 qazwsxedcrfv qwerty1234
    qwerty12345 qwerty123456 qwertyuiop qwertyuiop1 qwertyuiop123 sunshine123 superman123
    trustno123 undertaker welcome123 welcome1234 welcome2024 welcome2025 welcome2026 zaq12wsx3edc
    zxcvbnm123 zxcvbnm1234 correcthorsebatterystaple
    """.split()
)

_THREADS = ThreadPoolExecutor(2, "passwords")
"""Each hash takes 64 MiB and tens of milliseconds: however many knock, two are looked at a time."""


def checked_password(password: str, email: str) -> str:
    """The password itself. Raises BadRequest (bad_password) when it would be guessed."""
    if len(password) < SHORTEST:
        raise BadRequest("bad_password", f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise BadRequest("bad_password", f"a password has at most {LONGEST} characters")
    plain = password.casefold().strip()
    if plain in COMMONEST or len(set(plain)) < 4:
        raise BadRequest("bad_password", "this password is one of the first that are tried")
    if plain == email.casefold().strip():
        raise BadRequest("bad_password", "a password is not the e-mail address")
    return password


class Passwords:
    """Makes and checks hashes, never on the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        return await _in_thread(self._hasher.hash, _prepared(password))

    async def check(self, hashed: str, password: str) -> bool:
        """Whether it is the password; for `hashed` '' always False, after the same time."""
        if not self._nobodys:
            self._nobodys = await self.hash("nobody's")
        return await _in_thread(
            self._verify, hashed or self._nobodys, _prepared(password)
        ) and bool(hashed)

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


async def _in_thread(work: Callable[..., T], *arguments: str | bytes) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work, *arguments)


def _prepared(password: str) -> bytes:
    """The same bytes for the same characters, whatever keyboard wrote them; never many."""
    normal = unicodedata.normalize("NFKC", password[: LONGEST + 1])
    return normal.encode("utf-8", "surrogatepass")
