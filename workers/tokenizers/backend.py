"""The tokens of a checkpoint: its own `tokenizer.json`, and what Transformers 4.57.6 made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers, processors

from workers.tokenizers.settings import TokenizerFilesError, TokenizerSettings
from workers.tokenizers.slow_files import convert

FILE = "tokenizer.json"


def build_backend(folder: Path, settings: TokenizerSettings) -> Tokenizer | None:
    """Build the tokenizer of a checkpoint.

    Args:
        folder: With its files.
        settings: Of the folder.

    Returns:
        None if the folder has neither a `tokenizer.json` nor files that are converted here.

    Raises:
        TokenizerFilesError: If a file lacks, or is broken.
    """
    by_model = _from_model(settings) and convert(folder, settings)
    backend = by_model or _read(folder) or convert(folder, settings)
    if backend is None:
        return None
    _add_tokens(backend, settings)
    _prefix_space(backend, bool(settings.said.get("add_prefix_space", False)))
    for rule in settings.kind.rules:
        _RULES[rule](backend, settings)
    backend.encode_special_tokens = bool(settings.said.get("split_special_tokens", False))
    _try(backend, folder)
    return backend


def _from_model(settings: TokenizerSettings) -> bool:
    """`LlamaTokenizerFast`: where `add_prefix_space` is said, the model of SentencePiece counts in
    place of `tokenizer.json`.
    """
    is_llama = settings.class_name == "LlamaTokenizer"
    return is_llama and settings.said.get("add_prefix_space") is not None


def _try(backend: Tokenizer, folder: Path) -> None:
    """A vocabulary without its token for what is unknown fails at the first text that needs it."""
    try:
        backend.encode("\ua66e")  # in hardly any vocabulary
    except Exception as error:  # the library raises nothing more special
        raise TokenizerFilesError(
            f"{folder}: its tokens do not belong together ({error})"
        ) from None


def _read(folder: Path) -> Tokenizer | None:
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing more special
        reason = (str(error).splitlines() or ["no reason given"])[0]
        raise TokenizerFilesError(f"{file} cannot be read ({reason})") from None


def _add_tokens(backend: Tokenizer, settings: TokenizerSettings) -> None:
    """Add what the vocabulary lacks (`PreTrainedTokenizerFast.__init__`)."""
    present = {repr(token) for token in backend.get_added_tokens_decoder().values()}
    lacking = [token for token in settings.added.values() if repr(token) not in present]
    known = {token.content for token in backend.get_added_tokens_decoder().values()}
    known |= {token.content for token in lacking}
    special = [*settings.special.values(), *settings.additional]
    names = {str(token) if isinstance(token, str) else token.content for token in special}
    for token in special:
        # One that is more than its text is added again, and changes how its text is found.
        if isinstance(token, AddedToken):
            lacking += [token] if all(token.content != one.content for one in lacking) else []
        elif token not in known:
            known.add(token)
            lacking.append(AddedToken(token, special=True))
    for token in lacking:
        token.special = token.special or token.content in names
    if lacking:
        backend.add_tokens(lacking)


def _prefix_space(backend: Tokenizer, asked: bool) -> None:
    """Whether a text begins as if a space stood before it, where its rules ask at all."""
    changed = _changed(
        backend.pre_tokenizer, {"add_prefix_space": asked}, pre_tokenizers.ByteLevel()
    )
    if changed is not None:
        backend.pre_tokenizer = changed


def _case(backend: Tokenizer, settings: TokenizerSettings) -> None:
    """`BertTokenizerFast`: how a text is cleaned, where the normalizer can be asked for it."""
    said = settings.said
    asked = {"lowercase": said["do_lower_case"], "strip_accents": said["strip_accents"]}
    if "tokenize_chinese_chars" in settings.kind.options:
        asked["handle_chinese_chars"] = said["tokenize_chinese_chars"]
    changed = _changed(backend.normalizer, asked, normalizers.BertNormalizer())
    if changed is not None:
        backend.normalizer = changed


def _offsets(backend: Tokenizer, settings: TokenizerSettings) -> None:
    """`RobertaTokenizerFast`: whether the space before a word counts to it."""
    asked = {name: settings.said[name] for name in ("add_prefix_space", "trim_offsets")}
    changed = _changed(backend.post_processor, asked, processors.ByteLevel())
    if changed is not None:
        backend.post_processor = changed


def _ends(backend: Tokenizer, settings: TokenizerSettings) -> None:
    """`LlamaTokenizerFast.update_post_processor`."""
    tokens = {
        side: str(settings.special[f"{side}_token"])
        for side in ("bos", "eos")
        if settings.said[f"add_{side}_token"] and f"{side}_token" in settings.special
    }
    bos, eos = tokens.get("bos"), tokens.get("eos")

    def part(letter: str, kind: int) -> str:
        parts = [bos and f"{bos}:{kind}", f"${letter}:{kind}", eos and f"{eos}:{kind}"]
        return " ".join(one for one in parts if one)

    backend.post_processor = processors.TemplateProcessing(
        single=part("A", 0),
        pair=f"{part('A', 0)} {part('B', 1)}",
        special_tokens=[(token, backend.token_to_id(token)) for token in tokens.values()],
    )


_RULES = {"case": _case, "offsets": _offsets, "ends": _ends}


def _changed(component: Any, asked: Mapping[str, Any], blank: Any) -> Any:
    """A part of a tokenizer with other settings, of those that it has; None if it stays as it is.

    Args:
        component: The part; None, or one of Python's own, has no settings.
        asked: Settings by name.
        blank: Any part of the kind, which takes over the state.
    """
    try:
        state = json.loads(component.__getstate__())
    except Exception:
        return None
    if all(state.get(name, value) == value for name, value in asked.items()):
        return None
    blank.__setstate__(json.dumps(state | {k: v for k, v in asked.items() if k in state}).encode())
    return blank
