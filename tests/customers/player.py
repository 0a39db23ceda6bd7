"""Plays a scripted customer against the assistant and keeps what has to be judged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.cases.beside import NEW
from bot.cases.case import Case
from bot.cases.intake import NOT_SOLVED
from bot.playbook.model import Field
from tests.talking import Talk

MOST_TURNS = 14
UNKNOWN = "sorry, i don't have that"


@dataclass
class Played:
    """How a customer's conversation went. `asked_again` are facts that were asked for although the
    customer had given them; `turns_to_case` counts the customer's turns to the first receipt."""

    script: Mapping[str, Any]
    fields: Mapping[str, Field]
    case: Case | None = None
    second: Case | None = None
    turns_to_case: int = 0
    given: dict[str, str] = field(default_factory=dict)
    asked_again: list[str] = field(default_factory=list)
    silent: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.script["id"])

    @property
    def temper(self) -> str:
        return str(self.script["temper"])

    @property
    def wrong(self) -> dict[str, tuple[str, str | None]]:
        """Facts the customer gave and the case does not hold: {name: (given, noted)}."""
        details = self.case.details if self.case else {}
        noted = {name: details[name].value if name in details else None for name in self.given}
        return {
            name: (value, noted[name])
            for name, value in self.given.items()
            if not same(value, noted[name]) and not self._catalogued(name, value, noted[name])
        }

    def _catalogued(self, name: str, value: str, noted: str | None) -> bool:
        """Whether the noted value is the playbook's name for what the customer said."""
        ways = self.fields[name].values.get(noted or "", ())
        return any(re.search(rf"(?i)(?<!\w){re.escape(way)}(?!\w)", value) for way in ways)


def same(expected: str, noted: str | None) -> bool:
    """Whether two spellings of a detail are the same to an agent."""
    return noted is not None and _plain(expected) in (
        _plain(noted),
        _plain(noted)[-len(_plain(expected)) :],
    )


def _plain(text: str) -> str:
    text = re.sub(r"^(?:\+44|0044)\s?\(?0?\)?", "0", text.strip().lower())
    text = re.sub(r"^(since|for|about|around|the|on|at|from) ", "", text)
    return re.sub(r"[^a-z0-9@.]|gbp$", "", text.replace("£", "")).strip(".")


async def play(script: Mapping[str, Any], talk: Talk) -> Played:
    """Plays until the case (two cases for two problems) or `MOST_TURNS`."""
    player = _Player(script, talk)
    await player.open()
    while player.played.case is None and talk.turns < MOST_TURNS:
        await player.answer()
    await player.afterwards()
    return player.played


class _Player:
    def __init__(self, script: Mapping[str, Any], talk: Talk) -> None:
        self.script, self.talk = script, talk
        self.played = Played(script, talk.content.playbook.fields)
        self.facts: Mapping[str, Mapping[str, str]] = script["facts"]
        self.once = {"faq_question": False, "wants_person": False, "wrong": False}
        self.correction: str | None = None
        self.corrected = ""
        self.last_asked: list[str] = []

    async def open(self) -> None:
        """A burst is one turn; five short lines come one by one."""
        for name in self.script["in_opening"]:
            self.played.given[name] = str(self.facts[name]["value"])
        lines: Sequence[str] = self.script["opening"]
        if self.script["temper"] != "five_short_lines":
            return await self.say("\n".join(lines))
        self.played.given.clear()
        for line in lines:
            if self.played.case is None:
                self._note_given(line)
                await self.say(line)

    def _note_given(self, text: str) -> None:
        for name in self.script["in_opening"]:
            if _plain(str(self.facts[name]["value"])) in _plain(text):
                self.played.given[name] = str(self.facts[name]["value"])

    async def say(self, text: str) -> None:
        replies = await self.talk.say(text)
        self.played.silent += not replies
        self.played.lines += [f"> {self.talk.buttons.get(text, text)}", *(r.text for r in replies)]
        self.last_asked = self.talk.asked or self.last_asked
        asked = [name for name in self.talk.asked if name in self.played.given]
        self.played.asked_again += asked
        if self.played.case is None and "receipt" in self.talk.kinds:
            self.played.case, self.played.turns_to_case = self.talk.case, self.talk.turns

    async def answer(self) -> None:
        """Whatever the bot's last words call for."""
        if self.correction is not None:
            return await self._correct()
        if NOT_SOLVED in self.talk.payloads:
            return await self.say(NOT_SOLVED)
        for key in ("faq_question", "wants_person"):
            if key in self.script and not self.once[key]:
                self.once[key] = True
                return await self.say(self.script[key])
        if "refusal" in self.script:
            return await self.say(self.script["refusal"])
        if self.script["temper"] == "answers_after_ten_hours":
            self.talk.wait(timedelta(hours=10))
        await self._give(self._wanted())

    def _wanted(self) -> list[str]:
        wanted = [name for name in self.last_asked if name not in self.played.given]
        return wanted[:1] if self.script["temper"] == "drips" else wanted

    async def _give(self, names: Sequence[str]) -> None:
        parts = []
        for name in names:
            wrong = self.script.get("wrong_first", {}).get(name)
            if wrong and not self.once["wrong"]:
                self.once["wrong"], self.correction = True, wrong["then"]
                self.corrected = name
                parts.append(wrong["say"])
            elif name in self.facts:
                parts.append(self.facts[name]["say"])
                self.played.given[name] = str(self.facts[name]["value"])
        await self.say("\n".join(parts) or UNKNOWN)

    async def _correct(self) -> None:
        correction, self.correction = self.correction, None
        assert correction is not None
        self.played.given[self.corrected] = str(self.facts[self.corrected]["value"])
        await self.say(correction)

    async def afterwards(self) -> None:
        """A late correction, and the second problem."""
        if self.correction is not None:
            await self._correct()
        if self.played.case is not None:
            self.played.case = self.talk.cases[self.played.case.id]
        if "second_problem" in self.script:
            await self._second()

    async def _second(self) -> None:
        first = self.talk.case
        await self.say(self.script["second_problem"]["message"])
        turns = 0
        while self.talk.case == first and turns < 8:
            turns += 1
            if NEW in self.talk.payloads:
                await self.say(NEW)
            elif NOT_SOLVED in self.talk.payloads:
                await self.say(NOT_SOLVED)
            elif self.talk.asked:
                await self.say(UNKNOWN)
            else:
                return
        self.played.second = self.talk.case if self.talk.case != first else None
