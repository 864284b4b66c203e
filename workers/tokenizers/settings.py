"""What the files of a checkpoint say of its tokenizer, beside its vocabulary.

They are read as `PreTrainedTokenizerBase._from_pretrained` of Transformers 4.57.6 read them:
`tokenizer_config.json`, and, where that has no `added_tokens_decoder`, the older files as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import AddedToken

from workers.tokenizers.classes import class_for
from workers.tokenizers.kind import Flags, TokenizerKind
from workers.tokenizers.kinds import ANY, KINDS

Token = str | AddedToken

#: The names of special tokens, in the order in which they were added.
SPECIAL_TOKENS = (
    "bos_token",
    "eos_token",
    "unk_token",
    "sep_token",
    "pad_token",
    "cls_token",
    "mask_token",
)
_ADDITIONAL = "additional_special_tokens"
#: Keys that AddedToken takes; others are of other versions.
_FLAGS = ("content", "single_word", "lstrip", "rstrip", "normalized", "special")


class TokenizerFilesError(ValueError):
    """The files of a tokenizer are broken, or do not belong together. One sentence."""


@dataclass(frozen=True, slots=True)
class TokenizerSettings:
    """What a checkpoint says, complete with what its class assumes.

    Attributes:
        class_name: The tokenizer's class, without `Fast`; empty if nothing says it.
        kind: What that class does.
        said: All keys of `tokenizer_config.json`, and what the class assumes of others.
        special: The special tokens by name, in the order of `SPECIAL_TOKENS`.
        additional: Further special tokens.
        added: Tokens beside the vocabulary, by their ids.
    """

    class_name: str
    kind: TokenizerKind
    said: Mapping[str, Any]
    special: Mapping[str, Token]
    additional: tuple[Token, ...]
    added: Mapping[int, AddedToken]


def read_settings(folder: Path) -> TokenizerSettings:
    """Read the settings in a folder.

    Raises:
        TokenizerFilesError: If a file is no JSON object, or says of a token what is no token.
    """
    said = read_object(folder / "tokenizer_config.json")
    name = _class_name(folder, said)
    kind = KINDS.get(name.removesuffix("Fast").removesuffix("Tokenizer"), ANY)
    added = {int(number): _token(token) for number, token in _added(said).items()}
    if not added:
        said, added = _with_older_files(folder, said)
    values = {**kind.tokens, **kind.options, **said}
    known = {token.content: token for token in added.values()}
    flags = kind.flags if (folder / "tokenizer.json").is_file() else _slow_flags(kind)
    special = {
        token_name: _special(flags, token_name, values[token_name], known)
        for token_name in SPECIAL_TOKENS
        if values.get(token_name) is not None
    }
    more = values.get(_ADDITIONAL, list(kind.additional))
    additional = tuple(_plain_or_added(one) for one in more) if isinstance(more, list) else ()
    return TokenizerSettings(
        name.removesuffix("Fast"), kind, values, special, additional, dict(sorted(added.items()))
    )


def read_object(file: Path) -> dict[str, Any]:
    """A JSON object in a file; an empty one if there is no file.

    Raises:
        TokenizerFilesError: If it is something else.
    """
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise TokenizerFilesError(f"{file} cannot be read as a JSON object")
    return content


def _class_name(folder: Path, said: Mapping[str, Any]) -> str:
    """The class that `AutoTokenizer` of 4.57.6 took."""
    config = read_object(folder / "config.json")
    names = (said.get("tokenizer_class"), config.get("tokenizer_class"))
    named = next((name for name in names if isinstance(name, str) and name), None)
    if named is None:
        return class_for(str(config.get("model_type")))
    return named


def _added(said: Mapping[str, Any]) -> Mapping[str, Any]:
    tokens = said.get("added_tokens_decoder") or {}
    if not isinstance(tokens, dict):
        raise TokenizerFilesError("tokenizer_config.json: added_tokens_decoder is no object")
    return tokens


def _with_older_files(
    folder: Path, said: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[int, AddedToken]]:
    """The settings with those of `special_tokens_map.json`, and the added tokens."""
    values = dict(said)
    for name, value in read_object(folder / "special_tokens_map.json").items():
        if name == _ADDITIONAL and isinstance(value, list):
            before = list(values.get(_ADDITIONAL) or [])
            value = before + [one for one in value if one not in before]
        elif isinstance(value, dict):
            value = value | {"special": True}
        values[name] = value
    special = {_content(values.get(name)) for name in SPECIAL_TOKENS}
    special |= {_content(one) for one in values.get(_ADDITIONAL) or ()}
    added: dict[int, AddedToken] = {}
    for text, number in read_object(folder / "added_tokens.json").items():
        is_special = text in special
        added[int(number)] = AddedToken(text, normalized=not is_special, special=is_special)
    for token in read_object(folder / "tokenizer.json").get("added_tokens") or ():
        added[int(token["id"])] = _token(token)
    return values, added


def _special(flags: Flags, name: str, value: Any, known: Mapping[str, AddedToken]) -> Token:
    """A special token as the class keeps it."""
    token = _plain_or_added(value)
    token = known.get(_content(token), token)
    if isinstance(token, str) and name in flags:
        return AddedToken(token, **flags[name])
    return token


def _slow_flags(kind: TokenizerKind) -> Flags:
    """How the slow class made its tokens; whether they are normalized was settled there."""
    flags = kind.flags if kind.slow_flags is None else kind.slow_flags
    return {name: {"normalized": not one.get("special"), **one} for name, one in flags.items()}


def _plain_or_added(value: Any) -> Token:
    return value if isinstance(value, str) else _token(value)


def _token(value: Any) -> AddedToken:
    if not isinstance(value, dict) or not isinstance(value.get("content"), str):
        raise TokenizerFilesError("the tokenizer's files name a special token that is no text")
    return AddedToken(**{flag: value[flag] for flag in _FLAGS if flag in value})


def _content(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("content"))
    return str(value)
