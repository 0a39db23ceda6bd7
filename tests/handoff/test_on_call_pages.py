"""The page behind an alert's link, over real HTTP."""

from __future__ import annotations

import secrets
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from sanic import Sanic

from bot.handoff.on_call import OnCallDesk
from bot.handoff.on_call_pages import on_call_pages
from bot.store.connection import Connection

from .people import Clock, MakeDesk, OpenCase, Phone, facts_of, step


@pytest.fixture
async def desk(desk_over: MakeDesk, phone: Phone) -> OnCallDesk:
    return desk_over(step("duty", phone.url))


@pytest.fixture
async def browser(desk: OnCallDesk) -> AsyncIterator[httpx.AsyncClient]:
    app = Sanic(f"pages_{secrets.token_hex(4)}", configure_logging=False)
    app.blueprint(on_call_pages(desk, lambda reference: f"/desk/cases/{reference}"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        await server.startup()
        host, port = listening.getsockname()
        async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
            yield client
        server.close()
        await server.wait_closed()


@pytest.fixture
async def link(desk: OnCallDesk, open_case: OpenCase, phone: Phone) -> str:
    await open_case()
    await desk.read_facts()
    await desk.send_due()
    url: str = phone.calls[0]["acknowledge_url"]
    return url.removeprefix("https://desk.example.com")


async def test_opening_the_link_acknowledges_nothing(
    browser: httpx.AsyncClient, link: str, connection: Connection
) -> None:
    page = await browser.get(link)

    assert page.status_code == 200
    assert "ND-7KQ2M4X" in page.text
    assert '<form method="post"><button type="submit">I am on it</button></form>' in page.text
    assert await facts_of(connection, "alert_acknowledged") == []


async def test_the_button_stops_the_alert_however_often_it_is_pressed(
    browser: httpx.AsyncClient, link: str, desk: OnCallDesk, phone: Phone, clock: Clock
) -> None:
    for _ in range(2):
        page = await browser.post(link)
        assert page.status_code == 200
        assert "ND-7KQ2M4X is taken" in page.text
        assert "<button" not in page.text
        assert 'href="/desk/cases/ND-7KQ2M4X"' in page.text

    assert "is taken" in (await browser.get(link)).text
    clock.advance(hours=1)
    await desk.send_due()
    assert len(phone.calls) == 1


@pytest.mark.parametrize("token", ["unknown", "%00", "<script>", "a" * 900])
async def test_an_unknown_link_is_not_found(browser: httpx.AsyncClient, token: str) -> None:
    for method in ("GET", "POST"):
        page = await browser.request(method, f"/on-call/acknowledge/{token}")
        assert page.status_code == 404
        assert "script" not in page.text


async def test_page_loads_nothing_and_is_kept_nowhere(
    browser: httpx.AsyncClient, link: str
) -> None:
    headers = (await browser.get(link)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
