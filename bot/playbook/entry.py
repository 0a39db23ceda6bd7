"""One value of a content file with its place, and the typed ways to read it.

A read of an entry that does not fit notes a `Problem` and returns something harmless, so that one
pass finds the mistakes of all files, not only the first.
"""

from __future__ import annotations

import contextlib
import difflib
import math
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import yaml

from bot.errors import Problem

if TYPE_CHECKING:
    from bot.playbook.model import Localized

NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_DURATION = re.compile(r"([1-9]\d{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LANGUAGE = re.compile(r"[a-z]{2}")
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MANY = 20
_BOOLEAN = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"
_NUMBERS = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}


def nearest(wrong: str, valid: Collection[str]) -> str:
    """How to mend an unknown name: the nearest valid one, if any is near, and all of them (of many
    only the nearer ones)."""
    if not valid:
        return "none is defined yet; define it first or remove this"
    near = difflib.get_close_matches(wrong.lower(), sorted(valid), n=1)
    guess = f"did you mean `{near[0]}`? " if near else ""
    if len(valid) <= _MANY:
        return f"{guess}Valid: {', '.join(sorted(valid))}"
    some = difflib.get_close_matches(wrong.lower(), sorted(valid), n=_MANY, cutoff=0)
    return f"{guess}Valid: {', '.join(some)} and {len(valid) - _MANY} more"


_proven: ContextVar[bool] = ContextVar("proven", default=False)


@contextlib.contextmanager
def expressions_proven(proven: bool) -> Iterator[None]:
    """With `proven`, expressions are read without compiling them, which takes half of the time of
    a load: they are those of a content that was found good."""
    token = _proven.set(proven)
    try:
        yield
    finally:
        _proven.reset(token)


