"""Metrics are declared once, by the conventions of Prometheus, and the docs and the alerts know them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from wireroom import metrics
from wireroom.topology import STAGES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "infra" / "deploy" / "prometheus"
WHO = {
    "gateway": metrics.GATEWAY, "dispatcher": metrics.DISPATCHER, "workers": metrics.WORKER, "all": metrics.PROCESS,
}  # fmt: skip
OF_MANY = {"job", "job_id", "source", "host", "url", "producer", "flight", "worker", "pid", "key"}


def name(metric: Any) -> str:
    """As it is scraped."""
    return f"{metric._name}_total" if metric._type == "counter" else str(metric._name)


def exposed_by(metric: Any) -> str:
    registries = WHO | {"dispatcher ": metrics.LEDGER}
    found = {who.strip() for who, registry in registries.items() if metric in registry._collector_to_names}
    return ", ".join(sorted(found))


def declared() -> dict[str, tuple[str, list[str], str, str]]:
    return {
        name(one): (one._type, list(one._labelnames), one._documentation, exposed_by(one)) for one in metrics.declared()
    }


def documented() -> dict[str, tuple[str, list[str], str, str]]:
    """Name -> type, labels, meaning, who, of each row of the table."""
    page = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    rows = re.findall(r"^\| `(wireroom_\w+)` \| (\w+) \|(.*?)\| (.*?) \| ([\w, ]+) \|$", page, re.MULTILINE)
    return {found: (kind, re.findall(r"`(\w+)`", labels), what, who) for found, kind, labels, what, who in rows}


def test_every_metric_is_documented_as_it_is_and_no_other() -> None:
    assert documented() == declared()


def test_names_follow_the_conventions() -> None:
    for one in metrics.declared():
        assert re.fullmatch(r"wireroom_[a-z]+(_[a-z]+)*", name(one))
        assert name(one).endswith("_total") == (one._type == "counter")
        assert one._type != "histogram" or name(one).endswith("_seconds")
        assert one._documentation.endswith(".")


def test_no_label_has_many_values() -> None:
    assert {label for one in metrics.declared() for label in one._labelnames} & OF_MANY == set()


def test_what_workers_count_has_labels_for_else_their_pool_would_not_share_it() -> None:
    unlabelled = [name(one) for one in metrics.declared() if exposed_by(one) == "workers" and not one._labelnames]
    assert unlabelled == []


@pytest.mark.parametrize("page", ["docs/metrics.md", "infra/deploy/prometheus/alerts.yml"])
def test_whoever_asks_for_a_metric_asks_for_one_that_exists_by_its_labels(page: str) -> None:
    known = {name(one): one for one in metrics.declared()}
    asked = re.findall(r"(wireroom_\w+)(?:\{(\w+)=~?\")?", (ROOT / page).read_text("utf-8"))
    assert asked
    for found, label in asked:
        base = re.sub(r"_(bucket|sum|count)$", "", found)
        assert base in known and (base == found or known[base]._type == "histogram"), found
        assert not label or label in known[base]._labelnames, (found, label)


def test_only_counters_are_compared_with_their_past_for_gauges_fall_again() -> None:
    alerts = (DEPLOY / "alerts.yml").read_text("utf-8")
    compared = re.findall(r"(?:increase|rate)\((wireroom_\w+)|(wireroom_\w+)(?:\{[^}]*\})? offset", alerts)
    assert {("".join(found)).endswith("_total") for found in compared} == {True}


def test_a_line_that_is_paused_is_not_called_stuck() -> None:
    (stuck,) = re.findall(r"alert: WireroomLineStuck\n(.*?)for:", (DEPLOY / "alerts.yml").read_text("utf-8"), re.DOTALL)
    assert re.search(rf"unless on\(\) max\({name(metrics.PAUSES)}\) > 0\s*$", stuck)


def test_the_configuration_names_every_stage_and_the_alerts() -> None:
    configuration = (DEPLOY / "prometheus.yml").read_text("utf-8")
    (names,) = re.findall(r"names: \[(dispatcher.*)\]", configuration)
    assert names.split(", ") == ["dispatcher", *STAGES]
    (alerts,) = re.findall(r"rule_files:\n  - (.*)", configuration)
    assert (DEPLOY / alerts).exists()
