"""Pages of a help centre, as a sitemap or a table tells of them, become entries to be offered.

What the source does not say is made here: a title from the address, an id from the title.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from bot.playbook.entry import NAME, is_https

LONGEST_TITLE = 120
LONGEST_DESCRIPTION = 200
"""Characters; what is longer is cut. Our choice: an offer stays readable on a phone."""
_LONGEST_ID = 60

_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$", re.IGNORECASE)
_NUMBER = re.compile(r"^\d{4,}-+|-+\d{4,}$")
_NAMELESS = frozenset({"", "index", "home", "default"})
_CODE = re.compile(r"[a-z]{2}(?:[-_][a-z0-9]{2,4})?", re.IGNORECASE)
_COMMON = frozenset(
    "ar cs da de el en es fi fr he hu it ja ko nb nl pl pt ro ru sv th tr vi zh".split()
)
"""Languages that a bare part of an address names (/fr/help). Codes that are also English words or
countries (`is`, `my`, `no`, `uk`) are not among them."""


@dataclass(frozen=True)
class Page:
    """One page as its source tells of it; "" where it does not say. `place` is file and line."""

    url: str
    place: str
    title: str = ""
    description: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    id: str = ""

    @property
    def key(self) -> str:
        return address_key(self.url)


@dataclass(frozen=True)
class Refused:
    """What of a source cannot be taken, and why."""

    place: str
    reason: str


@dataclass
class Found:
    """What a source holds. `unread` names columns that mean nothing to us."""

    pages: list[Page] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Which pages are taken: `match` is found in the address, `without` is not. With a `language`
    only pages in it are; those that do not say theirs count as being in it, else as English.
    `topics` hold for pages that do not say theirs."""

    match: re.Pattern[str] | None = None
    without: re.Pattern[str] | None = None
    language: str = ""
    topics: tuple[str, ...] = ()

    def takes_address(self, url: str) -> bool:
        here = self.match is None or self.match.search(url)
        return bool(here) and not (self.without and self.without.search(url))

    def takes_language(self, language: str) -> bool:
        return self.language in ("", language)


def sift(found: Found, wanted: Wanted, spoken: Collection[str]) -> tuple[list[Page], int]:
    """The pages that are wanted, each complete but for its id, and how many are not. Notes in
    `found.refused` what is wanted and cannot be taken. `spoken` are the bot's languages."""
    taken: dict[str, Page] = {}
    passed_over = 0
    for page in found.pages:
        whole = complete(page, wanted)
        if not (wanted.takes_address(page.url) and wanted.takes_language(whole.language)):
            passed_over += 1
        elif reason := _refusal(whole, spoken, taken):
            found.refused.append(Refused(page.place, reason))
        else:
            taken[whole.key] = whole
    return list(taken.values()), passed_over


def _refusal(page: Page, spoken: Collection[str], earlier: Mapping[str, Page]) -> str:
    if page.key in earlier:
        return f"the same address stands in {earlier[page.key].place} already"
    if page.language not in spoken:
        return f"the page is in `{page.language}`; the bot speaks {', '.join(spoken)}"
    if not is_https(page.url):
        return "no complete https address, such as https://help.example.com/refunds"
    if not page.title:
        return "no title, and no words in the address -> import it from a CSV with titles"
    if page.id and not NAME.fullmatch(page.id):
        return f"`{page.id}` cannot be used as an id -> use small letters, digits, single _ or -"
    return ""


def complete(page: Page, wanted: Wanted) -> Page:
    """Title, language and topics filled in, and the description as `Wording` reads it."""
    url = tidy_address(page.url)
    told = shortened(plain_text(page.description), LONGEST_DESCRIPTION)
    return replace(
        page,
        url=url,
        title=shortened(plain_text(page.title), LONGEST_TITLE) or title_of(url),
        description=told.replace("{", "{{").replace("}", "}}"),
        language=_first(page.language) or language_of(url) or wanted.language or "en",
        topics=page.topics or wanted.topics,
    )


def address_key(url: str) -> str:
    """Equal for addresses of the same page."""
    return tidy_address(url).rstrip("/")


