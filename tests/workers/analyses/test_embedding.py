"""Embeddings: the vectors of plain Transformers, in any batch, packed or padded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
import transformers as hf
from safetensors.torch import load_file, save_file

from schema.catalog import Catalog, CatalogEntry, CatalogError, load_catalog
from schema.catalog.entry import EntryOptions
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.embedding import ClauseEmbedding
from schema.results.outcome import Outcome
from tests.support.checkpoints import WINDOW
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse
from tests.support.sentence_checkpoints import (
    OUTPUTS,
    add_dense,
    add_modules,
    add_pooling,
    build_sentence_bert,
    build_sentence_electra,
    write,
)
from tests.support.shared_checkpoints import build_heads
from tests.support.shared_checkpoints import whole as whole_checkpoint
from workers.analyses import load_analysis
from workers.analyses.embedding import EmbeddingAnalysis
from workers.embedding.clauses import clauses
from workers.engine.engine import Engine
from workers.errors import ModelError
from workers.models.sentence_layout import module_files

Vectors = npt.NDArray[np.float32]
TEXTS = [*SHORT, *long_texts(90, 4, seed=5)]
#: Half precision has steps of 2 ** -11 below 1.
STEP = 2**-11


def _mean(folder: Path) -> Path:
    return build_sentence_bert(folder)


def _first(folder: Path) -> Path:
    return add_pooling(build_sentence_bert(folder), cls_token=True, mean_tokens=False)


def _linear(folder: Path) -> Path:
    add_dense(add_pooling(build_sentence_bert(folder), mean_tokens=True))
    return add_modules(folder, "Pooling", "Dense", "Normalize")


def _padded(folder: Path) -> Path:
    return add_dense(build_sentence_electra(folder), function="Tanh")


KINDS: dict[str, Callable[[Path], Path]] = {
    "mean": _mean,
    "first": _first,
    "linear": _linear,
    "padded": _padded,
}


def load(folder: Path, **options: Any) -> EmbeddingAnalysis:
    entry = CatalogEntry(model=str(folder), options=EntryOptions(**options))
    analysis = load_analysis("embedding", Catalog("test", {"embedding": entry}), "cpu")
    assert isinstance(analysis, EmbeddingAnalysis)
    return analysis


def vectors(results: Sequence[Result]) -> Vectors:
    found = []
    for result in results:
        assert isinstance(result, ClauseEmbedding)
        found.append(np.frombuffer(result.vector, "<f2").astype(np.float32))
    return np.array(found)


def places(results: Sequence[Result]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in results if isinstance(one, ClauseEmbedding)]


def expected(folder: Path, texts: Sequence[str]) -> Vectors:
    """Padded, by Transformers alone, with what stands behind the encoder written out."""
    tokenizer, model = (
        hf.AutoTokenizer.from_pretrained(folder),
        hf.AutoModel.from_pretrained(folder),
    )
    encoded = tokenizer(list(texts), return_tensors="pt", padding=True)
    with torch.inference_mode():
        states = model.eval()(**encoded).last_hidden_state
    pooling = folder / "1_Pooling" / "config.json"
    if pooling.exists() and json.loads(pooling.read_text()).get("pooling_mode_cls_token"):
        pooled = states[:, 0]
    else:
        mask = encoded["attention_mask"].unsqueeze(-1).float()
        pooled = (states * mask).sum(1) / mask.sum(1)
    if (folder / "2_Dense").exists():
        weights = load_file(folder / "2_Dense" / "model.safetensors")
        pooled = torch.nn.functional.linear(
            pooled, weights["linear.weight"], weights["linear.bias"]
        )
        config = json.loads((folder / "2_Dense" / "config.json").read_text())
        pooled = pooled.tanh() if config["activation_function"].endswith("Tanh") else pooled
    found: Vectors = torch.nn.functional.normalize(pooled, dim=1).numpy()
    return found


@pytest.fixture(scope="module", params=list(KINDS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind: str = request.param
    return KINDS[kind](tmp_path_factory.mktemp("sentences") / kind)


def test_vectors_are_those_of_plain_transformers(folder: Path) -> None:
    for text, results in zip(TEXTS, analyse(load(folder), TEXTS), strict=True):
        spans = places(results)
        assert spans == clauses(text)
        if not spans:
            continue
        wanted = expected(folder, [text[start:end] for start, end in spans])
        found = vectors(results)
        assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 2 * STEP
        np.testing.assert_allclose(found, wanted, rtol=0, atol=STEP)


def test_neighbours_and_order_change_nothing(folder: Path) -> None:
    analysis = load(folder)
    alone = [analyse(analysis, [text])[0] for text in TEXTS]
    for shuffle in (None, 4):
        together = analyse(analysis, TEXTS, shuffle)
        assert [places(one) for one in together] == [places(one) for one in alone]
        for one, other in zip(together, alone, strict=True):
            if one:
                np.testing.assert_allclose(vectors(one), vectors(other), rtol=0, atol=STEP)


def test_kinds_are_packed_where_their_encoder_is(tmp_path: Path) -> None:
    assert load(_linear(tmp_path / "linear")).packs
    assert not load(_padded(tmp_path / "padded")).packs


def test_a_linear_layer_gives_as_many_numbers_as_it_says(tmp_path: Path) -> None:
    ((result,),) = analyse(load(_linear(tmp_path / "linear")), ["The zip broke."])
    assert isinstance(result, ClauseEmbedding)
    assert len(result.vector) == 2 * OUTPUTS


def test_a_clause_longer_than_the_window_has_the_mean_of_its_windows(tmp_path: Path) -> None:
    folder = _mean(tmp_path / "mean")
    text = " ".join(["the parcel is blue and the box is red"] * 12)
    analysis = load(folder)
    (windows,) = analysis.prepare([Document(0, text)], RunOptions())
    assert isinstance(windows, list) and len(windows) > 1
    tokenizer, model = (
        hf.AutoTokenizer.from_pretrained(folder),
        hf.AutoModel.from_pretrained(folder),
    )
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    room, weighted = WINDOW - 2, 0.0
    for begin in range(0, len(ids), room):
        row = [tokenizer.cls_token_id, *ids[begin : begin + room], tokenizer.sep_token_id]
        with torch.inference_mode():
            states = model(torch.tensor([row])).last_hidden_state[0]
        weighted = weighted + states.mean(0) * (len(row) - 2)
    wanted = torch.nn.functional.normalize(torch.as_tensor(weighted), dim=0).numpy()
    (results,) = analyse(analysis, [text])
    np.testing.assert_allclose(vectors(results), [wanted], rtol=0, atol=STEP)


def test_a_prefix_is_read_in_front_of_each_clause_and_moves_no_offset(tmp_path: Path) -> None:
    folder = _mean(tmp_path / "mean")
    analysis = load(folder, prefix="query: ")
    (results,) = analyse(analysis, ["I like it a lot. The zip broke."])
    assert places(results) == [(0, 16), (17, 31)]
    wanted = expected(folder, ["query: I like it a lot.", "query: The zip broke."])
    np.testing.assert_allclose(vectors(results), wanted, rtol=0, atol=STEP)
    (model,) = analysis.provenance()
    assert model.options["prefix"] == "query: "
    assert "prefix" not in load(folder).provenance()[0].options


def test_a_query_has_the_vector_of_a_clause(tmp_path: Path) -> None:
    analysis = load(_mean(tmp_path / "mean"), prefix="query: ")
    ((result,),) = analyse(analysis, ["The zip broke"])
    assert isinstance(result, ClauseEmbedding)
    found = np.frombuffer(analysis.query_vector("The zip broke"), "<f2")
    np.testing.assert_allclose(found.astype(np.float32), vectors([result])[0], rtol=0, atol=STEP)


def test_a_document_without_clauses_has_no_rows_and_an_outcome(tmp_path: Path) -> None:
    engine = Engine(load(_mean(tmp_path / "mean")))
    documents = [Document(0, "?!"), Document(1, "The zip broke."), Document(2, " \n")]
    outcomes = engine.run(documents, RunOptions())
    assert [len(one) if isinstance(one, list) else one for one in outcomes] == [0, 1, 0]
    (stored,) = engine._assembly.outcomes([_state(documents[0])])
    assert stored == Outcome(0, [], None)


def _state(document: Document) -> Any:
    from workers.engine.document_state import DocumentState

    return DocumentState(document, [], [], [])


def test_a_head_on_a_shared_encoder_is_its_vector_layer(tmp_path: Path) -> None:
    """No weights but those behind the encoder: the encoder's are beside, stored in 8 bits."""
    heads = build_heads(tmp_path)
    plain = whole_checkpoint(heads["sentiment"], tmp_path / "whole")
    head = tmp_path / "vectors"
    head.mkdir()
    for name in ("config.json", "encoder.json"):
        (head / name).write_bytes((heads["sentiment"] / name).read_bytes())
    add_dense(add_pooling(head, cls_token=False, mean_tokens=True))
    stored = load_file(plain / "model.safetensors")
    own = {name.removeprefix("bert."): one for name, one in stored.items() if "bert." in name}
    save_file(own, plain / "model.safetensors", metadata={"format": "pt"})
    add_dense(add_pooling(plain, cls_token=False, mean_tokens=True))
    texts = ["the parcel is broken", "Berlin, but the zip is not there"]
    for one, text in zip(analyse(load(head), texts), texts, strict=True):
        wanted = expected(plain, [text[start:end] for start, end in places(one)])
        np.testing.assert_allclose(vectors(one), wanted, rtol=0, atol=STEP)


