from bot.nlu.understood import understanding_from


def test_understanding_is_whole_when_the_pipeline_has_run() -> None:
    understood = understanding_from(
        {
            "text": "charged twice",
            "intent": {"name": "report", "confidence": 0.9},
            "understanding": {
                "intent": "report/billing",
                "confidence": 0.9,
                "topics": [["billing", 0.8], ["other", 0.2]],
                "faqs": [],
                "fields": {"amount": "5 GBP"},
                "cues": ["money_lost"],
                "sentiment": "negative",
                "language": "en",
                "wants_human": True,
            },
        }
    )
    assert (understood.intent, understood.family) == ("report/billing", "report")
    assert understood.topics == (("billing", 0.8), ("other", 0.2))
    assert understood.fields == {"amount": "5 GBP"}
    assert understood.cues == {"money_lost"}
    assert understood.sentiment == "negative"
    assert understood.wants_human


def test_understanding_follows_the_button_when_one_is_pressed() -> None:
    understood = understanding_from(
        {
            "text": '/solved{"order_number": "BN-104233"}',
            "intent": {"name": "solved", "confidence": 1.0},
            "entities": [{"entity": "order_number", "value": "BN-104233"}],
        }
    )
    assert (understood.intent, understood.confidence) == ("solved", 1.0)
    assert understood.fields == {"order_number": "BN-104233"}


def test_understanding_is_a_fallback_when_there_is_nothing() -> None:
    assert understanding_from({"text": None, "intent": {"name": None}}).intent == "nlu_fallback"
