"""GET /metrics: how Nightdesk is doing, for Prometheus. Numbers about all processes and the whole
store, the same whichever web process is asked; no label holds anything of a customer.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, 0.0.4)
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from operator import attrgetter

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from bot.clock import Now
from bot.desk.access import Actor, guarded
from bot.playbook.content import Content
from bot.playbook.model import Severity
from bot.store.connection import Connection
from bot.store.gauges import Gauges, read_gauges
from bot.store.index import CaseIndex, Wanted
from bot.store.tallies import BOUNDS, EVENTS, STAGES, durations

OPEN = ("new", "claimed", "waiting")
SEVERITIES = tuple(severity.word for severity in Severity)
OTHER_TEAM = "other"
"""Label of teams that the playbook does not have any more."""

_LABELS = attrgetter("status", "severity", "team")
_WANTED = Wanted((("status", frozenset(OPEN)),))
_BOUNDS = [*(str(float(bound)) for bound in BOUNDS), "+Inf"]
_COUNTED = {
    "turn": ("nightdesk_turns", "Turns: written, failed and to be tried again, done again "
             "because somebody else was faster, given up with an apology", "outcome"),
    "post": ("nightdesk_posts", "Tries to post a reply to a platform", "outcome"),
    "vector": ("nightdesk_vectors", "Sentence vectors wanted, by where they came from", "source"),
}  # fmt: skip
"""First half of bot.store.tallies.Event -> name, meaning, and what the second half is."""


@dataclass(frozen=True)
class OpenCases:
    """`counts` by (status, severity, team), all there can be; `oldest_new` is the age in seconds of
    the oldest case that nobody took, by severity."""

    counts: Mapping[tuple[str, str, str], int]
    oldest_new: Mapping[str, float]

    @classmethod
    def read(cls, index: CaseIndex, teams: Iterable[str], now: datetime) -> OpenCases:
        """Of an index that has caught up."""
        known = [*teams, OTHER_TEAM]
        counts = Counter(
            {(status, severity, team): 0
             for status in OPEN for severity in SEVERITIES for team in known}
        )  # fmt: skip
        rows = index.find(_WANTED, "oldest", 0, index.size).rows
        for (status, severity, team), count in Counter(map(_LABELS, rows)).items():
            counts[status, severity, team if team in known else OTHER_TEAM] += count
        newest_first = (row for row in reversed(rows) if row.status == "new")
        opened = {row.severity: row.opened[0] for row in newest_first}
        ages = {name: (now - opened.get(name, now)).total_seconds() for name in SEVERITIES}
        return cls(counts, ages)


def metrics_page(
    connection: Connection, index: CaseIndex, content: Callable[[], Content], now: Now
) -> Blueprint:
    """The route /metrics. The app needs `add_access`."""
    routes = Blueprint("metrics")

    @routes.get("/metrics")
    @guarded("read_metrics")
    async def metrics(_: Request, __: Actor) -> HTTPResponse:
        """A store that does not answer is a 503: the target is down for Prometheus."""
        gauges = await read_gauges(connection, now(), time.time())
        await index.catch_up()
        cases = OpenCases.read(index, content().playbook.teams, now())
        return raw(
            exposition(gauges, cases),
            content_type=CONTENT_TYPE_PLAIN_0_0_4,
            headers={"Cache-Control": "no-store"},
        )

    return routes


def exposition(gauges: Gauges, cases: OpenCases) -> bytes:
    """The page's text, UTF-8."""
    registry = CollectorRegistry()
    registry.register(_Collected([*_now(gauges), *_open(cases), *_so_far(gauges.sums)]))
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _now(gauges: Gauges) -> Iterator[Metric]:
    yield _gauge(
        "nightdesk_conversations",
        "Conversations with messages that wait, in a worker's hands, with replies to post",
        "state",
        {"waiting": gauges.waiting, "in_hand": gauges.in_hand, "to_post": gauges.to_post},
    )
    yield GaugeMetricFamily(
        "nightdesk_oldest_message_seconds",
        "Since when the oldest message waits that no turn has handled",
        gauges.oldest_message,
    )
    yield GaugeMetricFamily(
        "nightdesk_undelivered_replies", "Replies that were given up (dead letters)",
        gauges.undelivered,
    )  # fmt: skip
    yield _gauge(
        "nightdesk_processes_alive", "Processes whose heartbeat counts", "role", gauges.alive
    )
    yield _gauge(
        "nightdesk_clock_late_seconds",
        "How long the first thing is overdue that a web process does by the clock",
        "what",
        gauges.late,
    )
    yield _models(gauges)
    yield GaugeMetricFamily(
        "nightdesk_facts_stored", "Facts in the event stream", gauges.facts
    )  # fmt: skip
    yield _gauge(
        "nightdesk_reader_lag_facts", "Facts a reader was not given yet", "reader",
        {one.group: one.behind for one in gauges.readers if one.behind is not None},
    )  # fmt: skip
    yield _gauge(
        "nightdesk_reader_unfinished_facts", "Facts a reader has and did not finish", "reader",
        {one.group: one.unfinished for one in gauges.readers},
    )  # fmt: skip


def _models(gauges: Gauges) -> Metric:
    between = {"oldest": min, "newest": max}
    return _gauge(
        "nightdesk_model_trained_timestamp_seconds",
        "When the models of the workers that are alive were trained",
        "which",
        {name: pick(gauges.models) for name, pick in between.items() if gauges.models},
    )


def _open(cases: OpenCases) -> Iterator[Metric]:
    counts = GaugeMetricFamily(
        "nightdesk_open_cases", "Open cases", labels=("status", "severity", "team")
    )
    for labels, count in cases.counts.items():
        counts.add_metric(labels, count)
    yield counts
    yield _gauge(
        "nightdesk_oldest_new_case_seconds", "Age of the oldest case that nobody took", "severity",
        cases.oldest_new,
    )  # fmt: skip


def _so_far(sums: Mapping[str, str]) -> Iterator[Metric]:
    stages = HistogramMetricFamily(
        "nightdesk_stage_seconds",
        "What a message's stages take; `encode` is a part of `understand`",
        labels=("stage",),
    )
    for stage in STAGES:
        counts, seconds = durations(sums, stage)
        stages.add_metric([stage], list(zip(_BOUNDS, accumulate(counts), strict=True)), seconds)
    yield stages
    for kind, (name, meaning, label) in _COUNTED.items():
        family = CounterMetricFamily(name, meaning, labels=(label,))
        for event in EVENTS:
            of, _, value = event.partition(":")
            if of == kind:
                family.add_metric([value], int(sums.get(event, 0)))
        yield family


def _gauge(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=(label,))
    for value, number in values.items():
        family.add_metric([value], number)
    return family
