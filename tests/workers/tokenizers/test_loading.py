"""The tokens of a checkpoint are those of its own files, as Transformers 4.57.6 read them.

Reported of Transformers 5, which builds tokenizers anew by their class: huggingface/transformers
#45701, #41170, #44454; generative-computing/mellea #947. Expected tokens are by the rules of the
files, or of the class of 4.57.6 that changes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from tests.support.vocabularies import (
    byte_pairs,
    sentence_piece_model,
    sentence_pieces,
    word_pieces,
    write_byte_pairs,
)
from workers.tokenizers.loading import load_tokenizer
from workers.tokenizers.settings import TokenizerFilesError

TEXT = "The ﬁne  PARCEL\tcame ２ days late, é"


def write(folder: Path, backend: Tokenizer | None, model_type: str, **settings: Any) -> Path:
    """A folder with the files of a tokenizer, as a checkpoint has them."""
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    if backend is not None:
        backend.save(str(folder / "tokenizer.json"))
    return folder


def words(normalizer: Any, template: str = "[CLS] $A [SEP]") -> Tokenizer:
    """A WordPiece tokenizer with rules of its own."""
    vocabulary = {piece: number for number, piece in enumerate(word_pieces(cased=True))}
    backend = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    backend.normalizer = normalizer
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = [(token, vocabulary[token]) for token in ("[CLS]", "[SEP]", "[MASK]")]
    backend.post_processor = processors.TemplateProcessing(template, special_tokens=special)
    backend.decoder = decoders.WordPiece()
    backend.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return backend


def pieces(normalizer: Any) -> Tokenizer:
    """A unigram tokenizer as that of DeBERTa-v3, whose special tokens come first."""
    vocabulary = [(token, 0.0) for token in ("[PAD]", "[CLS]", "[SEP]", "[UNK]")]
    vocabulary += [(piece, score) for piece, score, kind in sentence_pieces() if kind == 1]
    backend = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    backend.normalizer = normalizer
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    special = [("[CLS]", 1), ("[SEP]", 2)]
    backend.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, special)
    backend.add_special_tokens(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"])
    return backend


#: Rules that a class of Transformers 5 does not have: what is lost of them is another text.
NFKC = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])


@pytest.mark.parametrize(
    ("backend", "model_type", "class_name"),
    [
        (pieces(NFKC), "deberta-v2", "DebertaV2Tokenizer"),
        (pieces(NFKC), "xlm-roberta", "XLMRobertaTokenizerFast"),
        (words(NFKC), "roberta", "RobertaTokenizer"),  # camembertv2
        (words(NFKC, "[MASK] [CLS] $A [SEP]"), "bert", "BertTokenizer"),
        (words(NFKC), "llama", "GPT2Tokenizer"),  # granite
        (words(NFKC), "bert", "PreTrainedTokenizerFast"),
        (words(NFKC), "bert", "ATokenizerThatNobodyKnows"),
    ],
)
def test_the_checkpoints_own_rules_are_kept(
    tmp_path: Path, backend: Tokenizer, model_type: str, class_name: str
) -> None:
    folder = write(tmp_path, backend, model_type, tokenizer_class=class_name)
    tokenizer = load_tokenizer(folder)
    assert tokenizer.is_fast
    expected = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(TEXT)
    encoded = tokenizer(TEXT)
    assert encoded["input_ids"] == expected.ids
    assert encoded.encodings[0].offsets == expected.offsets


@pytest.mark.parametrize("asked", [True, False])
def test_the_case_is_what_the_configuration_says(tmp_path: Path, asked: bool) -> None:
    """`BertTokenizerFast`: tokenizer_config.json overrules the file."""
    rules = normalizers.BertNormalizer(lowercase=not asked)
    folder = write(tmp_path, words(rules), "bert", do_lower_case=asked)
    tokens = load_tokenizer(folder).tokenize("Berlin")
    assert (tokens == ["Berlin"]) == (not asked)


def test_a_typed_mask_takes_the_space_before_it(tmp_path: Path) -> None:
    write_byte_pairs(tmp_path)
    tokenizer = load_tokenizer(write(tmp_path, None, "roberta"))
    typed = tokenizer("the <mask> box")["input_ids"]
    assert typed == tokenizer("the<mask> box")["input_ids"]
    assert tokenizer.mask_token_id in typed


def test_merges_without_a_vocabulary_are_named(tmp_path: Path) -> None:
    _, merges = byte_pairs()
    (tmp_path / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]), "utf-8")
    with pytest.raises(TokenizerFilesError, match=r"merges\.txt without its vocab\.json"):
        load_tokenizer(write(tmp_path, None, "roberta"))


@pytest.mark.parametrize(
    ("model_type", "file", "first", "last"),
    [
        ("albert", "spiece.model", "[CLS]", "[SEP]"),
        ("camembert", "sentencepiece.bpe.model", "<s>", "</s>"),
        ("deberta-v2", "spm.model", "[CLS]", "[SEP]"),
        ("rembert", "sentencepiece.model", "[CLS]", "[SEP]"),
        ("xlm-roberta", "sentencepiece.bpe.model", "<s>", "</s>"),
        ("xlnet", "spiece.model", None, "<cls>"),
    ],
)
def test_a_model_of_sentencepiece_alone_is_converted(
    tmp_path: Path, model_type: str, file: str, first: str | None, last: str
) -> None:
    special = [
        "<unk>",
        "<s>",
        "</s>",
        "[PAD]",
        "[CLS]",
        "[SEP]",
        "[UNK]",
        "[MASK]",
        "<sep>",
        "<cls>",
    ]
    kinds = {"<unk>": 2}
    own = [(token, 0.0, kinds.get(token, 3)) for token in special]
    normal = [piece for piece in sentence_pieces() if piece[2] == 1]
    (tmp_path / file).write_bytes(sentence_piece_model([*own, *normal]))
    tokenizer = load_tokenizer(write(tmp_path, None, model_type))
    assert tokenizer.is_fast
    tokens = tokenizer.convert_ids_to_tokens(tokenizer("the parcel")["input_ids"])
    expected = [*([first] if first else []), "▁the", "▁parcel"]
    assert tokens[: len(expected)] == expected and tokens[-1] == last


def test_what_is_no_json_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, words(None), "bert")
    (folder / "tokenizer.json").write_text("{", "utf-8")
    with pytest.raises(TokenizerFilesError, match=r"tokenizer\.json"):
        load_tokenizer(folder)
