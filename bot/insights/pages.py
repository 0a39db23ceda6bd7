"""The report over HTTP: a page, a CSV, JSON, and what is behind each of its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json, text

from bot.clock import Now
from bot.desk.access import Actor, allowed, guarded, guarded_page
from bot.desk.rights import may
from bot.desk.templating import render
from bot.errors import BadRequest
from bot.http.requests import whole_number
from bot.insights.asking import (
    OFFERED_OR_SOLVED,
    USED,
    Asked,
    cell_asked,
    presets,
    report_asked,
    usual,
)  # fmt: skip
from bot.insights.behind import kind_of, title_of
from bot.insights.labels import BY_WORDS, Labels
from bot.insights.measures import Cell
from bot.insights.plots import draw_plots
from bot.insights.reading import LiveLedger
from bot.insights.report import DIMENSIONS, By
from bot.insights.reports import LINES_A_PAGE, Reports, Views
from bot.insights.table import to_csv, to_json
from bot.insights.view import CASES_PAGE, tables_of, tiles_of, used_tables
from bot.insights.wording import days_in_words
from bot.playbook.content import Content

REPORT_PAGE = "/desk/report"
AgentNames = Callable[[], Awaitable[Mapping[str, str]]]
"""The names of all agents there are, by id."""


def _asked(request: Request, actor: Actor, today: date) -> Asked:
    """Raises BadRequest: bad_*; wrong_role (403) for a report by agent."""
    asked = report_asked(request, today)
    if asked.by == "agent":
        allowed(actor, "read_agents")
    return asked


def report_api(live: LiveLedger, content: Callable[[], Content], now: Now) -> Blueprint:
    """GET /api/report, /api/report.csv and /api/report/cases, for those who may read the report;
    by agent, for those who may read that."""
    routes = Blueprint("report_api", url_prefix="/api")
    reports = Reports(live, content, now)

    @routes.get("/report")
    @guarded("read_report")
    async def as_json(request: Request, actor: Actor) -> HTTPResponse:
        report = await reports.one(_asked(request, actor, reports.today()))
        return json(to_json(report))

    @routes.get("/report.csv")
    @guarded("read_report")
    async def as_csv(request: Request, actor: Actor) -> HTTPResponse:
        asked = _asked(request, actor, reports.today())
        name = f"nightdesk-{asked.first}-{asked.last}-by-{asked.by}.csv"
        return text(
            to_csv(await reports.one(asked)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @routes.get("/report/cases")
    @guarded("read_report")
    async def behind(request: Request, actor: Actor) -> HTTPResponse:
        asked, (group, measure) = _asked(request, actor, reports.today()), cell_asked(request)
        cell = (await reports.one(asked)).cell(group, measure) or Cell(0)
        return json({"kind": kind_of(measure), "ids": cell.ids, "total": len(cell.behind)})

    return routes


def report_pages(
    live: LiveLedger, content: Callable[[], Content], now: Now, names: AgentNames
) -> Blueprint:
    """GET /desk/report and /desk/report/cases, for the same people; `names` tells what agents are
    called."""
    pages = Blueprint("report_pages")
    reports = Reports(live, content, now)

    @pages.get(REPORT_PAGE)
    @guarded_page("read_report")
    async def page(request: Request, actor: Actor) -> HTTPResponse:
        try:
            asked = _asked(request, actor, reports.today())
        except BadRequest as error:
            if error.status != 400:
                raise
            frame = _frame(actor, usual(reports.today()), reports.today())
            typed = (request.args.get("from", ""), request.args.get("to", ""))
            return render("report.html", 400, **{**frame, "wrong": error.message, "typed": typed})
        labels = Labels(content(), await names())
        frame = _frame(actor, asked, reports.today())
        views = await reports.views(asked)
        return await asyncio.to_thread(_page, views, asked, labels, frame)

    @pages.get(CASES_PAGE)
    @guarded_page("read_report")
    async def cases(request: Request, actor: Actor) -> HTTPResponse:
        asked, (group, measure) = _asked(request, actor, reports.today()), cell_asked(request)
        offset = whole_number(request, "offset", default=0)
        labels = Labels(content(), await names())
        listed = await reports.listed(asked, group, measure, offset, labels)
        return render(
            "report_cases.html",
            **_list_frame(actor, asked, group, measure, offset, labels),
            listed=listed,
        )

    return pages


def _frame(actor: Actor, asked: Asked, today: date) -> dict[str, Any]:
    """What the page shows around the numbers."""
    chosen = (asked.first, asked.last)
    return {
        **_about(actor),
        "asked": asked,
        "wrong": "",
        "typed": chosen,
        "days": days_in_words(*chosen),
        "dimensions": {by: BY_WORDS[by] for by in DIMENSIONS if _may_see(actor, by)},
        "presets": [
            (label, Asked(*span, asked.by).query(), span == chosen)
            for label, span in presets(today).items()
        ],
        "address": REPORT_PAGE,
        "report": None,
    }


def _may_see(actor: Actor, by: By) -> bool:
    return by != "agent" or may(actor.role, "read_agents")


def _about(actor: Actor) -> dict[str, Any]:
    return {"me": actor, "csrf": actor.csrf, "page": "report"}


def _page(views: Views, asked: Asked, labels: Labels, frame: Mapping[str, Any]) -> HTTPResponse:
    report = views.asked
    used = used_tables(report, asked, labels)
    values = {
        "report": report,
        "tiles": tiles_of(report, asked),
        "tables": tables_of(report, asked, labels),
        "used": used,
        "is_empty": not report.rows and not used,
        "plots": draw_plots(views.by_day, views.by_topic, labels.topic) if report.rows else [],
    }
    return render("report.html", **{**frame, **values})


def _list_frame(
    actor: Actor, asked: Asked, group: str | None, measure: str, offset: int, labels: Labels
) -> dict[str, Any]:
    row = {} if group is None else {"value": group}
    return {
        **_about(actor),
        "kind": kind_of(measure),
        "title": title_of(measure),
        "group": _group_words(asked, group, measure, labels),
        "days": days_in_words(asked.first, asked.last),
        "back": f"{REPORT_PAGE}?{asked.query()}",
        "query": f"{CASES_PAGE}?{asked.query(**row, measure=measure)}",
        "offset": offset,
        "limit": LINES_A_PAGE,
        "sees_agents": may(actor.role, "read_agents"),
        "opens_cases": may(actor.role, "read_cases"),
    }


def _group_words(asked: Asked, group: str | None, measure: str, labels: Labels) -> str:
    if group is None:
        return ""
    if measure in USED:
        return labels.page(group) if measure in OFFERED_OR_SOLVED else group
    return labels.group(asked.by, group)
