"""data/signals/<language>/*.yml: what is learned from examples beside the intents.

The mood of a message (`sentiment`, three classes), and cues that no word gives away: each has
messages in which it is there and messages that sound alike in which it is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
NOT_IN = "not_in"
FEWEST = 10
"""Examples of a class, in all languages together; fewer teach nothing."""

Signals = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Signal -> class (of `MOODS`, or `YES` and `NO`) -> example messages, in all languages."""


@dataclass(frozen=True)
class SignalBlock:
    """The examples of one class of a signal in one file; `signal` is where its name stands,
    `not_in` names signals whose examples count as counterexamples of this one."""

    name: str
    kind: str
    signal: Entry
    examples: tuple[tuple[Entry, str], ...]
    not_in: tuple[Entry, ...] = ()


def read_signals(root: Path, problems: list[Problem]) -> Iterator[SignalBlock]:
    """The blocks of all files, in the order of languages, files and lines."""
    for path in sorted((root / "data" / "signals").glob("*/*.yml")):
        section = read_section(path, root, "signals", problems)
        for name, signal in section.named(NAME).items():
            if name in BUILT_IN_CUES:
                signal.refuse(f"the cue `{name}` is built in", "give this one another name")
            yield from _blocks(name, signal)


def _blocks(name: str, signal: Entry) -> Iterator[SignalBlock]:
    if name == SENTIMENT:
        for kind, part in signal.keyed((), MOODS).items():
            yield SignalBlock(name, kind, signal, tuple(written_examples(part)))
        return
    parts = signal.keyed((), (YES, NO, NOT_IN))
    yield SignalBlock(name, YES, signal, tuple(written_examples(parts[YES])))
    others = tuple(parts[NOT_IN].one_or_more())
    yield SignalBlock(name, NO, signal, tuple(written_examples(parts[NO])), others)


def cues_of(blocks: Iterable[SignalBlock]) -> frozenset[str]:
    """The cues that have examples."""
    return frozenset(block.name for block in blocks) - {SENTIMENT}


def join_signals(blocks: Sequence[SignalBlock], whole: bool) -> Signals:
    """The examples of all files together. A message cannot belong to two classes of one signal;
    a class with too few is refused if the files could be read as a `whole`."""
    written: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in dict.fromkeys(block.name for block in blocks):
        own = [block for block in blocks if block.name == name]
        _refuse_repeated(own)
        written[name] = {
            kind: tuple(text for block in own if block.kind == kind for _, text in block.examples)
            for kind in dict.fromkeys(block.kind for block in own)
        }
        if whole:
            _refuse_few(own[0].signal, written[name])
    others = _named_others(blocks, written if whole else None)
    return {name: _with_others(name, written, others.get(name, [])) for name in written}


def _named_others(
    blocks: Iterable[SignalBlock], valid: Collection[str] | None
) -> dict[str, list[str]]:
    """Signal -> the signals in whose examples it is never."""
    others: dict[str, list[str]] = {}
    for block in blocks:
        others.setdefault(block.name, []).extend(
            entry.choice(valid, "signal") for entry in block.not_in
        )
    return others


def _with_others(
    name: str, written: Mapping[str, Mapping[str, tuple[str, ...]]], others: Iterable[str]
) -> Mapping[str, tuple[str, ...]]:
    """The classes of a signal; to its counterexamples are added the examples of `others`: of a cue
    those in which it is there, of the sentiment all."""
    classes = dict(written[name])
    for other in others:
        for kind, texts in written.get(other, {}).items():
            if kind != NO:
                classes[NO] += texts
    if YES in classes:
        own = set(classes[YES])
        classes[NO] = tuple(text for text in dict.fromkeys(classes[NO]) if text not in own)
    return classes


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
