"""The pages of `nightdesk evaluate`, opened as files."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.insights.evaluation.test_page import content, labels

from .conftest import Window
from .test_night import violations

__all__ = ["content", "labels"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["content", "labels"])
async def test_page_is_for_everybody_in_every_light_and_width(
    browser: Browser,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    name: str,
    width: int,
    scheme: str,
) -> None:
    file = tmp_path / "page.html"
    file.write_text(request.getfixturevalue(name), "utf-8")
    window = await Window.open(browser, width, 844, color_scheme=scheme)
    await window.page.goto(file.as_uri())
    for summary in await window.page.locator("main > .page > details > summary").all():
        await summary.click()
    await expect(window.page.locator("h1")).to_be_visible()
    over = await window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert (await violations(window.page), over, window.complaints) == ([], 0, [])
