"""`nightdesk evaluate`: how well the content is understood, and what should be written next."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.progress import Progress, track

from bot.commands.bench_nlu import encoder_of
from bot.commands.evaluation_pages import made_now, write_page
from bot.commands.evaluation_text import print_measured
from bot.engine.training import prepare
from bot.errors import BadRequest, ConfigurationError
from bot.insights.evaluation.coverage import find_gaps, judge_all, subtopic_covers
from bot.insights.evaluation.page import Measured, content_page
from bot.insights.evaluation.readings import Near, Reading, by_language, figures_of, threshold_curve
from bot.insights.evaluation.scores import Part
from bot.insights.wording import counted
from bot.nlu.encoder import Encoder, Floats, encoder_named
from bot.nlu.neighbours import Neighbours
from bot.nlu.sentence_store import FOLDER, encode_all, folder_of_training
from bot.playbook.check import check
from bot.playbook.content import load_content, open_sources
from bot.playbook.examples import Example
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.nlu.cross_validation import HeldOut

_PAGE = "index.html"
_NEIGHBOURS = 2


def evaluate_content(settings: Settings, folds: int, folder: Path) -> None:
    """Trains `folds` times on the content without one part, lets that model read the part, and
    prints tables and, last, one JSON line; writes the same as a page into `folder`.

    Raises ConfigurationError with every mistake of the content; BadRequest for a pipeline of
    config.yml that holds other components than ours.
    """
    if problems := check(settings.root):
        raise ConfigurationError(problems)
    measured, encoder = _measure(settings, folds, Console(stderr=True))
    about = _about(measured, folds, encoder)
    write_page(folder / _PAGE, content_page(measured, about, made_now()))
    console = Console(soft_wrap=True)
    print_measured(measured, console)
    console.print(f"The page: {folder / _PAGE}")
    print(json.dumps(_summary(measured, folds, encoder)))  # noqa: T201


def _measure(settings: Settings, folds: int, console: Console) -> tuple[Measured, str]:
    """Also the name of the encoder."""
    prepare(settings.root)
    settings.models.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault(FOLDER, str(settings.models))
    content = load_content(settings.root)
    encoder = encoder_named(encoder_of(settings.root))
    vectors = _vectors(encoder, content.examples, console)
    held_out = _held_out(settings.root, content.examples, folds, vectors, console)
    readings = list(_with_neighbours(held_out, vectors))
    judged = judge_all(readings, content)
    languages = by_language(readings)
    parts = {"all": readings, **languages} if len(languages) > 1 else languages
    measured = Measured(
        readings=readings,
        parts=[Part(name, len(own), tuple(figures_of(own))) for name, own in parts.items()],
        gaps=find_gaps(judged, content, open_sources(settings.root, [])),
        subtopics=subtopic_covers(readings, content),
        topics=tuple(content.playbook.topics),
    )
    return measured, encoder.name if encoder else "none"


def _vectors(
    encoder: Encoder | None, examples: Sequence[Example], console: Console
) -> Mapping[str, Floats]:
    """Text -> its sentence vector; empty without an encoder."""
    if encoder is None:
        return {}

    def shown(texts: Iterable[str]) -> Iterable[str]:
        return track(list(texts), "Encoding", console=console, transient=True)

    texts = [example.text for example in examples]
    rows = encode_all(encoder, texts, folder_of_training(), shown)
    return dict(zip(texts, rows, strict=True))


def _held_out(
    root: Path,
    examples: Sequence[Example],
    folds: int,
    vectors: Mapping[str, Floats],
    console: Console,
) -> list[HeldOut]:
    from bot.nlu.cross_validation import cross_validate  # Rasa, only after prepare()

    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("Training", total=len(examples))

        def step(what: str) -> None:
            progress.update(bar, description=what)

        found = []
        try:
            for one in cross_validate(root, examples, folds, vectors, step):
                found.append(one)
                progress.advance(bar)
        except ValueError as error:
            raise BadRequest("bad_pipeline", str(error)) from None
    return found


def _with_neighbours(
    held_out: Sequence[HeldOut], vectors: Mapping[str, Floats]
) -> Iterable[Reading]:
    """Each example; a wrongly read one with the nearest examples the model had seen: of what it was
    taken for, and of its own kind."""
    texts = [one.example.text for one in held_out]
    rows = np.array([vectors[text] for text in texts]) if vectors else None
    neighbours = Neighbours(texts, rows)
    places: dict[str, list[int]] = {}
    for place, one in enumerate(held_out):
        places.setdefault(one.example.intent, []).append(place)

    def near(place: int, intent: str) -> tuple[Near, ...]:
        seen = [n for n in places.get(intent, ()) if held_out[n].fold != held_out[place].fold]
        found = neighbours.nearest(place, seen, _NEIGHBOURS)
        return tuple(Near(held_out[other].example, likeness) for other, likeness in found)

    for place, one in enumerate(held_out):
        doubt, said = one.doubt, one.heard.intent
        wrong = said != one.example.intent
        yield Reading(
            example=one.example,
            heard=one.heard,
            known=doubt.known if doubt else said,
            foreign=doubt.foreign if doubt else said,
            lead=doubt.lead if doubt else None,
            blamed=near(place, said) if wrong else (),
            own=near(place, one.example.intent) if wrong else (),
        )


def _about(measured: Measured, folds: int, encoder: str) -> str:
    examples = counted(len(measured.readings), "example")
    how = "by n-grams alone" if encoder == "none" else f"by n-grams and {encoder}"
    return f"{examples}, each read {how} by one of {folds} models that have not seen it"


def _summary(measured: Measured, folds: int, encoder: str) -> dict[str, object]:
    shipped = next((one for one in threshold_curve(measured.readings) if one.shift == 0), None)
    return {
        "folds": folds,
        "encoder": encoder,
        "all": measured.parts[0].to_json(),
        **{part.name: part.to_json() for part in measured.parts},
        "threshold": shipped
        and {"understood": round(shipped.understood, 4), "right": round(shipped.right, 4)},
        "gaps": len(measured.gaps),
    }