def tidy_address(url: str) -> str:
    """Without what stands behind a #, the host in small letters."""
    parts = _split(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.lower(), fragment=""))


def title_of(url: str) -> str:
    """The last part of the address that has words: /articles/360012-Reset_your-hub.html -> "Reset
    your hub"; "" when there is none."""
    for part in reversed(_path(url)):
        bare = _NUMBER.sub("", _ENDING.sub("", part))
        if bare.lower() in _NAMELESS:
            continue
        words = plain_text(re.sub(r"[-_+\s]+", " ", bare))
        told = sum(letter.isalpha() for letter in words) > 1 and not _language_in(bare)
        return shortened(words[:1].upper() + words[1:], LONGEST_TITLE) if told else ""
    return ""


def language_of(url: str) -> str:
    """The ISO 639-1 code that one of the first parts of the path names (/hc/en-us/, /de/), or the
    host (de.help.example.com); "" when none does."""
    host = (_split(url).hostname or "").split(".")[0]
    return next(filter(None, map(_language_in, [*_path(url)[:3], host])), "")


def _language_in(part: str) -> str:
    code = _first(part)
    return code if code in _COMMON and _CODE.fullmatch(part) else ""


def _first(language: str) -> str:
    """`pt-BR` -> `pt`."""
    return re.split("[-_]", language.strip().lower())[0]


def _path(url: str) -> list[str]:
    return [unquote(part).strip() for part in _split(url).path.split("/") if part]


def _split(url: str) -> SplitResult:
    """What is no address at all is taken for a path of nothing but itself."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.hostname
    except ValueError:
        return SplitResult("", "", url.strip(), "", "")
    return parts


def plain_text(text: str) -> str:
    """Without HTML, line breaks and what cannot be printed."""
    bare = html.unescape(_TAG.sub(" ", text))
    printed = "".join(letter if letter.isprintable() else " " for letter in bare)
    return " ".join(printed.split())


def shortened(text: str, longest: int) -> str:
    """At most `longest` characters: whole sentences where that keeps half of them, else words."""
    if len(text) <= longest:
        return text
    sentences = [match.end() for match in re.finditer(r"[.!?\u3002](?=\s)", text[: longest + 1])]
    if sentences and sentences[-1] >= longest / 2:
        return text[: sentences[-1]]
    return text[: longest - 1].rpartition(" ")[0].rstrip(" ,;:-") + "\u2026"


def with_ids(
    pages: Iterable[Page], known: Mapping[str, str], elsewhere: Mapping[str, str]
) -> list[Page | Refused]:
    """Each page with its id for good: that of its entry (`known`, by address key), else the one its
    source gives, else one made of the title. An id that the source gives to another address than
    before moves the entry there. `elsewhere` are the ids of other files with their places."""
    used = dict(elsewhere)
    named: list[Page | Refused] = []
    for page in pages:
        given = known.get(page.key) or page.id
        if given in used:
            reason = f"the id `{given}` is used in {used[given]} already"
            named.append(Refused(page.place, reason))
            continue
        name = given or _new_id(page, {*used, *known.values()})
        used[name] = page.place
        named.append(replace(page, id=name))
    return named


def _new_id(page: Page, used: Collection[str]) -> str:
    name = slug(page.title)
    mark = hashlib.sha256(page.key.encode("utf-8", "replace")).hexdigest()[:6]
    if not name:
        return f"page-{mark}"
    return f"{name}-{mark}" if name in used else name


def slug(text: str) -> str:
    """ "Wo ist mein Paket?" -> `wo-ist-mein-paket`; "" for a text without Latin letters."""
    folded = unicodedata.normalize("NFKD", re.sub(r"['\u2018\u2019]", "", text.casefold()))
    words = re.findall(r"[a-z0-9]+", folded.encode("ascii", "ignore").decode())
    name = "-".join(words)
    if len(name) > _LONGEST_ID:
        name = name[: _LONGEST_ID + 1].rpartition("-")[0] or name[:_LONGEST_ID]
    return name if not name or name[0].isalpha() else f"page-{name}"
