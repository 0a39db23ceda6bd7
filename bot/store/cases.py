"""Cases as readers want them: with their transcript, by their references, or all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.cases.case import Attachment, Case
from bot.cases.case import Line as TranscriptLine
from bot.cases.timestamps import read_utc
from bot.store.connection import Connection, answering
from bot.store.conversations import Conversations, Line


@dataclass(frozen=True)
class CaseFile:
    """Everything there is to a case: `lines` is its conversation from the first line of its intake
    on, which also hold the attachments; `revision` counts the changes."""

    case: Case
    revision: int
    lines: tuple[Line, ...]

    def complete(self) -> Case:
        """The case with its transcript and attachments, as case.schema.json has it."""
        transcript = tuple(
            TranscriptLine(line.speaker, read_utc(line.at), line.text)  # type: ignore[arg-type]
            for line in self.lines
        )
        return dataclasses.replace(self.case, transcript=transcript, attachments=self.attachments)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What the customer sent along with messages, in order."""
        sent = (attachment for line in self.lines for attachment in line.attachments)
        return (*self.case.attachments, *sent)


class Cases:
    """The cases of one prefix, for reading."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._conversations = Conversations(connection)

    async def get(self, reference: str) -> Case | None:
        """One case with its transcript."""
        found = await self.file(reference)
        return found.complete() if found else None

    async def file(self, reference: str) -> CaseFile | None:
        """One case with its conversation."""
        async with answering():
            text, revision, first = await self._at.redis.hmget(
                self._at.keys.case(reference), "json", "revision", "from"
            )
        if not text:
            return None
        case = Case.from_json(json.loads(text))
        lines = await self._conversations.lines(case.conversation, int(first or 1))
        return CaseFile(case, int(revision or 0), tuple(lines))

    async def several(self, references: Sequence[str]) -> list[Case]:
        """The cases of these references that exist, in this order, without transcripts."""
        async with answering():
            pipe = self._at.redis.pipeline(transaction=False)
            for reference in references:
                pipe.hget(self._at.keys.case(reference), "json")
            texts = await pipe.execute() if references else []
        return [Case.from_json(json.loads(text)) for text in texts if text]

    async def all(self) -> list[Case]:
        """Every case, oldest first, without transcripts."""
        async with answering():
            references = await self._at.redis.zrange(self._at.keys.one("cases"), 0, -1)
        return await self.several(references)
