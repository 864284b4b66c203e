"""What classes of 4.57.6 did to texts, or put around them, where no `tokenizer.json` says it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers

from tests.support.vocabularies import WORDS, word_pieces, write_byte_pairs, write_sentence_pieces
from workers.tokenizers.loading import load_tokenizer
from workers.tokenizers.settings import TokenizerFilesError


def write(folder: Path, model_type: str, **settings: Any) -> Path:
    """What says of a folder with a vocabulary which tokenizer it is."""
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    return folder


def test_a_text_of_blenderbot_has_no_begin(tmp_path: Path) -> None:
    write_byte_pairs(tmp_path)
    tokenizer = load_tokenizer(write(tmp_path, "blenderbot"))
    ids = tokenizer("the parcel")["input_ids"]
    assert ids[-1] == tokenizer.eos_token_id and ids[0] != tokenizer.bos_token_id


@pytest.mark.parametrize("name", ["CohereTokenizerFast", "GemmaTokenizer", "LlamaTokenizerFast"])
@pytest.mark.parametrize("begins", [None, False])
def test_a_text_begins_with_the_token_for_it(
    tmp_path: Path, name: str, begins: bool | None
) -> None:
    """Whatever the template in `tokenizer.json` says."""
    vocabulary = {"<b>": 0, "the": 1, "<u>": 2}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<u>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.save(str(tmp_path / "tokenizer.json"))
    asked = {} if begins is None else {"add_bos_token": begins}
    special = dict.fromkeys(("eos_token", "pad_token", "unk_token"), "<u>")
    folder = write(tmp_path, "llama", tokenizer_class=name, bos_token="<b>", **special, **asked)
    assert load_tokenizer(folder)("the")["input_ids"] == ([0, 1] if begins is None else [1])


def test_splinter_asks_with_a_token_of_its_own(tmp_path: Path) -> None:
    pieces = [*word_pieces(cased=False), "[QUESTION]"]
    (tmp_path / "vocab.txt").write_text("\n".join([*pieces, ""]), "utf-8")
    tokenizer = load_tokenizer(write(tmp_path, "splinter", do_lower_case=True))
    pair = tokenizer("the parcel", "late")["input_ids"]
    said = " ".join(tokenizer.convert_ids_to_tokens(pair))
    assert said == "[CLS] the parcel [QUESTION] . [SEP] late [SEP]"
    assert tokenizer("late")["input_ids"][-1] == tokenizer.sep_token_id


@pytest.mark.parametrize("model_type", ["mbart", "xlm-roberta"])
def test_what_a_model_of_sentencepiece_makes_alike_stays_alike(
    tmp_path: Path, model_type: str
) -> None:
    """Ligatures and wide letters: Transformers 5 forgot it for mBART."""
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(WORDS), " ".join(reversed(WORDS))]),
        model_writer=made,
        vocab_size=80,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (tmp_path / "sentencepiece.bpe.model").write_bytes(made.getvalue())
    tokenizer = load_tokenizer(write(tmp_path, model_type))
    assert tokenizer("ﬁne Ｔhe…")["input_ids"] == tokenizer("fine The...")["input_ids"]


def test_the_language_is_no_text(tmp_path: Path) -> None:
    """mBART's codes of languages are special, also where a model of SentencePiece is all."""
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(WORDS)] * 2),
        model_writer=made,
        vocab_size=80,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (tmp_path / "sentencepiece.bpe.model").write_bytes(made.getvalue())
    tokenizer = load_tokenizer(write(tmp_path, "mbart"))
    tokenizer.src_lang = "de_DE"
    ids = tokenizer("the")["input_ids"]
    assert tokenizer.convert_ids_to_tokens(ids)[-2:] == ["</s>", "de_DE"]
    assert str(tokenizer.decode(ids, skip_special_tokens=True)).strip() == "the"


@pytest.mark.parametrize("missing", ["vocab.json", "source.spm", "target.spm"])
def test_a_file_that_marian_needs_is_named(tmp_path: Path, missing: str) -> None:
    write_sentence_pieces(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(TokenizerFilesError, match=f"has no {missing}"):
        load_tokenizer(write(tmp_path, "marian"))


def test_a_class_for_any_tokenizer_needs_its_file(tmp_path: Path) -> None:
    write_byte_pairs(tmp_path)
    with pytest.raises(TokenizerFilesError, match=r"has no tokenizer\.json"):
        load_tokenizer(write(tmp_path, "bert", tokenizer_class="PreTrainedTokenizerFast"))


def test_a_vocabulary_without_the_unknown_is_named(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[CLS]\n[SEP]\nthe\n", "utf-8")
    with pytest.raises(TokenizerFilesError, match="do not belong together"):
        load_tokenizer(write(tmp_path, "bert"))


@pytest.mark.parametrize("value", [None, "x"])
def test_a_configuration_does_not_keep_a_tokenizer_from_its_class(
    tmp_path: Path, value: Any
) -> None:
    """Transformers 5 reads all of config.json to find the class."""
    write_sentence_pieces(tmp_path)
    folder = write(tmp_path, "marian", source_lang="en", target_lang="de")
    config = {"model_type": "marian", "decoder_start_token_id": value, "use_cache": value}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    assert type(load_tokenizer(folder)).__name__ == "MarianTokenizer"