@dataclass(frozen=True)
class Entry:
    """One value of a content file with its place.

    `key` is the dotted path inside the file (`topics.billing.team`, `topic_rules[1].when`), `line`
    counts from 1. An absent entry (`node` is None, false as a boolean) reads as empty, silently.
    All entries of one load share `problems`.
    """

    file: str
    key: str
    line: int
    node: yaml.Node | None
    problems: list[Problem] = field(repr=False)

    def __bool__(self) -> bool:
        return self.node is not None

    def problem(self, message: str, fix: str) -> Problem:
        return Problem(self.file, self.line, self.key, message, fix)

    def refuse(self, message: str, fix: str) -> None:
        self.problems.append(self.problem(message, fix))

    def quietly(self) -> Entry:
        """The same entry, whose reads note nothing: for a first look at the names in a file."""
        return replace(self, problems=[])

    # mappings and lists

    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def named(self, pattern: re.Pattern[str] | None = None) -> dict[str, Entry]:
        """The entries of a mapping whose keys the content owner chose, in the file's order."""
        found: dict[str, Entry] = {}
        for name, entry in self._pairs():
            if pattern and not pattern.fullmatch(name):
                entry.refuse(
                    f"`{name}` cannot be used as a name here",
                    "use small letters, digits and single _ or - , beginning with a letter",
                )
            found[name] = entry
        return found

    def keyed(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> dict[str, Entry]:
        """The entries under exactly these keys; those that are not there are absent entries."""
        valid = (*required, *optional)
        found = {key: replace(self, key=self._path(key), node=None) for key in valid}
        if not self:
            return found
        for name, entry in self._pairs():
            if name in found:
                found[name] = entry
            else:
                entry.refuse(f"unknown key `{name}`", nearest(name, valid))
        if self.is_mapping():
            for key in required:
                if not found[key]:
                    self.refuse(f"`{key}` is missing", f"add `{key}:` here")
        return found

    def listed(self) -> list[Entry]:
        """The entries of a list."""
        if self.node is None:
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            self._wrong_type("a list", "write it as [one, two] or one `- item` a line")
            return []
        return [
            replace(self, key=self._item_path(number, node), node=node, line=line_of(node))
            for number, node in enumerate(self.node.value, 1)
        ]

    def one_or_more(self) -> list[Entry]:
        """The entries of a list, or the single value that stands instead of a list of one."""
        return [self] if isinstance(self.node, yaml.ScalarNode) else self.listed()

    # single values

    def text(self, *, empty: bool = False) -> str:
        """A text, as written. A number or true/false must be put in quotes to be one."""
        scalar = self._scalar("a text")
        if scalar is None or (scalar.tag == _NULL and self._is_empty("a text")):
            return ""
        truth = scalar.tag == _BOOLEAN and scalar.value.lower() in ("true", "false")
        if truth or scalar.tag in _NUMBERS:
            self._wrong_type("a text", f'put it in quotes: "{scalar.value}"')
        if not scalar.value.strip() and not empty:
            self.refuse("the text is empty", "write the text or remove the key")
        return str(scalar.value)

    def raw(self, wanted: str, example: str) -> str:
        """Any single value as it was typed (dates and hours need no quotes here)."""
        scalar = self._scalar(wanted, f"write it like {example}")
        return str(scalar.value) if scalar is not None and scalar.tag != _NULL else ""

    def flag(self) -> bool:
        if self.node is None:
            return False
        if self.node.tag == _BOOLEAN and isinstance(self.node, yaml.ScalarNode):
            return str(self.node.value).lower() in ("true", "yes", "on")
        self._wrong_type("true or false", "write true or false, without quotes")
        return False

    def number(self) -> float:
        if self.node is None:
            return 0.0
        if self.node.tag in _NUMBERS and isinstance(self.node, yaml.ScalarNode):
            with contextlib.suppress(ValueError):
                number = float(self.node.value.replace("_", ""))
                if math.isfinite(number):
                    return number
        self._wrong_type("a number", "write a number without quotes, such as 100")
        return 0.0

    def count(self, default: int, *, minimum: int = 1) -> int:
        """A whole number, at least `minimum`; `default` where it is absent or wrong."""
        if self.node is None:
            return default
        before = len(self.problems)
        number = self.number()
        if len(self.problems) > before:
            return default
        if number != int(number) or number < minimum:
            self.refuse(f"{number:g} cannot be used", f"write a whole number from {minimum} up")
            return default
        return int(number)

    def duration(self, default: timedelta = timedelta(hours=1)) -> timedelta:
        """A duration such as 30m, 8h, 2d (a d is 24 hours); `default` where absent or wrong."""
        if self.node is None:
            return default
        typed = self.raw("a duration", "30m, 8h or 2d")
        match = _DURATION.fullmatch(typed)
        if not match:
            self.refuse(f"`{typed}` is no duration", "write it like 30m, 8h or 2d")
            return default
        return timedelta(**{_UNITS[match[2]]: int(match[1])})

    def pattern(self) -> str:
        """A regular expression that compiles and does not match the empty text."""
        pattern = self.text()
        if _proven.get():
            return pattern
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compiled = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            self.refuse(
                f"`{pattern}` is no regular expression: {error}",
                "mend it; a bracket or * that is meant literally needs a \\ before it",
            )
            return ""
        if pattern and compiled.fullmatch(""):
            self.refuse(
                f"`{pattern}` matches the empty text, so it would match always",
                "make at least one part of it obligatory",
            )
        return pattern

    def patterns(self) -> tuple[str, ...]:
        """A list of regular expressions, or a list per language; then those of all languages."""
        lists = self._by_code().values() if self.is_mapping() else [self]
        return tuple(entry.pattern() for part in lists for entry in part.listed())

    def url(self) -> str:
        """A complete https address."""
        url = self.text()
        if url and not is_https(url):
            self.refuse(
                f"`{url}` is no complete https address",
                "write it in full, such as https://help.example.com/refunds",
            )
        return url

    def language(self) -> str:
        """An ISO 639-1 code; `en` where it is wrong."""
        typed = self.raw("a language", "en")
        if _LANGUAGE.fullmatch(typed):
            return typed
        self.refuse(f"`{typed}` is no language code", "write two small letters, such as en or de")
        return "en"

    def by_language(self, only: str | None = None) -> dict[str, Entry]:
        """The texts of each language; a plain text is the English one. Of what exists in one
        language `only`, the text in that."""
        if only or not isinstance(self.node, yaml.MappingNode):
            return {only or "en": self} if self else {}
        found = self._by_code()
        if "en" not in found:
            self.refuse(
                "there is no English text", "add `en:`; it serves where a language has none"
            )
        return found

    def localized(self, only: str | None = None) -> Localized:
        return {language: entry.text() for language, entry in self.by_language(only).items()}

    def choice(self, valid: Collection[str] | None, what: str) -> str:
        """One of `valid`; None accepts anything (the file that defines them cannot be read)."""
        name = self.text()
        if name and valid is not None and name not in valid:
            self.refuse(f"unknown {what} `{name}`", nearest(name, valid))
        return name

    def choices(self, valid: Collection[str] | None, what: str) -> tuple[str, ...]:
        """A list of names, or one name; each among `valid` and there once only."""
        names: list[str] = []
        for entry in self.one_or_more():
            name = entry.choice(valid, what)
            if name in names:
                entry.refuse(f"`{name}` stands here twice", "remove one of the two")
            names.append(name)
        return tuple(names)

    # inside

    def _by_code(self) -> dict[str, Entry]:
        """The entries of a mapping whose keys are languages."""
        found = self.named()
        for language, entry in found.items():
            if not _LANGUAGE.fullmatch(language):
                entry.refuse(f"`{language}` is no language code", "write en, de, pt, ko, ...")
        return found

    def _path(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key else name

    def _item_path(self, number: int, node: yaml.Node) -> str:
        """The items of a list are called by their `id`, or else counted from 1."""
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        ids = [str(value.value) for key, value in pairs if key.value == "id"]
        return self._path(ids[0]) if ids else f"{self.key}[{number}]"

    def _pairs(self) -> Iterator[tuple[str, Entry]]:
        if self.node is None:
            return
        if not isinstance(self.node, yaml.MappingNode):
            self._wrong_type("a mapping", "write `key: value` lines below it, indented")
            return
        for key, value in self.node.value:
            line = line_of(value) if isinstance(value, yaml.ScalarNode) else line_of(key)
            yield key.value, replace(self, key=self._path(key.value), node=value, line=line)

    def _scalar(self, wanted: str, fix: str | None = None) -> yaml.ScalarNode | None:
        if self.node is None or isinstance(self.node, yaml.ScalarNode):
            return self.node
        self._wrong_type(wanted, fix or f"write {wanted} here")
        return None

    def _is_empty(self, wanted: str) -> bool:
        self._wrong_type(wanted, f"write {wanted} here or remove the key")
        return True

    def _wrong_type(self, wanted: str, fix: str) -> None:
        self.refuse(f"this must be {wanted}, but it is {_describe(self.node)}", fix)


def is_https(url: str) -> bool:
    """Whether this is a complete, well-formed https address."""
    return _is_address(url, ("https",))


def is_web_address(url: str) -> bool:
    """Whether this is a complete http or https address (a webhook inside a network may be http)."""
    return _is_address(url, ("http", "https"))


def _is_address(url: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    clean = not re.search(r"[\s<>\"{}\[\]\\^`|]", url)
    return parts.scheme in schemes and bool(_HOST.fullmatch(host)) and clean


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _describe(node: yaml.Node | None) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if node is None or node.tag == _NULL:
        return "empty"
    if node.tag in _NUMBERS:
        return f"the number {node.value}"
    return f"`{node.value}`"