def test_weights_behind_the_encoder_are_part_of_the_revision(tmp_path: Path) -> None:
    folder = _linear(tmp_path / "linear")
    before = load(folder).provenance()[0].revision
    weights = load_file(folder / "2_Dense" / "model.safetensors")
    weights["linear.bias"] += 1
    save_file(weights, folder / "2_Dense" / "model.safetensors", metadata={"format": "pt"})
    assert load(folder).provenance()[0].revision != before


def _max_pooling(folder: Path) -> None:
    add_pooling(folder, max_tokens=True, mean_tokens=True)


def _other_activation(folder: Path) -> None:
    add_dense(folder, function="ReLU")


def _other_module(folder: Path) -> None:
    add_modules(folder, "Pooling", "CNN")
    add_pooling(folder, mean_tokens=True)


def _elsewhere(folder: Path) -> None:
    path = {"path": "../other", "type": "sentence_transformers.models.Pooling"}
    write(folder / "modules.json", [path])


def _pickled(folder: Path) -> None:
    add_dense(folder)
    (folder / "2_Dense" / "model.safetensors").unlink()


def _other_shape(folder: Path) -> None:
    add_dense(folder, out_features=OUTPUTS + 1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_max_pooling, "max and mean"),
        (_other_activation, "ReLU"),
        (_other_module, "CNN"),
        (_elsewhere, "no folder beside it"),
        (_pickled, "no other format is loaded"),
        (_other_shape, "another shape"),
    ],
)
def test_what_is_not_known_behind_the_encoder_is_said(
    spoil: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    folder = build_sentence_bert(tmp_path / "model")
    spoil(folder)
    with pytest.raises(ModelError, match=said):
        load(folder)


def test_the_files_that_a_hub_model_needs_in_its_folders(tmp_path: Path) -> None:
    folder = _linear(tmp_path / "linear")
    names = ["1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors"]
    assert [str(file.relative_to(folder)) for file in module_files(folder)] == names
    _elsewhere(folder)
    assert module_files(folder) == []


def test_only_embedding_has_a_prefix(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[sentiment]\nmodel = "a/b"\noptions = { prefix = "query: " }\n', "utf-8")
    with pytest.raises(CatalogError, match="options.prefix"):
        load_catalog(str(catalog))
