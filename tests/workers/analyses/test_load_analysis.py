"""Analyses are found by the name of their module alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import workers.analyses
from schema.catalog import Catalog, CatalogError
from tests.support.checkpoints import BUILDERS
from workers.analyses import load_analysis

MODULE = """
from tests.support.engine_analysis import CountingAnalysis

class Smell(CountingAnalysis):
    name = "smell"
    def __init__(self, catalog, device, models=None):
        super().__init__()
"""


@pytest.mark.parametrize("name", BUILDERS)
def test_every_analysis_loads(tiny_catalog: Catalog, name: str) -> None:
    analysis = load_analysis(name, tiny_catalog, "cpu")
    assert analysis.name == name
    assert analysis.batch_tokens > 0
    assert len(analysis.provenance()) == 1


@pytest.fixture
def more_analyses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which modules of the package are looked for too."""
    monkeypatch.setattr(workers.analyses, "__path__", [*workers.analyses.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "workers.analyses.smell", raising=False)
    return tmp_path


def test_a_sixth_is_a_file(more_analyses: Path, tiny_catalog: Catalog) -> None:
    (more_analyses / "smell.py").write_text(MODULE, "utf-8")
    assert load_analysis("smell", tiny_catalog, "cpu").name == "smell"


def test_a_module_with_another_name_in_it_is_refused(
    more_analyses: Path, tiny_catalog: Catalog
) -> None:
    (more_analyses / "smell.py").write_text(MODULE.replace('"smell"', '"taste"'), "utf-8")
    with pytest.raises(TypeError, match="one subclass of Analysis, with name = 'smell'"):
        load_analysis("smell", tiny_catalog, "cpu")


def test_a_catalog_without_the_model_is_said() -> None:
    with pytest.raises(CatalogError, match="entities"):
        load_analysis("entities", Catalog("empty", {}), "cpu")


def test_what_a_parent_process_imports_is_free_of_torch() -> None:
    imports = "import workers.errors, workers.models.checkpoint, workers.analyze.command"
    check = f"{imports}, sys; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_no_family_is_imported_before_a_checkpoint_asks_for_it() -> None:
    """Those of all eleven that are packed would take a second of each child's start."""
    check = (
        "import sys, workers.analyses, workers.analyses.translation, workers.encoders.conversion; "
        "models = [name for name in sys.modules if name.startswith('transformers.models.')]; "
        "found = [name for name in models if '.modeling_' in name and '.auto.' not in name]; "
        "sys.exit(', '.join(found) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", check], stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 0, ended.stderr
