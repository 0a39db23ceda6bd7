from bot.nlu.blends import blended


def test_a_problem_gets_details_when_examples_are_blended() -> None:
    texts = ["my parcel is late", "it broke", "refund me", "where is it", "BN-1", "hi"]
    families = ["report", "report", "report", "report", "inform", "greet"]
    assert list(blended(texts, families)) == [
        ("my parcel is late, BN-1", "report"),
        ("where is it, BN-1", "report"),
        ("BN-1, BN-1", "inform"),
        ("hi, BN-1", "inform"),
    ]


def test_nothing_is_blended_when_there_are_no_answers() -> None:
    assert list(blended(["it broke"], ["report"])) == []
