"""Every Redis key Nightdesk uses, built here and nowhere else.

With prefix `nd` and conversation `c`, whose name comes last because it may hold any character:
  nd:c:main:{c}       hash    channel, customer, state, attempts, lease, seen (last handled id),
                              held (the case by which a person holds the conversation),
                              posted ('1' where replies are posted to the platform), sender (whose
                              hands its outbox is in)
  nd:c:inbox:{c}      list    accepted messages that no turn has handled yet, JSON {line, message,
                              due (ms)?}
  nd:c:ids:{c}        hash    message id -> '' (accepted) or 'first:last' (lines of its replies);
                              'step:<id>' for what an agent did once
  nd:c:log:{c}        list    the transcript, a JSON object each; numbered by place, from 1
  nd:c:buttons:{c}    hash    payload -> title of the buttons the bot sent in this conversation
  nd:c:cases:{c}      zset    references of its cases by opening time (ms)
  nd:c:outbox:{c}     list    lines that are still to be posted, JSON {line, tries?, since? (ms)}
  nd:c:sent:{c}       hash    line -> the platform's id of what was posted ('' when it gave none)
  nd:ready            zset    conversations with accepted messages -> when they are due (ms)
  nd:leases           zset    conversations in a worker's hands -> when the lease ends (ms)
  nd:bell             list    wakes a sleeping worker
  nd:outbox           zset    conversations with lines to post -> a number that counts up (at once),
                              when they are tried again, or when their sender's lease ends (ms)
  nd:outbox:seq       counter gives these numbers; nd:outbox:bell list wakes a sleeping sender
  nd:dead             zset    ids of lines that could not be posted -> when they were given up (ms)
  nd:dead:letters     hash    id -> JSON of where the line is and why it was given up, no text
  nd:events           stream  what happened: ids, types and times, never text
  nd:case:{ref}       hash    json, revision, from (first transcript line)
  nd:cases            zset    references by opening time (ms)
  nd:refs             hash    reference -> 'conversation|number', so that none is given twice
  nd:tokens           hash    sha256 of a token -> JSON name and role
  nd:people           hash    id -> JSON of a person, with the argon2id hash of the password
  nd:people:emails    hash    e-mail address, case folded -> id
  nd:session:{hash}   string  by sha256 of a session's token: JSON person and times; expires
  nd:link:{owner}     string  JSON sha256 of a one-time link's token and its end; expires
  nd:tries:{hash}     zset    tries to sign in, by sha256 of e-mail or address -> when (ms); expires
  nd:secrets          hash    server-made secrets (web chat sessions)
  nd:alerts           hash    case reference -> JSON alert; nd:alerts:due zset -> next try (ms)
  nd:alerts:tokens    hash    sha256 of an acknowledgement link's token -> case reference
  nd:digest:{team}:{opening}  string  JSON of a team's digest of the opening (UTC); expires
  nd:digests          hash    team -> opening of its latest digest
  nd:digests:due      zset    'team|opening|way' -> when it is sent next (ms)
  nd:watched          zset    references -> when the clock has to look at the case (ms)
  nd:changes          zset    references -> number of their last change, from nd:changes:seq
  nd:alive:{role}     zset    processes of a role -> until when their heartbeat counts (s)
  nd:tallies          hash    what all processes counted and timed (bot/store/tallies.py)
  nd:model:{who}      string  when the model of this worker was trained (s); expires
  nd:rate:{c}:{n}     counter messages of a conversation in minute n; expires
  nd:done             channel conversations whose transcript just grew
Text of customers stands only under nd:c:* and nd:case:*, so that it can be erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ConversationPart = Literal["main", "inbox", "ids", "log", "buttons", "cases", "outbox", "sent"]


@dataclass(frozen=True)
class Keys:
    """Builds keys under one prefix, so that tests and brands can share a server."""

    prefix: str = "nd"

    def conversation(self, conversation: str, part: ConversationPart) -> str:
        return f"{self.prefix}:c:{part}:{conversation}"

    def case(self, reference: str) -> str:
        return f"{self.prefix}:case:{reference}"

    def alive(self, role: str) -> str:
        return f"{self.prefix}:alive:{role}"

    def model(self, who: str) -> str:
        return f"{self.prefix}:model:{who}"

    def rate(self, who: str, minute: int) -> str:
        return f"{self.prefix}:rate:{who}:{minute}"

    def session(self, token_hash: str) -> str:
        return f"{self.prefix}:session:{token_hash}"

    def link(self, owner: str) -> str:
        """`owner` is the id of the person it is for, or `setup`."""
        return f"{self.prefix}:link:{owner}"

    def digest(self, team: str, opening: str) -> str:
        return f"{self.prefix}:digest:{team}:{opening}"

    def tries(self, who_hash: str) -> str:
        return f"{self.prefix}:tries:{who_hash}"

    def one(self, name: str) -> str:
        """A key there is only one of, such as `ready` or `events`."""
        return f"{self.prefix}:{name}"
