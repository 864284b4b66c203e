"""What a run leaves behind: a table, the same as JSON, and a picture."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.engine.reporting.bar_chart import picture
from benchmarks.engine.reporting.table import DISTURBED, scale_table, table, whole_table

if TYPE_CHECKING:
    from benchmarks.engine.reporting.findings import Found

_LIBRARIES = ("torch", "transformers", "ctranslate2", "onnxruntime")


def write_report(folder: Path, found: Found, minutes: float) -> str:
    """Write `results.json`, `table.md` and `engine.svg` into a folder; what the user sees."""
    folder.mkdir(parents=True, exist_ok=True)
    circumstances = _circumstances(found, minutes)
    content = {**circumstances, **_as_json(found)}
    (folder / "results.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    parts = [table(found.rows), whole_table(found.wholes), scale_table(found.scales)]
    said = "\n\n".join([_preface(circumstances), *filter(None, parts)]) + "\n"
    (folder / "table.md").write_text(said, "utf-8")
    if found.rows:
        (folder / "engine.svg").write_text(picture(found.rows), "utf-8")
    return f"{said}\nwritten to {folder}/table.md, results.json, engine.svg"


def _as_json(found: Found) -> dict[str, Any]:
    wholes = [asdict(whole) | {"ratio": whole.ratio} for whole in found.wholes]
    scales = [asdict(scale) | {"milliseconds_each": scale.each} for scale in found.scales]
    return {"rows": [asdict(row) for row in found.rows], "system": wholes, "scaling": scales}


def _circumstances(found: Found, minutes: float) -> dict[str, Any]:
    return {
        "when": datetime.now().astimezone().isoformat(timespec="seconds"),
        "minutes": round(minutes, 1),
        "device": found.device,
        "threads": found.threads,
        "processor": _processor(),
        "shapes": found.shapes,
        "versions": {name: _version(name) for name in _LIBRARIES},
        "limits": found.limits,
    }


def _preface(circumstances: dict[str, Any]) -> str:
    limits = ", ".join(
        f"{name} {operations / 1e9:.0f}" for name, operations in circumstances["limits"].items()
    )
    return (
        f"{circumstances['when']}, {circumstances['processor']}, {circumstances['device']}, "
        f"{circumstances['threads']} threads, {circumstances['minutes']} minutes. "
        f"Limits in GFLOP/s: {limits}. {DISTURBED}: somebody else was busy too."
    )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "")
