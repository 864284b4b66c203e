"""Alerts, from the rules that Prometheus reads."""

from __future__ import annotations

import yaml

from docs.site.links import ROOT
from docs.site.reference.table import code, table


def alerts_page() -> str:
    """The page: a row for each alert, and below it what each asks of the metrics."""
    rules = yaml.safe_load((ROOT / "docker/monitoring/alerts.yaml").read_text("utf-8"))
    found = [rule for group in rules["groups"] for rule in group["rules"]]
    rows = [
        (
            f"[{rule['alert']}](../runbook.md#{rule['alert'].lower()})",
            rule["labels"]["severity"],
            str(rule["for"]),
            code(" ".join(rule["expr"].split())),
        )
        for rule in found
    ]
    return (
        "# Alerts\n\n"
        "As `docker/monitoring/alerts.yaml` has them; each leads to its section of the runbook. "
        "`page`: somebody should look now. `ticket`: today.\n\n"
        + table(("alert", "severity", "after", "when"), rows)
    )
