"""How a text is cleaned before it is tokenised, where a model of SentencePiece alone says it.

Transformers 5 builds the tokenizers of NLLB and mBART-50 anew, by rules of its own: it keeps spaces
at the end of a text. Transformers 4.57.6 did not.
"""

from __future__ import annotations

from tokenizers import Regex, Tokenizer
from tokenizers.normalizers import Replace, Sequence, Strip
from transformers import PreTrainedTokenizerBase


def restore_normalizer(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer that was built from a model of SentencePiece what it was converted to by
    `SpmConverter.normalizer`.

    Without effect on one that is not of the library `tokenizers`, as that of M2M100.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if isinstance(backend, Tokenizer):
        before = [] if backend.normalizer is None else [backend.normalizer]
        strip = [Strip(left=False, right=True), Replace(Regex(" {2,}"), "▁")]
        backend.normalizer = Sequence([*before, *strip])
