"""Figures for Prometheus (the one module of prometheus_client): counted as things happen, and read when scraped.

A registry per desk, none shared; every process exports what it did itself. What stands in the database is the same in
all of them: dashboards take the maximum, not the sum. `deploy/README.md` explains each figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from bot import __version__
from bot.desk_figures import DeskFigures, StoredFigures
from bot.metrics import Metrics
from bot.socket_health import SocketHealth

ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Slack gives up after three seconds; the desk means to answer within a quarter of one."""

WORK_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
VERDICT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class PrometheusMetrics(Metrics):
    """Metrics as Prometheus reads them."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series of each, which nobody reads
        self.registry = registry or CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._acks = self._timed(
            "ack", "From a delivery of Slack's to its acknowledgement.", ACK_BUCKETS, "transport"
        )
        self._acked = self._count("acks", "Deliveries of Slack's, by how they were answered.", "transport", "outcome")
        self._questions = self._count("questions", "Questions stored with their verdict.", "band", "addressed")
        self._verdicts = self._timed("verdict", "How long knowledge took for a verdict.", VERDICT_BUCKETS)
        self._answers = self._timed("answer", "From receiving a question to its reply in Slack.", WORK_BUCKETS)
        self._inbox = self._count("inbox", "Attempts at inbox rows, by how they ended.", "kind", "outcome")
        self._inbox_age = self._timed("inbox", "From recording an inbox row to having handled it.", WORK_BUCKETS)
        self._deliveries = self._count("deliveries", "Attempts at effects, by how they ended.", "kind", "outcome")
        self._slack = self._count("slack_calls", "Calls of Slack's Web API.", "method", "outcome")
        self._slack_s = self._timed("slack_call", "How long Slack took to answer.", CALL_BUCKETS)
        self._limited = self._count("rate_limited", "Calls that Slack asked us to slow down with.", "method")
        self._jira = self._count("jira_calls", "Calls of Jira's REST API.", "call", "outcome")
        self._jira_s = self._timed("jira_call", "How long Jira took to answer.", CALL_BUCKETS)
        self._sockets = self._count("socket_events", "What happened to Socket Mode connections.", "event")
        self._loops = self._count("loop_failures", "Rounds of a loop that ended in an error.", "loop")

    def show(self, figures: DeskFigures, role: str, database: str) -> None:
        """Show what is read at each scrape, too."""
        self.registry.register(_AtScrape(figures, role, database))

    def page(self) -> tuple[bytes, str]:
        """What /metrics answers, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def acked(self, transport: str, outcome: str, seconds: float) -> None:
        """See Metrics."""
        self._acks.labels(transport).observe(seconds)
        self._acked.labels(transport, outcome).inc()

    def question(self, band: str, addressed: bool) -> None:
        """See Metrics."""
        self._questions.labels(band, str(addressed).lower()).inc()

    def verdict(self, seconds: float) -> None:
        """See Metrics."""
        self._verdicts.observe(seconds)

    def handled(self, kind: str, outcome: str, seconds: float) -> None:
        """See Metrics."""
        self._inbox.labels(kind, outcome).inc()
        if outcome == "handled":
            self._inbox_age.observe(seconds)

    def delivered(self, kind: str, outcome: str) -> None:
        """See Metrics."""
        self._deliveries.labels(kind, outcome).inc()

    def answered(self, seconds: float) -> None:
        """See Metrics."""
        self._answers.observe(seconds)

    def slack_call(self, method: str, outcome: str, seconds: float) -> None:
        """See Metrics."""
        self._slack.labels(method, outcome).inc()
        self._slack_s.observe(seconds)
        if outcome == "rate_limited":
            self._limited.labels(method).inc()

    def jira_call(self, call: str, outcome: str, seconds: float) -> None:
        """See Metrics."""
        self._jira.labels(call, outcome).inc()
        self._jira_s.observe(seconds)

    def socket(self, event: str) -> None:
        """See Metrics."""
        self._sockets.labels(event).inc()

    def loop_failed(self, loop: str) -> None:
        """See Metrics."""
        self._loops.labels(loop).inc()

    def _count(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"mops_desk_{name}_total", words, labels, registry=self.registry)

    def _timed(self, name: str, words: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"mops_desk_{name}_seconds", words, labels, registry=self.registry, buckets=buckets)


