"""Alerts and dashboard ask for metrics that there are, and every alert has its page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from schema.database import writing
from schema.ledger.reap import LOST
from schema.process import this_process
from schema.status.workers import ModelInMemory, Throughput
from schema.tables import JobState
from schema.worker_registry import ready, register, report
from tests.docker.compose import FOLDER as DOCKER
from tests.support.console import Triage
from tests.support.feedback import add_job, add_run

ROOT = DOCKER.parent
FOLDER = DOCKER / "monitoring"
ALERTS = FOLDER / "alerts.yaml"
#: Labels of samples, by the name of their metric.
Samples = dict[str, list[dict[str, str]]]
RULES: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text())
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")


def expressions() -> list[str]:
    asked = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    marked = [one["expr"] for one in DASHBOARD["annotations"]["list"]]
    return [*asked, *marked, *(rule["expr"] for rule in RULES)]


def selectors(expression: str) -> list[tuple[str, dict[str, str]]]:
    """The metrics that are asked for, and which values their labels must have."""
    found = re.findall(r"(triage_\w+)(?:\{([^}]*)\})?", expression)
    return [(name, dict(re.findall(r'(\w+)=~?"([^"]*)"', labels))) for name, labels in found]


@pytest.fixture
def samples(
    sqlite_engine: Engine,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Samples:
    """The labels of all samples of each metric, of a ledger in which everything happens."""
    with writing(sqlite_engine) as connection:
        run = add_run(connection, "autumn", ("sentiment",))
        add_job(connection, run, "sentiment", JobState.DONE, 3, failed=1)
    register(sqlite_engine, "a@b/0", this_process(), ["sentiment"], LOST)
    ready(sqlite_engine, "a@b/0", [ModelInMemory("x", 1)])
    report(sqlite_engine, "a@b/0", Throughput(1.0, 0.1, 0.2, 0.3))
    found: Samples = {}
    for family in text_string_to_metric_families(
        Triage(monkeypatch, capsys)("metrics", "--once").out
    ):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def test_whatever_is_asked_for_exists(samples: Samples) -> None:
    wanted = [one for expression in expressions() for one in selectors(expression)]
    assert len(wanted) > 40
    phases = {"ingesting", "open", "paused", "cancelled", "archived"}
    for name, labels in wanted:
        assert name in samples, name
        for label, pattern in labels.items():
            values = phases if label == "run_state" else {one[label] for one in samples[name]}
            for part in pattern.split("|"):
                assert part in values, (name, label, part)


def test_every_metric_is_on_the_page_that_explains_them(
    samples: Samples,
) -> None:
    assert {name for name in samples if f"`{name}`" not in PAGE} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_what_is_so_and_has_a_place_in_the_runbook(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"].endswith(".") and rule["for"]


@pytest.mark.parametrize("alert", [rule["alert"] for rule in RULES])
def test_the_runbook_says_what_it_means_where_to_look_and_what_to_do(alert: str) -> None:
    section = re.search(rf"^### {alert}\n(.*?)(?=^##)", RUNBOOK, re.M | re.S)
    assert section, f"docs/runbook.md has no section {alert}"
    assert re.findall(r"^\*\*(\w+)\*\*: \S", section[1], re.M) == ["Means", "Look", "Do"]


def test_the_runbook_has_no_alert_that_is_gone() -> None:
    sections = re.findall(r"^### (Triage\w+)$", RUNBOOK, re.M)
    assert sorted(sections) == sorted(rule["alert"] for rule in RULES)


def test_the_address_of_a_site_goes_into_every_alert(tmp_path: Path) -> None:
    """By the command that the runbook has."""
    (command,) = re.findall(r"^sed -i .*$", RUNBOOK, re.M)
    shutil.copy(ALERTS, tmp_path / "alerts.yaml")
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    rules = yaml.safe_load((tmp_path / "alerts.yaml").read_text())["groups"][0]["rules"]
    for rule in rules:
        address = f"https://docs.example.org/runbook.html#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook_url"] == address


def test_the_page_says_once_in_bold_that_a_queue_is_not_the_backlog() -> None:
    assert PAGE.count("**A queue's length is not the backlog") == 1


@pytest.mark.parametrize("file", ["alerts.yaml", "prometheus.yaml"])
def test_prometheus_takes_it(file: str) -> None:
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    kind = "rules" if file == "alerts.yaml" else "config"
    done = subprocess.run(
        [promtool, "check", kind, str(FOLDER / file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + right, place["y"] + down)
            for right in range(place["w"])
            for down in range(place["h"])
        }
        assert not cells & taken and max(x for x, _ in cells) < 24, panel["title"]
        taken |= cells


def test_the_folder_holds_nothing_else() -> None:
    assert sorted(path.name for path in Path(FOLDER).iterdir()) == [
        *("alerts.yaml", "dashboard.json", "prometheus.yaml"),
    ]
