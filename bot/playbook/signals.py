"""data/signals/<language>/*.yml: what is learned from examples beside the intents.

The mood of a message (`sentiment`, three classes), and cues that no word gives away: each has
messages in which it is there and messages that sound alike in which it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem
from bot.playbook.conditions import BUILT_IN_CUES
from bot.playbook.entry import NAME, Entry
from bot.playbook.examples import written_examples
from bot.playbook.yaml_source import read_section

SENTIMENT = "sentiment"
MOODS = ("negative", "neutral", "positive")
YES, NO = "examples", "counterexamples"
FEWEST = 10
"""Examples of a class, in all languages together; fewer teach nothing."""

Signals = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Signal -> class (of `MOODS`, or `YES` and `NO`) -> example messages, in all languages."""


@dataclass(frozen=True)
class SignalBlock:
    """The examples of one class of a signal in one file; `signal` is where its name stands."""

    name: str
    kind: str
    signal: Entry
    examples: tuple[tuple[Entry, str], ...]


def read_signals(root: Path, problems: list[Problem]) -> Iterator[SignalBlock]:
    """The blocks of all files, in the order of languages, files and lines."""
    for path in sorted((root / "data" / "signals").glob("*/*.yml")):
        section = read_section(path, root, "signals", problems)
        for name, signal in section.named(NAME).items():
            if name in BUILT_IN_CUES:
                signal.refuse(f"the cue `{name}` is built in", "give this one another name")
            kinds = MOODS if name == SENTIMENT else (YES, NO)
            for kind, part in signal.keyed((), kinds).items():
                yield SignalBlock(name, kind, signal, tuple(written_examples(part)))


def cues_of(blocks: Iterable[SignalBlock]) -> frozenset[str]:
    """The cues that have examples."""
    return frozenset(block.name for block in blocks) - {SENTIMENT}


def join_signals(blocks: Sequence[SignalBlock], whole: bool) -> Signals:
    """The examples of all files together. A message cannot belong to two classes of one signal;
    a class with too few is refused if the files could be read as a `whole`."""
    joined: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in dict.fromkeys(block.name for block in blocks):
        own = [block for block in blocks if block.name == name]
        _refuse_repeated(own)
        joined[name] = {
            kind: tuple(text for block in own if block.kind == kind for _, text in block.examples)
            for kind in dict.fromkeys(block.kind for block in own)
        }
        if whole:
            _refuse_few(own[0].signal, joined[name])
    return joined


def _refuse_few(signal: Entry, classes: Mapping[str, Sequence[str]]) -> None:
    for kind, texts in classes.items():
        if len(texts) < FEWEST:
            signal.refuse(
                f"`{kind}` has {len(texts)} example{'s' * (len(texts) != 1)}",
                f"write at least {FEWEST}; forty different ones make it reliable",
            )


def _refuse_repeated(blocks: Iterable[SignalBlock]) -> None:
    first: dict[str, Entry] = {}
    for block in blocks:
        for line, text in block.examples:
            words = " ".join(text.casefold().split())
            if words in first:
                earlier = first[words]
                line.refuse(
                    f"`{text}` stands in {earlier.file}:{earlier.line} already",
                    "remove one of the two",
                )
            first.setdefault(words, line)
