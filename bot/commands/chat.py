"""`nightdesk chat`: the bot in the terminal, over the REST channel of a running server."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.text import Text

from bot.commands.token import add_token
from bot.errors import BadRequest
from bot.settings import Settings

_WAIT_SECONDS = 15.0


def chat(settings: Settings, url: str, token: str | None) -> None:
    """Reads lines until end of file. Raises BadRequest when no server answers at `url`."""
    console = Console(highlight=False)
    headers = {"Authorization": f"Bearer {token or add_token(settings, 'chat', 'channel')}"}
    sender = f"terminal-{uuid4().hex[:8]}"
    buttons: list[dict[str, str]] = []
    console.print("Write as a customer; a number presses a button; Ctrl-D ends.", style="dim")
    with httpx.Client(base_url=url, headers=headers, timeout=_WAIT_SECONDS) as client:
        while True:
            try:
                text = console.input("[bold]> [/]").strip()
            except (EOFError, KeyboardInterrupt):
                return
            if text:
                replies = _send(client, sender, _pressed(text, buttons))
                buttons = _print_replies(console, replies)


def _pressed(text: str, buttons: list[dict[str, str]]) -> str:
    if text.isdigit() and 0 < int(text) <= len(buttons):
        return buttons[int(text) - 1]["payload"]
    return text


def _send(client: httpx.Client, sender: str, message: str) -> list[dict[str, Any]]:
    try:
        answer = client.post("/webhooks/rest/webhook", json={"sender": sender, "message": message})
        body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        kind = type(error).__name__
        raise BadRequest(
            "no_server", f"no Nightdesk answers there ({kind}); `make serve`"
        ) from None
    if answer.is_error:
        raise BadRequest(body["error"]["code"], body["error"]["message"], answer.status_code)
    return list(body)


def _print_replies(console: Console, replies: list[dict[str, Any]]) -> list[dict[str, str]]:
    buttons: list[dict[str, str]] = []
    for reply in replies:
        console.print(Text(reply["text"], style="cyan"))
        for button in reply.get("buttons", ()):
            buttons.append(button)
            console.print(Text(f"  [{len(buttons)}] {button['title']}", style="green"))
    return buttons
