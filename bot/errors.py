"""The errors Nightdesk raises, from the root to the leaves.

ConfigurationError            a file or setting is wrong; stops a start, never handled at run time
NightdeskError                anything that can go wrong while running
  StoreUnavailable            Redis does not answer; callers say 503 and nothing is lost
  ConversationBusy            another worker holds the conversation (the lease was lost)
  BadRequest                  the caller sent something we cannot take; carries code and status
  NotifierFailed              an on-call address did not take the alert; it is tried again
  ReplyNotTaken               a platform did not take a reply; says whether to try again, and when
  BackupFailed                a backup that cannot be made, read, or laid where it should be
  ModelUnusable               no model, or one that does not fit this version

None of them ever holds a customer's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a content file: where it is, what is wrong, how to mend it.

    `file` is relative to the project; `line` counts from 1 (0: the whole file); `key` is the dotted
    path inside the file, such as `topics.billing.team`.
    """

    file: str
    line: int
    key: str
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" [{self.key}]" if self.key else ""
        return f"{place}{key}: {self.message} -> {self.fix}"


class ConfigurationError(Exception):
    """Content or settings that cannot be used; `problems` names each place and its mending."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NightdeskError(Exception):
    """The root of everything that can go wrong while running."""


class StoreUnavailable(NightdeskError):
    """Redis does not answer."""


class ConversationBusy(NightdeskError):
    """This worker no longer holds the conversation; what it prepared was not written."""


class BadRequest(NightdeskError):
    """A request that cannot be taken. `status` is the HTTP status, `code` a stable word;
    `retry_after_seconds` says when it may be worth another try."""

    def __init__(
        self, code: str, message: str, status: int = 400, retry_after_seconds: int = 0
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class NotifierFailed(NightdeskError):
    """An on-call address did not take the alert."""


class ReplyNotTaken(NightdeskError):
    """A platform did not take a reply. `reason` is a stable word; a `permanent` refusal will be the
    same the next time; `retry_after_seconds` is how long the platform asked to be left alone."""

    def __init__(
        self, reason: str, permanent: bool = False, retry_after_seconds: float = 0.0
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after_seconds = retry_after_seconds


class BackupFailed(NightdeskError):
    """A backup cannot be made, or not be restored where it should be."""


class ModelUnusable(NightdeskError):
    """There is no trained model, or it does not fit this version of Nightdesk."""


def place_of(error: BaseException) -> str:
    """Where an error was raised: file and line, without the message (it may hold customer text)."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return "an unknown place"
    return f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}"
