"""The report over HTTP, as leads, agents and content owners see it."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.insights.asking import MOST_DAYS
from bot.insights.measures import UNITS
from bot.insights.report import DIMENSIONS
from bot.playbook.content import Content
from bot.store.connection import Connection
from tests.channels.house import Serving

from .conftest import As, an_app
from .telling import answered, fact, message, opened, replied, told
from .test_reading import Stream

WEEK = "from=2026-03-02&to=2026-03-08"


@pytest.fixture
async def story(stream: Stream) -> None:
    await stream.write(
        message("Mon 09:00"), answered("Mon 09:01"),
        opened("Mon 09:02", topic="billing", subtopic="refund", team="money"),
        told("case_claimed", "Mon 09:30", agent="u-ada"),
        replied("Mon 10:02"),
        message("Tue 09:00", "rest:bob"), answered("Tue 09:01", "rest:bob"),
        fact("faq_answered", "Tue 09:01", "rest:bob", faq="<hours>"),
        fact("resource_offered", "Tue 09:01", "rest:bob", resource="refund-status"),
    )  # fmt: skip


@pytest.mark.usefixtures("story")
class TestPage:
    async def test_tells_the_numbers_each_with_a_way_to_its_cases(
        self, lead: httpx.AsyncClient
    ) -> None:
        page = await lead.get(f"/desk/report?{WEEK}&by=topic")
        assert page.status_code == 200
        assert "2 to 8 March 2026" in page.text
        assert "Billing</" in page.text
        link = html.escape(f"/desk/report/cases?{WEEK}&by=topic&value=billing&measure=cases")
        assert f'<a href="{link}">1</a>' in page.text
        assert 'title="3600 seconds">1:00</a>' in page.text

    async def test_every_link_leads_to_as_many_as_the_number_says(
        self, lead: httpx.AsyncClient
    ) -> None:
        page = await lead.get(f"/desk/report?{WEEK}&by=team")
        links = re.findall(r'<a href="(/desk/report/cases[^"]+)"[^>]*>([^<]+)</a>', page.text)
        assert len(links) > 20
        for address, number in {(html.unescape(link), number) for link, number in links}:
            (measure,) = parse_qs(urlsplit(address).query)["measure"]
            listed = await lead.get(address.replace("/desk/", "/api/"))
            assert listed.json()["total"] == len(listed.json()["ids"]) > 0
            if UNITS.get(measure, "count") == "count" and measure != "messages":
                assert listed.json()["total"] == int(number)

    async def test_shows_the_last_seven_days_when_nothing_is_chosen(
        self, lead: httpx.AsyncClient
    ) -> None:
        page = await lead.get("/desk/report")
        assert "1 to 7 March 2026" in page.text
        assert re.search(r'aria-current="true">Last 7 days<', page.text)

    async def test_draws_the_plots_and_needs_no_script_or_style_of_its_own(
        self, lead: httpx.AsyncClient
    ) -> None:
        page = await lead.get(f"/desk/report?{WEEK}")
        assert page.text.count('role="img"') == 5
        assert "Nobody has rated a case of these days yet." in page.text
        body = page.text[page.text.index("<main") : page.text.index("</main>")]
        assert not re.search(r"style=|<style|<script|\bon\w+=", body)
        assert "default-src 'none'" in page.headers["content-security-policy"]

    async def test_escapes_what_it_did_not_write(self, lead: httpx.AsyncClient) -> None:
        page = await lead.get(f"/desk/report?{WEEK}&by=agent")
        assert "Ada &lt;Lovelace&gt;" in page.text
        assert "&lt;hours&gt;" in page.text
        assert "<hours>" not in page.text

    async def test_says_so_when_nobody_wrote(self, lead: httpx.AsyncClient) -> None:
        page = await lead.get("/desk/report?from=2026-01-01&to=2026-01-02")
        assert page.status_code == 200
        assert "No messages in these days" in page.text
        assert "Download as CSV" not in page.text

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("from=2026-03-08&to=2026-03-02", "the first day comes after the last"),
            ("from=%22%3Ex&to=2026-03-02", "`from` is a day"),
            ("from=2020-01-01&to=2026-03-02", "up to 366 days"),
        ],
    )
    async def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, lead: httpx.AsyncClient, query: str, words: str
    ) -> None:
        page = await lead.get(f"/desk/report?{query}")
        assert page.status_code == 400
        assert words in page.text
        typed = html.escape(parse_qs(query)["from"][0], quote=True).replace("&quot;", "&#34;")
        assert f'value="{typed}"' in page.text

    async def test_sees_what_was_just_written(
        self, lead: httpx.AsyncClient, stream: Stream
    ) -> None:
        await lead.get(f"/desk/report?{WEEK}")
        await stream.write(opened("Fri 09:00", "ND-2"))
        page = await lead.get(f"/desk/report/cases?{WEEK}&measure=cases")
        assert "/desk/cases/ND-2" in page.text


@pytest.mark.usefixtures("story")
class TestRights:
    async def test_agents_see_no_report_by_agent(self, as_role: As) -> None:
        agent = as_role("agent")
        page = await agent.get(f"/desk/report?{WEEK}")
        assert page.status_code == 200
        assert '<option value="agent"' not in page.text
        for address in ("/desk/report", "/desk/report/cases", "/api/report", "/api/report.csv"):
            refused = await agent.get(f"{address}?{WEEK}&by=agent&measure=cases")
            assert refused.status_code == 403, address

    async def test_agents_do_not_see_who_had_a_case(self, as_role: As) -> None:
        address = f"/desk/report/cases?{WEEK}&measure=cases"
        assert "Lovelace" not in (await as_role("agent").get(address)).text
        assert "Lovelace" in (await as_role("lead").get(address)).text

    async def test_content_owners_see_references_without_links(self, as_role: As) -> None:
        page = await as_role("content").get(f"/desk/report/cases?{WEEK}&measure=cases")
        assert "ND-1" in page.text
        assert "/desk/cases/" not in page.text

    async def test_nobody_is_sent_to_sign_in(self, as_role: As) -> None:
        nobody = as_role("")
        assert (await nobody.get("/desk/report")).status_code == 303
        assert (await nobody.get("/desk/report/cases?measure=cases")).status_code == 303
        for address in ("/api/report", "/api/report.csv", "/api/report/cases?measure=cases"):
            assert (await nobody.get(address)).status_code == 401

    async def test_back_ends_see_no_report(self, as_role: As) -> None:
        assert (await as_role("channel").get("/api/report")).status_code == 403


@pytest.mark.usefixtures("story")
class TestList:
    async def test_lists_the_cases_behind_a_number(self, lead: httpx.AsyncClient) -> None:
        page = await lead.get(
            f"/desk/report/cases?{WEEK}&by=topic&value=billing&measure=first_response_median"
        )
        assert "Cases with a first response: Billing" in page.text
        assert '<a href="/desk/cases/ND-1">ND-1</a>' in page.text
        assert "Billing › Refund" in page.text
        assert "2026-03-02 10:02" in page.text  # in Berlin

    async def test_lists_conversations_with_their_case_if_they_have_one(
        self, lead: httpx.AsyncClient
    ) -> None:
        page = await lead.get(f"/desk/report/cases?{WEEK}&measure=conversations")
        assert "webchat:ann" in page.text
        assert '<a href="/desk/cases/ND-1">ND-1</a>' in page.text
        assert "rest:bob" in page.text

    async def test_lists_where_a_page_was_offered(self, lead: httpx.AsyncClient) -> None:
        address = f"/desk/report/cases?{WEEK}&measure=resource_offered&value=refund-status"
        page = await lead.get(address)
        assert "rest:bob" in page.text
        assert "1 conversation" in page.text

    async def test_comes_in_parts(self, lead: httpx.AsyncClient, stream: Stream) -> None:
        await stream.write(*(opened("Tue 09:00", f"ND-{n:03}") for n in range(100)))
        address = f"/desk/report/cases?{WEEK}&measure=cases"
        first = await lead.get(address)
        assert "1 to 100" in first.text
        assert "ND-098" in first.text
        assert "ND-099" not in first.text
        later = re.search(r'href="([^"]+)">Later', first.text)
        assert later
        second = await lead.get(html.unescape(later[1]))
        assert "101 to 101" in second.text
        assert "ND-099" in second.text

    async def test_says_so_when_nothing_is_behind(self, lead: httpx.AsyncClient) -> None:
        page = await lead.get(f"/desk/report/cases?{WEEK}&by=day&value=%3Ci%3E&measure=cases")
        assert page.status_code == 200
        assert "Nothing is behind this number" in page.text
        assert "&lt;i&gt;" in page.text

    @pytest.mark.parametrize("measure", ["", "nonsense", "group"])
    async def test_refuses_what_is_no_measure(self, lead: httpx.AsyncClient, measure: str) -> None:
        page = await lead.get(f"/desk/report/cases?{WEEK}&measure={measure}")
        assert page.status_code == 400
        answer = await lead.get(f"/api/report/cases?{WEEK}&measure={measure}")
        assert answer.json()["error"]["code"] == "bad_measure"


@pytest.mark.usefixtures("story")
class TestApi:
    @pytest.mark.parametrize("by", DIMENSIONS)
    async def test_tells_the_report_by_each_dimension(
        self, lead: httpx.AsyncClient, by: str
    ) -> None:
        report = (await lead.get(f"/api/report?{WEEK}&by={by}")).json()
        assert (report["by"], report["timezone"]) == (by, "Europe/Berlin")
        assert report["total"]["conversations"] == 2
        assert sum(row["conversations"] for row in report["rows"]) == 2

    async def test_gives_the_csv_a_name(self, lead: httpx.AsyncClient) -> None:
        answer = await lead.get(f"/api/report.csv?{WEEK}&by=team")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert (
            "nightdesk-2026-03-02-2026-03-08-by-team.csv" in answer.headers["content-disposition"]
        )
        assert [line.split(",")[0] for line in answer.text.splitlines()] == [
            "group", "money", "", "total",
        ]  # fmt: skip

    async def test_tells_the_ids_behind_a_cell(self, lead: httpx.AsyncClient) -> None:
        answer = await lead.get(f"/api/report/cases?{WEEK}&by=team&value=money&measure=answered")
        assert answer.json() == {"kind": "cases", "ids": ["ND-1"], "total": 1}
        answer = await lead.get(f"/api/report/cases?{WEEK}&by=team&value=&measure=conversations")
        assert answer.json() == {"kind": "conversations", "ids": ["rest:bob"], "total": 1}

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("from=yesterday", "bad_from"),
            ("to=2026-02-30", "bad_to"),
            ("to=9999-12-31", "bad_to"),
            ("from=2026-03-08&to=2026-03-01", "bad_period"),
            ("from=2025-03-07&to=2026-03-08", "bad_period"),
            ("by=mood", "bad_by"),
        ],
    )
    async def test_refuses_what_it_does_not_know(
        self, lead: httpx.AsyncClient, query: str, code: str
    ) -> None:
        answer = await lead.get(f"/api/report?{query}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)

    async def test_covers_a_leap_year(self, lead: httpx.AsyncClient) -> None:
        assert MOST_DAYS == 366
        answer = await lead.get("/api/report?from=2024-01-01&to=2024-12-31")
        assert answer.status_code == 200


async def test_store_that_does_not_answer_is_said_on_page_and_api(content: Content) -> None:
    nowhere = Connection("redis://127.0.0.1:1/0")
    serving = await Serving(an_app(nowhere, content)).start()
    async with httpx.AsyncClient(base_url=serving.url, cookies={"nd_session": "lead"}) as lead:
        page = await lead.get("/desk/report")
        assert page.status_code == 503
        assert "The store does not answer" in page.text
        assert (await lead.get("/api/report")).status_code == 503
    await serving.stop()
    await nowhere.close()
