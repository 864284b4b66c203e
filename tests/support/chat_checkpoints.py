"""Tiny random checkpoints that chat, or only continue, with a tokenizer of bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from tests.support.causal_models import gpt2, llama, qwen2, settled

#: Tokens that each of these reads at the most.
WINDOW = 512
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
#: One that knows no instructions apart from what a user says, as Gemma's.
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + CHAT
)
_SPECIAL = ["<|im_start|>", "<|im_end|>", "<|pad|>"]
_BYTES = sorted(pre_tokenizers.ByteLevel.alphabet())
#: The bytes, what is special, and a few that no text has.
_VOCABULARY = 280


def build_tokenizer(folder: Path, template: str | None) -> PreTrainedTokenizerFast:
    """A token a byte."""
    vocabulary = {byte: number for number, byte in enumerate(_BYTES)}
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken(one, special=True) for one in _SPECIAL])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        eos_token="<|im_end|>",
        pad_token="<|pad|>",
        model_max_length=WINDOW,
    )
    if template is not None:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    return tokenizer


def build_chat(folder: Path, family: str = "llama", template: str | None = CHAT) -> Path:
    """A checkpoint of `llama`, `qwen2` or `gpt2`; without a template it only continues."""
    tokenizer = build_tokenizer(folder, template)
    ends = {"eos_token_id": tokenizer.eos_token_id, "bos_token_id": None}
    ends |= {"pad_token_id": tokenizer.pad_token_id}
    changes: dict[str, Any] = {"vocab_size": _VOCABULARY, **ends}
    if family == "gpt2":
        model = gpt2(n_positions=WINDOW, **changes)
    else:
        model = {"llama": llama, "qwen2": qwen2}[family](max_position_embeddings=WINDOW, **changes)
    settled(model).save_pretrained(folder)
    return folder
