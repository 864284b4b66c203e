"""Where a calibration is kept: beside the checkpoint, or as lines for the catalog."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from schema.catalog import CatalogEntry
from schema.insights import Interval
from workers.calibrate.fit import Fit
from workers.models.calibration import FILE, read_file
from workers.models.checkpoint_files import ADAPTER


def is_local(entry: CatalogEntry, folder: Path) -> bool:
    """Whether a file may be written beside the checkpoint: not into the cache of the model hub,
    which others fill, and not where this user must not write.
    """
    # Of a model with an adapter it lies beside that.
    named = entry.adapter or entry.model
    is_of_hub = not named.startswith("pocket/") and not Path(named).is_absolute()
    return not is_of_hub and os.access(folder, os.W_OK)


def write_calibration(
    entry: CatalogEntry, folder: Path, analysis: str, content: dict[str, object]
) -> Path:
    """Write what was found into `calibration.json`, beside what it says of other analyses.

    Raises:
        ModelError: If there is a file that is no JSON object.
        OSError: If it cannot be written.
    """
    path = folder / FILE
    analyses = read_file(entry.model, path) | {analysis: content}
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=folder, prefix=f".{FILE}.", delete=False
    ) as file:
        file.write(json.dumps(analyses, indent=2, ensure_ascii=False) + "\n")
    # Whoever may read the model may read this.
    beside = ADAPTER if entry.adapter else "config.json"
    shutil.copymode(folder / beside, file.name)
    Path(file.name).replace(path)
    return path


def content_of(fit: Fit, revision: str, accuracy: float) -> dict[str, object]:
    """What the file says of one analysis."""
    kept = fit.kept
    thresholds = {"thresholds": dict(fit.thresholds)} if fit.thresholds else {}
    return {
        "revision": revision,
        "temperature": fit.temperature,
        "threshold": fit.threshold,
        **thresholds,
        "measured": {
            "results": kept.total,
            "wanted_accuracy": accuracy,
            "error_before": round(fit.error_before, 4),
            "error_after": round(fit.error_after, 4),
            "coverage": round(kept.share, 4),
            "accuracy": round(kept.accuracy, 4),
            "accuracy_interval": _rounded(kept.interval),
        },
    }


def coverages_json(fit: Fit) -> list[dict[str, object]]:
    """The table of what is printed, for programs: how many stay, and how many of them are right."""
    return [
        {
            "stay": round(one.share, 4),
            "threshold": one.threshold,
            "right": round(one.accuracy, 4),
            "interval": _rounded(one.interval),
        }
        for one in fit.coverages
    ]


def catalog_lines(analysis: str, entry: CatalogEntry, fit: Fit) -> str:
    """What to write into the catalog instead, as TOML."""
    numbers = f"temperature = {fit.temperature}, threshold = {fit.threshold}"
    if fit.thresholds:
        each = ", ".join(f"{name} = {limit}" for name, limit in fit.thresholds.items())
        numbers += f", thresholds = {{ {each} }}"
    model = json.dumps(entry.model, ensure_ascii=False)
    return f"[{analysis}]\nmodel = {model}\ncalibration = {{ {numbers} }}"


def lines_of(fit: Fit, accuracy: float) -> list[str]:
    """What is printed of a fit."""
    kept = fit.kept
    low, high = kept.interval
    never = f"{fit.never:,} texts are of a class that the model never gives: they count as wrong"
    lines = [never] if fit.never else []
    after = f" before, {fit.error_after:.3f} after" if fit.temperature != 1 else ""
    lines += [
        f"temperature {fit.temperature}: calibration error {fit.error_before:.3f}{after}",
        f"unsure below {fit.threshold:.3f}, for {accuracy:.0%} right of the rest: "
        f"{kept.share:.1%} stay, {kept.accuracy:.1%} of them right "
        f"({low:.1%} to {high:.1%}, 95 %)",
        f"{'stay':>8}{'threshold':>12}{'right':>8}{'95 %':>18}",
    ]
    for one in fit.coverages:
        low, high = one.interval
        interval = f"{low:.1%} to {high:.1%}"
        lines.append(f"{one.share:>8.1%}{one.threshold:>12.3f}{one.accuracy:>8.1%}{interval:>18}")
    lines += [f"{name} is unsure below {limit:.3f}" for name, limit in fit.thresholds.items()]
    return lines


def _rounded(interval: Interval) -> list[float]:
    return [round(end, 4) for end in interval]
