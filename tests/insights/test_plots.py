"""The plots are SVG for a page: valid, in the page's colours, and told in words."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from xml.etree import ElementTree

import pytest

from bot.insights.drawing import PAINTS, Plot
from bot.insights.plots import draw_plots
from bot.insights.report import Report

from .telling import message, opened, replied, report_of, told

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("cases", "response", "promises", "topics", "satisfaction", "sentiment")


def a_week(**more: date) -> Report:
    return report_of(
        message("Mon 09:00"),
        opened("Mon 09:00", severity="critical", sentiment="negative", respond_by="Mon 10:00"),
        replied("Mon 11:30"),
        told("case_rated", "Mon 12:00", rating=4),
        opened("Wed 09:00", "ND-2", topic="<b>& $5 to $9"),
        replied("Wed 09:10", "ND-2"),
        **more,
    )


def drawn(report: Report) -> list[Plot]:
    return draw_plots(report, report.regrouped("topic"), lambda name: name.capitalize())


@pytest.fixture(scope="module")
def plots() -> dict[str, Plot]:
    return {plot.name.removeprefix("plot-"): plot for plot in drawn(a_week())}


def test_there_are_six_plots(plots: dict[str, Plot]) -> None:
    assert tuple(plots) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_plot_is_an_image_that_scales_and_is_told_in_words(
    plots: dict[str, Plot], name: str
) -> None:
    plot = plots[name]
    root = ElementTree.fromstring(plot.svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("viewBox")
    assert root.get("width") is root.get("height") is None
    title, words = root[0], root[1]
    assert (title.tag, title.text, words.tag, words.text) == (
        f"{SVG}title", plot.title, f"{SVG}desc", plot.words,
    )  # fmt: skip
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"


@pytest.mark.parametrize("name", NAMES)
def test_colours_are_the_page_s(plots: dict[str, Plot], name: str) -> None:
    svg = plots[name].svg
    assert not any(paint in svg for paint in PAINTS)
    assert re.findall(r"#[0-9a-f]{6}", svg) == []
    assert "var(--plot-" in svg
    assert 'fill="currentColor"' in svg


@pytest.mark.parametrize("name", NAMES)
def test_nothing_needs_inline_style_or_tells_of_the_machine(
    plots: dict[str, Plot], name: str
) -> None:
    svg = plots[name].svg
    assert "style" not in svg
    assert "metadata" not in svg
    assert "Matplotlib" not in svg


def test_words_are_text_of_the_page_and_escaped(plots: dict[str, Plot]) -> None:
    texts = [text.text for text in ElementTree.fromstring(plots["topics"].svg).iter(f"{SVG}text")]
    assert "Billing" in texts
    assert "<b>& $5 to $9" in texts


def test_ids_are_unique_on_the_page_and_known(plots: dict[str, Plot]) -> None:
    ids, used = [], set()
    for plot in plots.values():
        for element in ElementTree.fromstring(plot.svg).iter():
            ids += [element.get("id")] if element.get("id") else []
            named = f"{element.get('clip-path', '')} {element.get('href', '')}"
            used |= set(re.findall(r"#([\w-]+)", named))
    assert len(ids) == len(set(ids))
    assert used <= set(ids)


def test_essential_numbers_are_told(plots: dict[str, Plot]) -> None:
    assert plots["cases"].words == (
        "2 to 8 March 2026: 2 cases, of these 1 critical, 0 high, 1 normal, 0 low."
        " Most on 2 March: 1."
    )
    assert "half within 1 h 20 min, nine of ten within 2 h 30 min" in plots["response"].words
    assert "1 promise kept, 1 broken. Most broken on 2 March: 1." in plots["promises"].words
    assert "1 rating, 4.00 on average" in plots["satisfaction"].words


def test_nothing_to_draw_is_said() -> None:
    plots = drawn(report_of(message("Mon 09:00")))
    assert [plot.svg for plot in plots] == [""] * 6
    assert plots[0].words == "No cases in these days."


@pytest.mark.parametrize("last", [date(2026, 3, 2), date(2027, 3, 1)])
def test_one_day_and_a_year_can_be_drawn(last: date) -> None:
    assert all(plot.svg for plot in drawn(a_week(last=last))[:3])


def test_same_report_is_drawn_the_same_way(plots: dict[str, Plot]) -> None:
    assert drawn(a_week()) == list(plots.values())


async def test_two_threads_can_draw_at_once(plots: dict[str, Plot]) -> None:
    both = await asyncio.gather(*(asyncio.to_thread(drawn, a_week()) for _ in range(2)))
    assert both == [list(plots.values())] * 2
