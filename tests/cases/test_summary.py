"""The one line agents read first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.summary import LENGTH, shorten, summarise


@pytest.mark.parametrize(
    ("texts", "summary"),
    [
        (["@Nook hi there, my cam is offline. Since Monday."], "My cam is offline."),
        (
            [".@Nook Good morning! Can you help me? My cam keeps dropping out"],
            "My cam keeps dropping out",
        ),
        (["Hey guys,\nI was charged twice\nplease fix"], "I was charged twice"),
        (["the @NookCam of my aunt is dead @Nook @press"], "The NookCam of my aunt is dead"),
        (["see https://a.example/b?c my order never came"], "See my order never came"),
        (["Hello", "please help", "where is my parcel"], "Where is my parcel"),
        (["Help!"], "Help!"),
        (["Broken."], "Broken."),
        (["FIX. THE. APP. It crashes all day."], "It crashes all day."),
        (["Hallo zusammen, mein Paket fehlt"], "Mein Paket fehlt"),
        (["\uc548\ub155\ud558\uc138\uc694, \ud658\ubd88\ud574 \uc8fc\uc138\uc694 \uc81c\ubc1c"],
         "\ud658\ubd88\ud574 \uc8fc\uc138\uc694 \uc81c\ubc1c"),
        (["version 1.2.3 fails to start"], "Version 1.2.3 fails to start"),
        (["Highway toll was charged twice"], "Highway toll was charged twice"),
    ],
)  # fmt: skip
def test_summary_is_the_first_telling_sentence(texts: list[str], summary: str) -> None:
    assert summarise(texts) == summary


@pytest.mark.parametrize("texts", [[], [""], ["@Nook"], ["hi!"], ["https://a.example"], ["!?!"]])
def test_summary_is_the_fallback_when_nothing_was_told(texts: list[str]) -> None:
    assert summarise(texts, "a billing problem") == "A billing problem"


@given(st.lists(st.text(), max_size=4))
def test_summary_is_one_short_line_whatever_was_said(texts: list[str]) -> None:
    summary = summarise(texts)

    assert len(summary) <= LENGTH + 2  # some first letters have longer capitals
    assert len(summary.splitlines()) <= 1


@given(st.text(alphabet="ab ,", max_size=400), st.integers(10, 200))
def test_shortened_text_ends_at_a_word_where_it_can(text: str, length: int) -> None:
    short = shorten(text, length)

    assert len(short) <= length
    if short != text:
        assert short.endswith("\u2026")
        assert text.startswith(short[:-1])
