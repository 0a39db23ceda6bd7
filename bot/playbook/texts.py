"""What the bot says: the text keys, their placeholders, and the renderer.

A text is looked up by key and language, its placeholders are filled, nothing else is done to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EVERYWHERE = frozenset({"brand", "assistant"})
"""Placeholders that any text may hold, besides the names under `voice.links`."""

TEXTS: Mapping[str, frozenset[str]] = {
    # first words
    "hello_closed": frozenset({"back"}),
    "hello_open": frozenset({"until"}),
    "hello_always": frozenset(),
    "ask_problem": frozenset(),
    "acknowledge": frozenset({"topic"}),
    "acknowledge_upset": frozenset({"topic"}),
    # self-service
    "offer_resource": frozenset({"title", "description", "url"}),
    "offer_title": frozenset({"title", "url"}),
    "answer_faq": frozenset({"answer"}),
    "answer_faq_link": frozenset({"answer", "url"}),
    "faq_choice": frozenset(),
    "ask_solved": frozenset(),
    "solved": frozenset(),
    # details
    "ask_details": frozenset({"questions"}),
    "ask_details_open": frozenset({"questions"}),
    "ask_one": frozenset({"question"}),
    "ask_one_again": frozenset({"question"}),
    "back_to_details": frozenset({"questions"}),
    # the case
    "receipt": frozenset({"reference", "topic", "noted", "team", "promise"}),
    "receipt_missing": frozenset({"missing"}),
    "receipt_secondary": frozenset({"topics"}),
    "promise_closed": frozenset({"opens", "due"}),
    "promise_open": frozenset({"due"}),
    "promise_moved": frozenset({"reference", "due"}),
    "human": frozenset(),
    "human_open": frozenset(),
    "human_tell_more": frozenset(),
    "added": frozenset({"reference"}),
    "added_escalated": frozenset({"reference", "due"}),
    "same_or_new": frozenset({"reference", "topic"}),
    "status": frozenset({"reference", "topic", "state", "due"}),
    "status_none": frozenset(),
    "closed_by_customer": frozenset({"reference"}),
    # when a person had it
    "reopened": frozenset({"reference", "promise"}),
    "given_back": frozenset({"reference", "due"}),
    "returned_to_bot": frozenset({"reference"}),
    "ask_rating": frozenset({"reference"}),
    "rating_thanks": frozenset(),
    "rating_sorry": frozenset(),
    # small talk
    "greeting": frozenset(),
    "thanks": frozenset(),
    "goodbye": frozenset(),
    "bot_challenge": frozenset(),
    "help": frozenset(),
    "praise": frozenset(),
    "praise_shared": frozenset(),
    "not_understood": frozenset(),
    "apology": frozenset({"reference"}),
    # hard cases
    "abuse_calm": frozenset(),
    "abuse_warn": frozenset(),
    "abuse_mute": frozenset({"until"}),
    "spam": frozenset(),
    "safety": frozenset(),
    "self_harm": frozenset(),
    "threat": frozenset(),
    "public_move": frozenset({"url"}),
    # buttons and single words
    "button_solved": frozenset(),
    "button_not_solved": frozenset(),
    "button_same": frozenset(),
    "button_new": frozenset(),
    "button_person": frozenset(),
    "button_none": frozenset(),
    "rating_title": frozenset({"stars"}),
    "state_new": frozenset(),
    "state_claimed": frozenset(),
    "state_waiting": frozenset(),
    "state_resolved": frozenset(),
    "state_closed": frozenset(),
    "nothing_noted": frozenset(),
    # the chat page
    "chat_title": frozenset(),
    "chat_placeholder": frozenset(),
    "chat_send": frozenset(),
    "chat_open_now": frozenset({"until"}),
    "chat_closed_now": frozenset({"back"}),
    "chat_typing": frozenset(),
    "chat_offline": frozenset(),
    "chat_failed": frozenset(),
    "chat_retry": frozenset(),
    "chat_too_long": frozenset({"limit"}),
    "chat_privacy": frozenset(),
    "chat_welcome": frozenset(),
    "chat_open_always": frozenset(),
    "chat_unreachable": frozenset(),
    "chat_too_fast": frozenset(),
    "chat_slow": frozenset(),
    "chat_sending": frozenset(),
    "chat_left": frozenset({"count"}),
    "chat_you": frozenset(),
    "chat_team": frozenset(),
    "chat_log": frozenset(),
    "chat_latest": frozenset(),
    "chat_open": frozenset(),
    "chat_close": frozenset(),
    "chat_unread": frozenset({"count"}),
    "chat_noscript": frozenset(),
}
"""Every key the bot uses -> the placeholders it may hold. Each language must have each key."""

TITLES = frozenset(key for key in TEXTS if key.startswith("button_")) | {"rating_title"}
"""The texts that stand on buttons."""

LONGEST_TITLE = 20
"""Characters of a button's title. WhatsApp refuses a longer one (whatsapp.github.io, Node.js SDK,
"Reply Buttons Object"), Messenger and Instagram cut it (developers.facebook.com/docs,
messenger-platform, "Quick Replies")."""


@dataclass(frozen=True)
class Texts:
    """All texts: language -> key -> variants (at least one)."""

    by_language: Mapping[str, Mapping[str, tuple[str, ...]]]
    everywhere: Mapping[str, str]

    def render(self, key: str, language: str, /, variant: int = 0, **values: str) -> str:
        """The text in `language` (English where it is not there), `variant` modulo their number.

        Raises KeyError for an unknown key or a placeholder without a value.
        """
        variants = self.by_language.get(language, {}).get(key) or self.by_language["en"][key]
        return variants[variant % len(variants)].format(**self.everywhere, **values)
