"""Methods that a route does not take, and the shape of what refuses them."""

from __future__ import annotations

import pytest

from .house import FuzzHouse


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "TRACE", "HEAD"])
def test_refused_method_is_told_which_there_are(fuzzed: FuzzHouse, method: str) -> None:
    answer = fuzzed.ask(method, "/chat/sessions")
    assert (answer.status, answer.headers.get("allow")) == (405, "POST")
    if method != "HEAD":
        assert answer.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/health", "/ready", "/chat", "/widget.js"])
def test_head_is_get_without_its_body(fuzzed: FuzzHouse, path: str) -> None:
    whole, head = fuzzed.ask("GET", path), fuzzed.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))


def test_form_of_a_page_elsewhere_is_refused_when_its_origin_is_no_address(
    fuzzed: FuzzHouse,
) -> None:
    headers = [(b"Origin", b"http://["), (b"Content-Type", b"application/x-www-form-urlencoded")]
    answer = fuzzed.ask("POST", "/desk/sign-out", "session agent", headers, b"")
    assert answer.status == 403


@pytest.mark.parametrize("address", [b"/\xff\xfe", b"?a", b"http://[", b"http://host"])
def test_address_that_cannot_be_read_is_a_bad_request(fuzzed: FuzzHouse, address: bytes) -> None:
    answer = fuzzed.ask("GET", address)
    assert (answer.status, answer.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("length", [b"-9", b"+2", b"1_0", b"", "２".encode()])
def test_length_that_is_no_number_is_a_bad_request(fuzzed: FuzzHouse, length: bytes) -> None:
    answer = fuzzed.ask("POST", "/chat/sessions", headers=[(b"Content-Length", length)], body=b"{}")
    assert (answer.status, answer.json()["error"]["code"]) == (400, "bad_request")
