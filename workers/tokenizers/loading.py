"""Loading a tokenizer: its tokens are those of Transformers 4.57.6, its face is that of 5."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import BPE
from transformers import CONFIG_MAPPING, AutoTokenizer, PreTrainedTokenizerBase, TokenizersBackend

from workers.tokenizers.backend import FILE, build_backend
from workers.tokenizers.normalizer import restore_normalizer
from workers.tokenizers.settings import (
    TokenizerFilesError,
    TokenizerSettings,
    read_object,
    read_settings,
)

#: Classes that are told the language of each text: Transformers 5 has to know them.
_TOLD = ("MBart50Tokenizer", "MBartTokenizer", "NllbTokenizer")
#: Classes for any tokenizer that is whole in its file.
_OF_ONE_FILE = ("BloomTokenizer", "CohereTokenizer", "PreTrainedTokenizer", "TokenizersBackend")
#: The files of classes that are told the language, or know one pair.
_NEEDED = {
    "M2M100Tokenizer": ("vocab.json", "sentencepiece.bpe.model"),
    "MarianTokenizer": ("vocab.json", "source.spm", "target.spm"),
}
#: What a checkpoint says that does not change tokens.
_KEPT = ("model_max_length", "padding_side", "truncation_side", "pad_token_type_id")


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """Load the tokenizer in a folder; the fast one where the checkpoint allows one.

    Raises:
        TokenizerFilesError: If its files are broken, or do not belong together.
        ValueError: If Transformers cannot read them; or OSError, ImportError.
    """
    settings = read_settings(folder)
    backend = build_backend(folder, settings)
    if backend is None and settings.class_name in _OF_ONE_FILE:
        raise TokenizerFilesError(
            f"{folder} has no {FILE}, which is all that its tokenizer_class "
            f"{settings.class_name} reads"
        )
    is_told = settings.class_name in _TOLD
    if backend is not None and not is_told:
        return StoredTokenizer(backend, settings, folder)
    for name in _NEEDED.get(settings.class_name, ()):
        if not (folder / name).is_file():
            raise TokenizerFilesError(
                f"{folder} has no {name}, which its {settings.class_name} is made of"
            )
    tokenizer: PreTrainedTokenizerBase = _of_transformers(folder)
    if backend is not None:
        tokenizer._tokenizer = backend
    elif is_told:
        restore_normalizer(tokenizer)
    return tokenizer


class StoredTokenizer(TokenizersBackend):
    """A tokenizer of Transformers whose tokens are those of a backend, as it stands.

    Args:
        backend: With all its tokens and rules.
        settings: Of the checkpoint.
        folder: Of the checkpoint.
    """

    def __init__(self, backend: Tokenizer, settings: TokenizerSettings, folder: Path) -> None:
        # The constructor adds tokens, and puts a template of its own around texts.
        self._tokenizer = Tokenizer(BPE())
        said = settings.said
        kept: dict[str, Any] = {name: said[name] for name in _KEPT if said.get(name) is not None}
        if said.get("max_len") is not None:
            kept.setdefault("model_max_length", said["max_len"])
        inputs = said.get("model_input_names") or ["input_ids", *settings.kind.inputs]
        super().__init__(  # type: ignore[no-untyped-call]
            **settings.special,
            **kept,
            extra_special_tokens=list(settings.additional),
            model_input_names=inputs,
            name_or_path=str(folder),
        )
        self._tokenizer = backend


def _of_transformers(folder: Path) -> Any:
    with warnings.catch_warnings():
        # Marian's asks for a package that its tokens do not depend on.
        warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
        return AutoTokenizer.from_pretrained(
            folder, **_kind(folder), trust_remote_code=False, local_files_only=True
        )


def _kind(folder: Path) -> dict[str, Any]:
    """A blank configuration of the checkpoint's architecture: all that tells a class. Its own may
    have values that Transformers 5 does not take.
    """
    said = read_object(folder / "config.json")
    model_type = said.get("model_type")
    if not isinstance(model_type, str) or model_type == "encoder-decoder":
        return {}
    if model_type not in CONFIG_MAPPING:
        return {}
    config: Any = CONFIG_MAPPING[model_type]()
    config.tokenizer_class = said.get("tokenizer_class")
    return {"config": config}
