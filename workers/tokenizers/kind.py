"""What a class of tokenizers of Transformers 4.57.6 did to tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: What a class did to the rules of a `tokenizer.json` once they were read:
#: case: `do_lower_case`, `strip_accents`, `tokenize_chinese_chars` overrule the normalizer;
#: offsets: `add_prefix_space`, `trim_offsets` overrule the post-processor;
#: ends: `add_bos_token`, `add_eos_token` are the whole post-processor.
Rule = Literal["case", "offsets", "ends"]

Flags = Mapping[str, Mapping[str, bool]]


@dataclass(frozen=True, slots=True)
class TokenizerKind:
    """A class of Transformers 4.57.6, as far as tokens depend on it.

    Attributes:
        tokens: Special tokens by their names, as `mask_token`.
        options: Settings that change tokens.
        flags: Of special tokens that are no plain text to the class: how `AddedToken` is made.
        slow_flags: The same where there is no `tokenizer.json`; None where it is as above.
        additional: Special tokens without a name.
        rules: What it did to the rules of a file.
        converter: The class of Transformers that converts other files than `tokenizer.json`; None
            where that is left to Transformers 5.
        inputs: What its models take besides ids.
    """

    tokens: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    flags: Flags = field(default_factory=dict)
    slow_flags: Flags | None = None
    additional: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    converter: str | None = None
    inputs: tuple[str, ...] = ("attention_mask",)
