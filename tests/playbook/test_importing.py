"""What is made of a page whose source says little: title, language, id, a short description."""

from __future__ import annotations

import pytest

from bot.playbook.importing import (
    Page,
    Refused,
    Wanted,
    address_key,
    complete,
    language_of,
    plain_text,
    shortened,
    slug,
    title_of,
    with_ids,
)

HELP = "https://help.lumen.example"


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/hc/en-us/articles/360012345678-Reset_your-hub", "Reset your hub"),
        ("/guides/reset%20the+hub.html", "Reset the hub"),
        ("/guides/pair-a-bulb/", "Pair a bulb"),
        ("/guides/pair-a-bulb/index.php", "Pair a bulb"),
        (
            "/hc/ko/%EB%B9%84%EB%B0%80%EB%B2%88%ED%98%B8-%EC%9E%AC%EC%84%A4%EC%A0%95",
            "비밀번호 재설정",
        ),
        ("/articles/360012345678", ""),
        ("/de/", ""),
        ("/hc/en-us/", ""),
        ("/guides/to-do", "To do"),
        ("/", ""),
    ],
)
def test_title_comes_from_the_last_words_of_the_address(path: str, title: str) -> None:
    assert title_of(HELP + path) == title


@pytest.mark.parametrize(
    ("url", "language"),
    [
        (f"{HELP}/hc/pt-br/articles/1", "pt"),
        (f"{HELP}/de/konto", "de"),
        ("https://ko.help.lumen.example/login", "ko"),
        (f"{HELP}/fr/compte", "fr"),
        (f"{HELP}/my/orders", ""),
        (f"{HELP}/uk/returns", ""),
        (f"{HELP}/hc/articles/how/to/de", ""),
    ],
)
def test_language_is_named_at_the_front_of_the_address(url: str, language: str) -> None:
    assert language_of(url) == language


@pytest.mark.parametrize(
    ("said", "wanted", "language"),
    [("pt-BR", "", "pt"), ("", "", "en"), ("", "de", "de"), ("German", "", "german")],
)
def test_language_of_the_source_is_stronger_than_ours(
    said: str, wanted: str, language: str
) -> None:
    page = Page(f"{HELP}/login", "x:1", language=said)
    assert complete(page, Wanted(language=wanted)).language == language


def test_description_is_plain_short_and_no_template() -> None:
    told = "<p>Type {code}&nbsp;first.</p>\n" + "Then wait a little. " * 20
    page = complete(Page(f"{HELP}/login", "x:1", description=told), Wanted())
    assert page.description.startswith("Type {{code}} first. Then wait a little.")
    assert page.description.endswith("little.")
    assert len(page.description) <= 202


def test_text_is_cut_between_words_when_it_has_no_sentences() -> None:
    assert shortened("one two three four", 12) == "one two\u2026"
    assert shortened("one two", 12) == "one two"


def test_what_cannot_be_printed_is_left_out() -> None:
    assert plain_text("a\x00b\u2028c\ud800 &lt;d&gt; 5 < 6") == "a b c <d> 5 < 6"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Where's my refund?", "wheres-my-refund"),
        ("Gerät läßt sich nicht zurücksetzen", "gerat-lasst-sich-nicht-zurucksetzen"),
        ("2 steps to log in", "page-2-steps-to-log-in"),
        ("비밀번호 재설정", ""),
        ("very " * 30, "-".join(["very"] * 12)),
    ],
)
def test_id_is_spelled_from_the_title(title: str, name: str) -> None:
    assert slug(title) == name


def test_addresses_of_one_page_have_one_key() -> None:
    assert len({address_key(f"https://{tail}") for tail in ("A.example/x", "a.example/x/#y")}) == 1
    assert address_key("https://a.example/x?page=2") != address_key("https://a.example/x")
    assert address_key("https://[broken") == "https://[broken"


def ids(pages: list[Page], known: dict[str, str], elsewhere: dict[str, str]) -> list[str]:
    named = with_ids(pages, known, elsewhere)
    return [one.reason if isinstance(one, Refused) else one.id for one in named]


def test_ids_are_kept_and_never_given_twice() -> None:
    first, second, third = (Page(f"{HELP}/{n}", f"x:{n}", title="Log in") for n in (1, 2, 3))
    [kept, new, other] = ids([first, second, third], {first.key: "log-in"}, {})
    assert kept == "log-in"
    assert new.startswith("log-in-")
    assert len({kept, new, other}) == 3
    assert ids([third], {}, {}) == ["log-in"]
    assert ids([second, third], {first.key: "log-in"}, {})[0] == new


def test_id_the_source_gives_is_refused_when_another_page_has_it() -> None:
    page = Page(f"{HELP}/1", "x:1", title="Log in", id="login")
    taken = "the id `login` is used in data/resources.yml:3 already"
    assert ids([page], {}, {"login": "data/resources.yml:3"}) == [taken]
    twin = Page(f"{HELP}/2", "x:2", title="Log in", id="login")
    assert ids([page, twin], {}, {}) == ["login", "the id `login` is used in x:1 already"]


def test_address_that_is_none_is_left_for_the_refusal() -> None:
    assert complete(Page(" https://[broken ", "x:1"), Wanted()).url == "https://[broken"