class _AtScrape(Collector):
    """Turns figures into samples."""

    def __init__(self, figures: DeskFigures, role: str, database: str) -> None:
        self._figures = figures
        self._about = {"version": __version__, "role": role, "database": database}

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """Everything that is read now. Without a database, the rest."""
        yield InfoMetricFamily("mops_desk_build", "Version, role and kind of database.", value=self._about)
        yield self._loops()
        sockets = self._figures.sockets()
        if sockets is not None:
            yield from _of_sockets(sockets)
        stored = self._figures.stored()
        yield _gauge("database_up", "1 while the database can be read.", float(stored is not None))
        if stored is not None:
            yield from _of_queues(stored)
            yield from _of_workers(stored)
            yield from self._of_index(stored)
            if stored.backup is not None:
                age = self._age(stored.backup)
                yield _gauge("backup_age_seconds", "Since the desk last made a backup by itself.", age)

    def _loops(self) -> GaugeMetricFamily:
        words = "Seconds since a loop of this process last went round; it grows while the loop works on one row."
        family = GaugeMetricFamily("mops_desk_loop_heartbeat_age_seconds", words, labels=("loop",))
        for loop, age in self._figures.heartbeats.ages().items():
            family.add_metric((loop,), age)
        return family

    def _of_index(self, stored: StoredFigures) -> Iterator[GaugeMetricFamily]:
        index = stored.index
        if index is None:
            return
        yield _gauge("index_entries", "Entries in the index that answers.", index.entries)
        yield _gauge("index_passages", "Passages in the index that answers.", index.passages)
        yield _gauge(
            "index_behind", "1 while the content has changed and the new index is not built.", not index.is_current
        )
        if index.built_at is not None:
            words = "Since the index that answers was built."
            yield _gauge("index_generation_age_seconds", words, self._age(index.built_at))

    def _age(self, moment: datetime) -> float:
        return max(0.0, (self._figures.clock() - moment).total_seconds())


def _of_queues(stored: StoredFigures) -> Iterator[GaugeMetricFamily]:
    rows = GaugeMetricFamily("mops_desk_queue_rows", "Rows that are not finished.", labels=("queue", "state"))
    oldest = GaugeMetricFamily(
        "mops_desk_queue_oldest_seconds", "For how long the oldest row that is due has waited.", labels=("queue",)
    )
    lanes = GaugeMetricFamily("mops_desk_lanes_waiting", "Lanes with a row that is due.", labels=("queue",))
    dead = GaugeMetricFamily("mops_desk_dead_letters", "Rows that were given up.", labels=("queue",))
    for figure in stored.queues:
        for state, count in figure.rows.items():
            rows.add_metric((figure.queue, state), count)
        oldest.add_metric((figure.queue,), figure.oldest_s)
        lanes.add_metric((figure.queue,), figure.lanes)
        dead.add_metric((figure.queue,), figure.dead)
    yield from (rows, oldest, lanes, dead)


def _of_workers(stored: StoredFigures) -> Iterator[GaugeMetricFamily]:
    yield _gauge(
        "workers", "Processes with workers that were heard of in the last two minutes.", stored.workers.count
    )
    if stored.workers.age_s is not None:
        words = "Since any process with workers was last heard of."
        yield _gauge("worker_heartbeat_age_seconds", words, stored.workers.age_s)


def _of_sockets(sockets: SocketHealth) -> Iterator[GaugeMetricFamily]:
    yield _gauge("sockets_wanted", "Socket Mode connections this process keeps.", sockets.wanted)
    yield _gauge("sockets_connected", "Socket Mode connections that stand.", sockets.connected)
    if sockets.hello_age_s is not None:
        words = "Since the last sign of life from Slack on the freshest connection."
        yield _gauge("socket_hello_age_seconds", words, sockets.hello_age_s)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mops_desk_{name}", words, value=value)
