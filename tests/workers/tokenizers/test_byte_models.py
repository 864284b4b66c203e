"""A `tokenizer.model` of Llama, Gemma or XGLM is converted as 4.57.6 converted it; Transformers 5
joins pieces in another order, and puts no space behind a special token.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models

from tests.support.vocabularies import merged_pieces, sentence_piece_model, sentence_pieces
from workers.tokenizers.loading import load_tokenizer

_BYTES = [(f"<0x{byte:02X}>", 0.0, 6) for byte in range(256)]


def write(folder: Path, name: str, special: list[tuple[str, float, int]], **said: Any) -> Path:
    """A folder with the model of a class of tokenizers."""
    ranked = [piece for piece in merged_pieces() if piece[2] == 1]
    model = sentence_piece_model([*special, *_BYTES, *ranked], bpe=True)
    (folder / "tokenizer.model").write_bytes(model)
    settings = {"tokenizer_class": name, **said}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    return folder


def llama(folder: Path, **said: Any) -> Any:
    special = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3)]
    return load_tokenizer(write(folder, "LlamaTokenizer", special, **said))


@pytest.mark.parametrize(("legacy", "spaced"), [(None, True), (True, True), (False, False)])
def test_an_old_llama_begins_anew_behind_a_special_token(
    tmp_path: Path, legacy: bool | None, spaced: bool
) -> None:
    tokenizer = llama(tmp_path, legacy=legacy)
    begin = ["▁the"] if spaced else list("the")
    assert tokenizer.tokenize("<s>the parcel") == ["<s>", *begin, "▁parcel"]
    assert tokenizer("the")["input_ids"] == tokenizer.convert_tokens_to_ids(["<s>", "▁the"])


def test_pieces_are_joined_by_their_scores_and_what_is_unknown_is_bytes(tmp_path: Path) -> None:
    tokenizer = llama(tmp_path)
    assert tokenizer.tokenize("the parcel") == ["▁the", "▁parcel"]
    assert tokenizer.tokenize("Ж")[-2:] == ["<0xD0>", "<0x96>"]
    assert tokenizer.decode(tokenizer("the Ж parcel")["input_ids"][1:]) == "the Ж parcel"


@pytest.mark.parametrize("asked", [True, False])
def test_a_space_that_is_asked_for_has_the_model_read(tmp_path: Path, asked: bool) -> None:
    """`LlamaTokenizerFast` made the tokenizer anew then, whatever `tokenizer.json` says."""
    Tokenizer(models.WordLevel({"<unk>": 0}, "<unk>")).save(str(tmp_path / "tokenizer.json"))
    assert llama(tmp_path).tokenize("the") == ["<unk>"]
    assert llama(tmp_path, add_prefix_space=None).tokenize("the") == ["<unk>"]
    begun = ["▁the"] if asked else list("the")
    assert llama(tmp_path, add_prefix_space=asked).tokenize("the") == begun


def test_gemma_has_no_space_before_a_text(tmp_path: Path) -> None:
    names = [("<pad>", 3), ("<eos>", 3), ("<bos>", 3), ("<unk>", 2), ("<start_of_turn>", 4)]
    special = [(name, 0.0, kind) for name, kind in names]
    tokenizer = load_tokenizer(write(tmp_path, "GemmaTokenizer", special))
    tokens = tokenizer.convert_ids_to_tokens(tokenizer("<start_of_turn>the parcel")["input_ids"])
    assert tokens == ["<bos>", "<start_of_turn>", *"the", "▁parcel"]


def test_xglm_begins_with_the_end(tmp_path: Path) -> None:
    special = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3)]
    normal = [piece for piece in sentence_pieces() if piece[2] == 1]
    model = sentence_piece_model([*special, *normal])
    (tmp_path / "sentencepiece.bpe.model").write_bytes(model)
    said = '{"tokenizer_class": "XGLMTokenizer"}'
    (tmp_path / "tokenizer_config.json").write_text(said, "utf-8")
    tokenizer = load_tokenizer(tmp_path)
    tokens = tokenizer.convert_ids_to_tokens(tokenizer("the parcel")["input_ids"])
    assert tokens == ["</s>", "▁the", "▁parcel"]
    assert tokenizer.convert_tokens_to_ids("<s>") == 0


def test_pegasus_splits_at_spaces_before_it_looks_for_pieces(tmp_path: Path) -> None:
    normal = [piece for piece in sentence_pieces() if piece[2] == 1]
    model = sentence_piece_model([("<pad>", 0.0, 3), ("</s>", 0.0, 3), ("<unk>", 0.0, 2), *normal])
    (tmp_path / "spiece.model").write_bytes(model)
    said = '{"tokenizer_class": "PegasusTokenizer", "offset": 5}'
    (tmp_path / "tokenizer_config.json").write_text(said, "utf-8")
    tokenizer = load_tokenizer(tmp_path)
    ids = tokenizer("the </s> parcel ")["input_ids"]
    tokens = tokenizer.convert_ids_to_tokens(ids)
    assert tokens == ["▁the", "</s>", "▁parcel", "</s>"]
    special = ["<pad>", "</s>", "<mask_1>", "<mask_2>", "<unk_2>", "<unk_3>", "<unk_4>"]
    assert tokenizer.convert_ids_to_tokens(list(range(8))) == [*special, "<unk>"]
    assert tokenizer.unk_token_id == 7
