"""What holds for every text customers read, wherever it stands: placeholders, links, bans."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.playbook.entry import Entry, is_https, nearest
from bot.playbook.model import Localized
from bot.playbook.texts import LONGEST_TITLE
from bot.playbook.voice import Voice

_REFERENCE = re.compile(r"\[\[([^\[\]]*)\]\]")
_MARKDOWN_LINK = re.compile(r"\]\(([^()\s]*)\)")
_BARE_LINK = re.compile(r"\b\w+://[^\s<>()\"]+[^\s<>()\".,;:!?]")
_BRACES = "write {name} for a placeholder, {{ and }} for plain braces"


@dataclass(frozen=True)
class Wording:
    """Checks and completes texts. `targets` maps what `[[...]]` may name (`faq:<id>`,
    `resource:<id>`) to its address, None where it has none. What is `unreadable` (`faq`,
    `resource`, `voice`) is not judged."""

    voice: Voice
    targets: Mapping[str, str | None]
    unreadable: frozenset[str] = frozenset()

    def template(self, entry: Entry, placeholders: Collection[str]) -> str:
        """A str.format template that holds no placeholder but these and those of every text."""
        text = entry.text()
        valid = {*placeholders, *self.voice.everywhere}
        for name in _placeholders(entry, text):
            if name not in valid and "voice" not in self.unreadable:
                entry.refuse(f"unknown placeholder {{{name}}}", nearest(name, valid))
        self._refuse_banned(entry, text)
        _refuse_links(entry, text)
        return _REFERENCE.sub(lambda match: self._address(entry, match[1]), text)

    def localized(self, entry: Entry, only: str | None = None) -> Localized:
        """The finished texts of each language (or of one `only`), every placeholder filled."""
        before = len(entry.problems)
        found = {
            language: self.template(part, ()) for language, part in entry.by_language(only).items()
        }
        if len(entry.problems) > before or self.unreadable:
            return found
        return {language: text.format(**self.voice.everywhere) for language, text in found.items()}

    def titles(self, entry: Entry) -> Localized:
        """As `localized`, each short enough for a button."""
        found = self.localized(entry)
        for language, part in entry.quietly().by_language().items():
            refuse_long_title(replace(part, problems=entry.problems), found[language])
        return found

    def _address(self, entry: Entry, target: str) -> str:
        target = target.strip()
        if target.split(":")[0] in self.unreadable:
            return ""
        if target not in self.targets:
            entry.refuse(f"dead link [[{target}]]", nearest(target, self.targets))
        elif self.targets[target] is None:
            entry.refuse(
                f"[[{target}]] has no address", f"give {target} a `url:` or remove the link"
            )
        return (self.targets.get(target) or "").replace("{", "{{").replace("}", "}}")

    def _refuse_banned(self, entry: Entry, text: str) -> None:
        said = " ".join(text.casefold().split())
        for phrase in self.voice.banned:
            banned = " ".join(phrase.casefold().split())
            if banned and re.search(rf"(?<!\w){re.escape(banned)}(?!\w)", said):
                entry.refuse(f"holds the banned phrase `{phrase}`", "say it in other words")


def refuse_long_title(entry: Entry, shown: str) -> None:
    """Refuses a title, as customers see it, that a platform would cut or not take."""
    if len(shown) > LONGEST_TITLE:
        entry.refuse(
            f"`{shown}` has {len(shown)} characters, too many for a button",
            f"write at most {LONGEST_TITLE}",
        )


def _placeholders(entry: Entry, text: str) -> Iterator[str]:
    try:
        for _, name, form, conversion in string.Formatter().parse(text):
            if name is None:
                continue
            if form or conversion or not name.isidentifier():
                shown = (
                    name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
                )
                entry.refuse(f"{{{shown}}} is no placeholder", _BRACES)
            else:
                yield name
    except ValueError as error:
        entry.refuse(f"the braces do not fit together: {error}", _BRACES)


def _refuse_links(entry: Entry, text: str) -> None:
    """Refuses addresses that a customer could not open."""
    addresses = {*_MARKDOWN_LINK.findall(text), *_BARE_LINK.findall(text)}
    for address in sorted(addresses):
        if not re.fullmatch(r"\{\w+\}", address) and not is_https(re.sub(r"\{\w+\}", "x", address)):
            entry.refuse(
                f"`{address}` is no complete https address",
                "write it in full, or [[faq:id]] or [[resource:id]] for a page of your own",
            )
