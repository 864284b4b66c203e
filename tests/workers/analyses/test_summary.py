"""Summaries: what the pipeline of Transformers 4.57.6 wrote, in any batch; long texts in pieces."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from schema.catalog import Catalog, CatalogEntry
from schema.catalog.entry import EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.results.summary import Summary
from tests.support.batched import ROW_BY_ROW, analyse, catalog_of, documents_of
from tests.support.checkpoints import SEQ2SEQ_WINDOW, fingerprint
from tests.support.feedback_texts import long_texts
from tests.support.generated import assert_settings, reference_of
from tests.support.seq2seq_variants import SETTINGS, SUMMARY, with_decoding
from workers.analyses.summary import SummaryAnalysis
from workers.analysis import Window
from workers.errors import DocumentError

pytestmark = pytest.mark.slow

REFERENCE = reference_of("summary")


@pytest.fixture(scope="module")
def folder(tiny_checkpoints: dict[str, Path]) -> Path:
    return tiny_checkpoints["summary"]


@pytest.fixture(scope="module")
def analysis(folder: Path) -> SummaryAnalysis:
    return SummaryAnalysis(catalog_of(summary=folder), "cpu")


def windows_of(analysis: SummaryAnalysis, text: str) -> list[Window]:
    (windows,) = analysis.prepare(documents_of([text]), RunOptions())
    assert not isinstance(windows, DocumentError)
    return windows


def tokens_of(analysis: SummaryAnalysis, text: str) -> int:
    return len(analysis._generator._model.tokenizer(text)["input_ids"])


@pytest.mark.parametrize("variant", SUMMARY)
def test_summaries_are_the_pipelines(variant: str, tmp_path: Path) -> None:
    recorded = REFERENCE["variants"][variant]
    folder = SUMMARY[variant](tmp_path)
    assert fingerprint(folder) == recorded["checkpoint"]
    analysis = SummaryAnalysis(catalog_of(summary=folder), "cpu")
    assert_settings(analysis._generator, recorded["settings"])
    documents = documents_of([case["text"] for case in recorded["cases"]])
    outcomes = analyse(analysis, documents)
    assert outcomes == [[Summary(case["output"])] for case in recorded["cases"]]


def test_enough_was_recorded() -> None:
    assert len(REFERENCE["variants"]["plain"]["cases"]) >= 40


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_the_pipelines(name: str, folder: Path, tmp_path: Path) -> None:
    copy = with_decoding(partial(copytree, folder), tmp_path / "copy", **SETTINGS[name])
    analysis = SummaryAnalysis(catalog_of(summary=copy), "cpu")
    assert_settings(analysis._generator, REFERENCE["settings"][name])


def test_batches_and_their_order_change_nothing(analysis: SummaryAnalysis) -> None:
    cases = REFERENCE["variants"]["plain"]["cases"][::8]
    documents = documents_of([case["text"] for case in cases])
    expected = [[Summary(case["output"])] for case in cases]
    assert analyse(analysis, documents, tokens=ROW_BY_ROW) == expected
    assert analyse(analysis, documents[::-1], tokens=250) == expected[::-1]


def test_a_text_that_fills_the_window_goes_whole(analysis: SummaryAnalysis) -> None:
    text = "It broke."
    while tokens_of(analysis, f"{text} a") <= SEQ2SEQ_WINDOW:
        text += " a"
    assert tokens_of(analysis, text) == SEQ2SEQ_WINDOW
    assert [window.length for window in windows_of(analysis, text)] == [SEQ2SEQ_WINDOW]
    cut = windows_of(analysis, f"{text} a")
    assert len(cut) == 2
    assert max(window.length for window in cut) < SEQ2SEQ_WINDOW


def test_a_long_text_is_summarised_piece_by_piece(analysis: SummaryAnalysis) -> None:
    (text,) = long_texts(250, 1, seed=9)
    windows = windows_of(analysis, text)
    assert len(windows) > 3
    assert all(window.length == len(window.features.ids) <= SEQ2SEQ_WINDOW for window in windows)
    tokenizer: Any = analysis._generator._model.tokenizer
    pieces = [tokenizer.decode(window.features.ids, skip_special_tokens=True) for window in windows]
    assert "".join("".join(pieces).split()) == "".join(text.split())
    outcomes = analyse(analysis, documents_of([*pieces, text]))
    parts = [outcome[0].summary.strip() for outcome in outcomes[:-1]]  # type: ignore[index,union-attr]
    assert outcomes[-1] == [Summary(" ".join(parts), windows=len(windows))]


def test_the_catalog_can_narrow_window_and_batch(folder: Path) -> None:
    catalog = catalog_of(summary=folder)
    entry = catalog.entry("summary")
    options = entry.options.model_copy(update={"max_length": 40, "batch_tokens": 77})
    catalog._entries["summary"] = entry.model_copy(update={"options": options})
    analysis = SummaryAnalysis(catalog, "cpu")
    usual = SummaryAnalysis(catalog_of(summary=folder), "cpu")
    decoders: list[Any] = []
    for one in (analysis, usual):
        with one._generator.decoder() as decoder:
            decoders.append(decoder)
    beams = decoders[0]._beams
    assert [decoder._tokens for decoder in decoders] == [77 // beams, 16_384 // beams]
    windows = windows_of(analysis, long_texts(40, 1, seed=4)[0])
    assert len(windows) > 1
    assert max(window.length for window in windows) <= 40
    (provenance,) = analysis.provenance()
    assert provenance.options["max_length"] == 40


def test_the_catalog_may_say_what_a_text_begins_with(folder: Path) -> None:
    """As `>>deu<< ` of opus-mt-en-mul, `<2de> ` of MADLAD, `summarize: ` of T5."""
    entry = CatalogEntry(model=str(folder), options=EntryOptions(prefix="the box: "))
    said = SummaryAnalysis(Catalog("test", {"summary": entry}), "cpu")
    plain = SummaryAnalysis(catalog_of(summary=folder), "cpu")
    prefixed = said.prepare([Document(0, "it is late")], RunOptions())
    spelt = plain.prepare([Document(0, "the box: it is late")], RunOptions())
    assert isinstance(prefixed[0], list) and isinstance(spelt[0], list)
    assert prefixed[0][0].features.ids == spelt[0][0].features.ids
    assert said.provenance()[0].options["prefix"] == "the box: "
