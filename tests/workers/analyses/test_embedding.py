"""Embeddings: the vectors of plain Transformers, in any batch, packed or padded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers as hf
from safetensors.torch import load_file, save_file

from schema.catalog import CatalogError, load_catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results.embedding import ClauseEmbedding
from schema.results.outcome import Outcome
from tests.support.checkpoints import WINDOW
from tests.support.embedded import STEP, expected, load, places, vectors
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse
from tests.support.sentence_checkpoints import (
    OUTPUTS,
    add_dense,
    add_pooling,
    build_sentence_bert,
    build_sentence_electra,
    build_sentence_linear,
)
from tests.support.shared_checkpoints import build_heads
from tests.support.shared_checkpoints import whole as whole_checkpoint
from workers.embedding.clauses import clauses
from workers.engine.engine import Engine

TEXTS = [*SHORT, *long_texts(90, 4, seed=5)]


def _first(folder: Path) -> Path:
    return add_pooling(build_sentence_bert(folder), cls_token=True, mean_tokens=False)


def _padded(folder: Path) -> Path:
    return add_dense(build_sentence_electra(folder), function="Tanh")


KINDS: dict[str, Callable[[Path], Path]] = {
    "mean": build_sentence_bert,
    "first": _first,
    "linear": build_sentence_linear,
    "padded": _padded,
}


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
    assert load(build_sentence_linear(tmp_path / "linear")).packs
    assert not load(_padded(tmp_path / "padded")).packs


def test_a_linear_layer_gives_as_many_numbers_as_it_says(tmp_path: Path) -> None:
    ((result,),) = analyse(load(build_sentence_linear(tmp_path / "linear")), ["The zip broke."])
    assert isinstance(result, ClauseEmbedding)
    assert len(result.vector) == 2 * OUTPUTS


def test_a_clause_longer_than_the_window_has_the_mean_of_its_windows(tmp_path: Path) -> None:
    folder = build_sentence_bert(tmp_path / "mean")
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
    folder = build_sentence_bert(tmp_path / "mean")
    analysis = load(folder, prefix="query: ")
    (results,) = analyse(analysis, ["I like it a lot. The zip broke."])
    assert places(results) == [(0, 16), (17, 31)]
    wanted = expected(folder, ["query: I like it a lot.", "query: The zip broke."])
    np.testing.assert_allclose(vectors(results), wanted, rtol=0, atol=STEP)
    (model,) = analysis.provenance()
    assert model.options["prefix"] == "query: "
    assert "prefix" not in load(folder).provenance()[0].options


def test_a_query_has_the_vector_of_a_clause(tmp_path: Path) -> None:
    analysis = load(build_sentence_bert(tmp_path / "mean"), prefix="query: ")
    ((result,),) = analyse(analysis, ["The zip broke"])
    assert isinstance(result, ClauseEmbedding)
    found = np.frombuffer(analysis.query_vector("The zip broke"), "<f2")
    np.testing.assert_allclose(found.astype(np.float32), vectors([result])[0], rtol=0, atol=STEP)


def test_a_document_without_clauses_has_no_rows_and_an_outcome(tmp_path: Path) -> None:
    engine = Engine(load(build_sentence_bert(tmp_path / "mean")))
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


def test_only_embedding_has_a_prefix(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[sentiment]\nmodel = "a/b"\noptions = { prefix = "query: " }\n', "utf-8")
    with pytest.raises(CatalogError, match="options.prefix"):
        load_catalog(str(catalog))
