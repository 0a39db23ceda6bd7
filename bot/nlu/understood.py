"""From Rasa's parse result to the domain's Understanding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cases.understanding import Understanding


def understanding_from(parse_data: Mapping[str, Any]) -> Understanding:
    """Also for a button's payload (`/affirm{"order_number": "BN-104233"}`), which passes no
    component: then the intent is Rasa's and each entity is a field."""
    known = parse_data.get("understanding") or _of_payload(parse_data)
    return Understanding(
        text=parse_data.get("text") or "",
        intent=known["intent"],
        confidence=float(known["confidence"]),
        topics=_ranking(known.get("topics")),
        faqs=_ranking(known.get("faqs")),
        resources=_ranking(known.get("resources")),
        fields=dict(known.get("fields") or {}),
        cues=frozenset(known.get("cues") or ()),
        sentiment=known.get("sentiment") or "neutral",
        language=known.get("language") or "",
        language_share=float(known.get("language_share") or 0.0),
        wants_human=bool(known.get("wants_human")),
    )


def _of_payload(parse_data: Mapping[str, Any]) -> dict[str, Any]:
    intent = parse_data.get("intent") or {}
    entities = parse_data.get("entities") or []
    name = intent.get("name") or "nlu_fallback"
    return {
        "intent": name,
        "confidence": intent.get("confidence") or 0.0,
        "fields": {entity["entity"]: str(entity["value"]) for entity in entities},
        "wants_human": name == "wants_human",
    }


def _ranking(pairs: Any) -> tuple[tuple[str, float], ...]:
    return tuple((str(name), float(score)) for name, score in pairs or ())
