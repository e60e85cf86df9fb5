"""The dashboard and the alerts speak of figures the desk has, and each of its figures is shown or explained."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from support_database import database_with

import bot.tables
from bot.bookmarks import remember
from bot.clock import now_utc
from bot.desk_figures import DeskFigures
from bot.domain import Role
from bot.heartbeat import Heartbeats
from bot.heartbeat_store import ProcessHeartbeats
from bot.operations.backup_nightly import MADE
from bot.prometheus import PrometheusMetrics
from bot.socket_health import SocketHealth
from knowledge.domain import IndexState

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\b(?:mops_desk|process)_[a-z_]+\b")
PARTS = ("_bucket", "_count", "_sum")
"""What Prometheus makes of a histogram."""


@pytest.fixture
def exported(tmp_path: Path) -> set[str]:
    """The names of all figures, with everything there that has some."""
    metrics, heartbeats = PrometheusMetrics(), Heartbeats()
    heartbeats.beat("worker-0")
    index = IndexState("g", datetime(2026, 1, 1, tzinfo=UTC), 1, 2, is_current=True)
    database = database_with(tmp_path / "desk.sqlite3", bot.tables.Base.metadata)
    with database.write() as session:
        ProcessHeartbeats(session).beat("here:1", Role.ALL, True, now_utc())
        remember(session, MADE, now_utc().isoformat())
    figures = DeskFigures(database, now_utc, heartbeats, lambda: index, lambda: SocketHealth(2, 2, 1.0))
    metrics.show(figures, "all", "sqlite")
    families = {(family.name, family.type) for family in metrics.registry.collect()}
    database.close()
    endings = {"counter": "_total", "info": "_info"}
    return {name + endings.get(kind, "") for name, kind in families}


def panels() -> list[dict[str, Any]]:
    return [panel for panel in json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def names(text: str) -> set[str]:
    found = set(NAME.findall(text))
    return {next((name.removesuffix(part) for part in PARTS if name.endswith(part)), name) for name in found}


def expressions() -> list[str]:
    shown = [target["expr"] for panel in panels() for target in panel.get("targets", ())]
    return [*shown, *(rule["expr"] for rule in rules())]


def test_what_dashboard_and_alerts_name_is_exported(exported: set[str]) -> None:
    assert names(" ".join(expressions())) <= exported


def test_every_figure_of_the_desk_is_on_the_dashboard(exported: set[str]) -> None:
    shown = names(json.dumps(panels()))
    assert {name for name in exported if name.startswith("mops_desk")} <= shown


def test_every_figure_is_explained_where_the_desk_is_run(exported: set[str]) -> None:
    explained = names((DEPLOY / "README.md").read_text())
    assert {name for name in exported if name.startswith("mops_desk")} == {
        name for name in explained if name.startswith("mops_desk")
    }


def test_panels_have_a_description_a_place_of_their_own_and_balanced_expressions() -> None:
    places = [tuple(panel["gridPos"][key] for key in "xy") for panel in panels()]
    assert len(set(places)) == len(places) == len({panel["id"] for panel in panels()})
    for panel in panels():
        assert panel["type"] == "row" or (panel["description"] and panel["targets"]), panel["title"]
    for expression in expressions():
        assert all(expression.count(opens) == expression.count(shuts) for opens, shuts in ("()", "{}", "[]"))


def test_alerts_say_what_happened_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules()) > 8
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "runbook"}
        assert "\n" not in rule["annotations"]["runbook"]
