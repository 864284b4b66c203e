"""How a text is cleaned before it is tokenised, as Transformers 4.57.6 did it.

Transformers 5 builds the tokenizers of NLLB and mBART-50 anew, by rules of its own: it keeps spaces
at the end of a text, and does not look at those that the checkpoint's `tokenizer.json` has.
"""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer
from tokenizers.normalizers import Normalizer, Replace, Sequence, Strip
from transformers import PreTrainedTokenizerBase


def restore_normalizer(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer, as loaded from its folder, the rules that it had in 4.57.6.

    Without effect on one that is not of the library `tokenizers`, as that of M2M100.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if not isinstance(backend, Tokenizer):
        return
    file = Path(str(tokenizer.name_or_path), "tokenizer.json")
    if file.is_file():
        rules = _rules(file)
        backend.normalizer = rules.normalizer
        backend.pre_tokenizer = rules.pre_tokenizer
        backend.decoder = rules.decoder
    else:
        backend.normalizer = _converted(backend.normalizer)


def _rules(file: Path) -> Tokenizer:
    """The tokenizer of a file without its vocabulary, which is large."""
    content = json.loads(file.read_text("utf-8"))
    content |= {"model": {"type": "BPE", "vocab": {}, "merges": []}, "added_tokens": []}
    content |= {"post_processor": None, "truncation": None, "padding": None}
    return Tokenizer.from_str(json.dumps(content))


def _converted(built: Normalizer | None) -> Normalizer:
    """What a model of SentencePiece was converted to (`SpmConverter.normalizer`)."""
    before = [] if built is None else [built]
    return Sequence([*before, Strip(left=False, right=True), Replace(Regex(" {2,}"), "▁")])
