"""The calibration in force: the catalog's, else the file's beside the checkpoint, else none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schema.catalog import CalibrationOptions, CatalogEntry
from workers.errors import ModelError
from workers.models.calibration import Calibration, calibration_of

KEPT = {"revision": "sha256:1", "temperature": 2.0, "threshold": 0.7, "measured": {"texts": 500}}


def calibrated(folder: Path, content: Any = None, **catalog: Any) -> Calibration:
    if content is not None:
        written = content if isinstance(content, str) else json.dumps(content)
        (folder / "calibration.json").write_text(written, "utf-8")
    entry = CatalogEntry(model="a/b", calibration=CalibrationOptions(**catalog))
    return calibration_of(entry, folder, "sha256:1", "sentiment")


def test_without_a_file_nothing_changes(tmp_path: Path) -> None:
    found = calibrated(tmp_path)
    assert (found, found.as_options()) == (Calibration(1.0, 0.0), {})


def test_the_file_is_of_each_analysis(tmp_path: Path) -> None:
    found = calibrated(tmp_path, {"sentiment": KEPT, "qa": {}})
    assert found == Calibration(2.0, 0.7)
    assert found.as_options() == {"temperature": 2.0, "threshold": 0.7}
    assert calibrated(tmp_path, {"qa": KEPT}) == Calibration()


def test_the_catalog_goes_before_the_file_number_by_number(tmp_path: Path) -> None:
    assert calibrated(tmp_path, {"sentiment": KEPT}, threshold=0.0) == Calibration(2.0, 0.0)
    assert calibrated(tmp_path, None, temperature=1.5) == Calibration(1.5, 0.7)
    # Where it says both, a file that is of no use any more does no harm.
    assert calibrated(tmp_path, "{", temperature=3, threshold=0.1) == Calibration(3, 0.1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read as a JSON object; delete it"),
        ("[1]", "cannot be read as a JSON object; delete it"),
        ({"sentiment": KEPT | {"revision": "sha256:2"}}, "sha256:2, and this is sha256:1; make it"),
        ({"sentiment": KEPT | {"temperature": 0}}, "sentiment.temperature: .*triage calibrate"),
        ({"sentiment": {"threshold": 0.5}}, "sentiment.revision: .*triage calibrate sentiment"),
        ({"sentiment": 5}, "sentiment: .*triage calibrate sentiment"),
    ],
)
def test_a_file_that_cannot_be_believed_is_refused(content: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=said):
        calibrated(tmp_path, content)
