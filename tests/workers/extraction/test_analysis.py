"""Extractive summaries: sentences of the text, whatever encoder chooses them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import transformers as hf

from schema.results.summary import Summary
from tests.support.batched import catalog_of
from tests.support.checkpoints import build_entities, build_summary
from tests.support.feedback_texts import SHORT, long_texts
from tests.support.parity import analyse
from tests.support.vocabularies import word_pieces
from workers.analyses import load_analysis
from workers.analyses.summary import SummaryAnalysis
from workers.analysis import Analysis
from workers.extraction.analysis import CentralSentences

LETTER = (
    "Dear shop, I ordered a blue bear for my son from your store in Austria. On Friday a red "
    "dragon came. My son cried all evening. I ask you for the bear within a week. Enclosed is the "
    "receipt. I hope to hear from you. Sincerely, Anna"
)


def _of_states(folder: Path) -> None:
    build_entities(folder)


def _padded(folder: Path) -> None:
    build_entities(folder)
    (folder / "model.safetensors").unlink()
    torch.manual_seed(3)
    config = hf.ElectraConfig(
        vocab_size=len(word_pieces(cased=True)),
        hidden_size=32,
        embedding_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    hf.ElectraModel(config).save_pretrained(folder)


def _trained(folder: Path) -> None:
    build_entities(folder)
    torch.manual_seed(3)
    pieces = word_pieces(cased=True)
    config = hf.BertConfig.from_pretrained(folder, id2label={0: "SUMMARY"}, label2id={"SUMMARY": 0})
    assert config.vocab_size == len(pieces)
    hf.BertForTokenClassification(config).save_pretrained(folder)


KINDS = {"states": _of_states, "padded": _padded, "trained": _trained}


@pytest.fixture(scope="module", params=list(KINDS))
def analysis(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    folder: Path = tmp_path_factory.mktemp("summary") / "encoder"
    KINDS[request.param](folder)
    return load_analysis("summary", catalog_of(summary=folder), "cpu")


def summaries(analysis: Analysis, texts: list[str], shuffle: int | None = None) -> list[Summary]:
    found = []
    for results in analyse(analysis, texts, shuffle):
        (result,) = results
        assert isinstance(result, Summary)
        found.append(result)
    return found


def test_what_is_told_are_sentences_of_the_text(analysis: Analysis) -> None:
    texts = [LETTER, *SHORT, *long_texts(120, 6, seed=5)]
    for text, summary in zip(texts, summaries(analysis, texts), strict=True):
        assert summary.sentences
        parts = [text[start:end] for start, end in summary.sentences]
        assert summary.summary.replace(" … ", " ") == " ".join(parts)
        assert list(summary.sentences) == sorted(summary.sentences)
    assert len(summaries(analysis, [LETTER])[0].sentences or ()) == 2


def test_one_sentence_is_its_own_summary(analysis: Analysis) -> None:
    for text in ("It broke after a week.", "👍", "ok", "wrapped\nin two"):
        (summary,) = summaries(analysis, [text])
        assert (summary.summary, summary.sentences) == (text, ((0, len(text)),))


def test_neighbours_and_order_change_nothing(analysis: Analysis) -> None:
    texts = [LETTER, *long_texts(120, 6, seed=6), *SHORT]
    alone = [summaries(analysis, [text])[0] for text in texts]
    assert summaries(analysis, texts) == alone
    assert summaries(analysis, texts, shuffle=4) == alone


def test_a_trained_model_says_which_sentence(tmp_path: Path) -> None:
    """The score of a sentence is the mean of its tokens' logits."""
    folder = tmp_path / "trained"
    _trained(folder)
    model = hf.BertForTokenClassification.from_pretrained(folder)
    text = "My son cried all evening. The zip broke. It came late."
    tokenizer = hf.AutoTokenizer.from_pretrained(folder)
    encoded = tokenizer(text, return_tensors="pt", return_offsets_mapping=True)
    offsets = encoded.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        logits = model(**encoded).logits[0, :, 0].tolist()
    spans = [(0, 25), (26, 40), (41, 54)]
    means = []
    for begin, end in spans:
        own = [
            logit
            for (start, stop), logit in zip(offsets, logits, strict=True)
            if stop > start >= begin and stop <= end
        ]
        means.append(sum(own) / len(own))
    analysis = load_analysis("summary", catalog_of(summary=folder), "cpu")
    (summary,) = summaries(analysis, [text])
    assert summary.sentences == (spans[max(range(3), key=means.__getitem__)],)


def test_a_model_that_writes_still_writes(tmp_path: Path) -> None:
    build_summary(tmp_path / "bart")
    analysis = load_analysis("summary", catalog_of(summary=tmp_path / "bart"), "cpu")
    assert type(analysis) is SummaryAnalysis
    build_entities(tmp_path / "bert")
    analysis = load_analysis("summary", catalog_of(summary=tmp_path / "bert"), "cpu")
    assert type(analysis) is CentralSentences
    (summary,) = summaries(analysis, [LETTER])
    assert summary.as_json()["sentences"] == [list(place) for place in summary.sentences or ()]
