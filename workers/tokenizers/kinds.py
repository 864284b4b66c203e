"""Kinds of tokenizers: what classes of Transformers 4.57.6 assumed where a checkpoint is silent.

Transformers 5 has fewer classes, with other defaults, and builds most of them anew without looking
at the rules in the checkpoint's `tokenizer.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from transformers.models.mbart.tokenization_mbart import FAIRSEQ_LANGUAGE_CODES

from workers.tokenizers.kind import Flags, TokenizerKind

_WITH_TYPES = ("token_type_ids", "attention_mask")
#: A mask token takes the space before it along.
_SPACED = {"lstrip": True, "rstrip": False}
_SPACED_AS_TYPED = {**_SPACED, "normalized": False}
_PLAIN = {"lstrip": False, "rstrip": False}
_SPECIAL = {"special": True}
_SPACED_SPECIAL = {"lstrip": True, "special": True}


def _named(**tokens: str) -> dict[str, str]:
    return {f"{name}_token": token for name, token in tokens.items()}


_BERT_TOKENS = _named(unk="[UNK]", sep="[SEP]", pad="[PAD]", cls="[CLS]", mask="[MASK]")
_ROBERTA_TOKENS = _named(
    bos="<s>", eos="</s>", sep="</s>", cls="<s>", unk="<unk>", pad="<pad>", mask="<mask>"
)
_ALBERT_TOKENS = _named(
    bos="[CLS]", eos="[SEP]", unk="<unk>", sep="[SEP]", pad="<pad>", cls="[CLS]", mask="[MASK]"
)
_GPT2_TOKENS = _named(unk="<|endoftext|>", bos="<|endoftext|>", eos="<|endoftext|>")
_CASE = {"do_lower_case": True, "tokenize_chinese_chars": True, "strip_accents": None}
_BYTES = {"add_prefix_space": False, "trim_offsets": True}
_ENDS = {"add_bos_token": True, "add_eos_token": False, "padding_side": "left", "legacy": True}
#: Tokens of Pegasus before those of its vocabulary.
_PEGASUS_OFFSET = 103


def _all(tokens: Mapping[str, str], flags: Mapping[str, bool], mask: Mapping[str, bool]) -> Flags:
    return {name: flags for name in tokens} | {"mask_token": mask}


_BERT = TokenizerKind(
    _BERT_TOKENS, _CASE, rules=("case",), converter="BertConverter", inputs=_WITH_TYPES
)
_DISTILBERT = replace(_BERT, inputs=("attention_mask",))
_ROBERTA = TokenizerKind(
    _ROBERTA_TOKENS,
    _BYTES,
    {"mask_token": _SPACED_AS_TYPED},
    _all(_ROBERTA_TOKENS, _PLAIN, _SPACED_AS_TYPED),
    rules=("offsets",),
    converter="RobertaConverter",
)
_BART = TokenizerKind(
    _ROBERTA_TOKENS,
    _BYTES,
    {"mask_token": {"lstrip": True, "normalized": True, "special": True}},
    _all(_ROBERTA_TOKENS, _PLAIN, _SPACED),
    rules=("offsets",),
    converter="RobertaConverter",
)


def _sentence_pieces(converter: str | None) -> TokenizerKind:
    return TokenizerKind(
        _ROBERTA_TOKENS,
        flags={"mask_token": _SPACED},
        slow_flags={"mask_token": _SPACED_SPECIAL},
        converter=converter,
    )


def _with_ends(converter: str | None, **tokens: str) -> TokenizerKind:
    return TokenizerKind(_named(**tokens), _ENDS, rules=("ends",), converter=converter)


_KINDS: dict[str, TokenizerKind] = {
    "Albert": TokenizerKind(
        _ALBERT_TOKENS,
        {"do_lower_case": True, "keep_accents": False},
        {"mask_token": _SPACED_AS_TYPED},
        converter="AlbertConverter",
        inputs=_WITH_TYPES,
    ),
    "Barthez": _sentence_pieces("BarthezConverter"),
    "BigBird": TokenizerKind(
        {**_ROBERTA_TOKENS, **_named(sep="[SEP]", cls="[CLS]", mask="[MASK]")},
        flags=_all(_ROBERTA_TOKENS, _PLAIN, _SPACED),
        converter="BigBirdConverter",
    ),
    "Camembert": TokenizerKind(
        _ROBERTA_TOKENS,
        flags={"mask_token": _SPACED_SPECIAL},
        additional=("<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"),
        converter="CamembertConverter",
    ),
    "CodeGen": TokenizerKind(
        _GPT2_TOKENS,
        _BYTES,
        slow_flags={name: _SPECIAL for name in (*_GPT2_TOKENS, "pad_token")},
        converter="GPT2Converter",
    ),
    "Deberta": TokenizerKind(
        {**_BERT_TOKENS, **_named(bos="[CLS]", eos="[SEP]")},
        _BYTES,
        slow_flags=_all(_ALBERT_TOKENS, _SPECIAL, _SPACED),
        converter="DebertaConverter",
        inputs=_WITH_TYPES,
    ),
    "DebertaV2": TokenizerKind(
        {**_BERT_TOKENS, **_named(bos="[CLS]", eos="[SEP]")},
        {"do_lower_case": False, "split_by_punct": False},
        slow_flags={"unk_token": {"normalized": True, "special": True}},
        converter="DebertaV2Converter",
        inputs=_WITH_TYPES,
    ),
    "FNet": TokenizerKind(
        {name: token for name, token in _ALBERT_TOKENS.items() if name[:3] not in ("bos", "eos")},
        {"do_lower_case": False, "keep_accents": True},
        {"mask_token": _SPACED, "cls_token": _PLAIN, "sep_token": _PLAIN},
        dict.fromkeys(("mask_token", "cls_token", "sep_token"), _SPECIAL),
        converter="AlbertConverter",
        inputs=("token_type_ids",),
    ),
    "Cohere": _with_ends(None, unk="<UNK>", bos="<BOS_TOKEN>", eos="<|END_OF_TURN_TOKEN|>"),
    "DistilBert": _DISTILBERT,
    "Funnel": TokenizerKind(
        _named(
            unk="<unk>", sep="<sep>", pad="<pad>", cls="<cls>", mask="<mask>", bos="<s>", eos="</s>"
        ),
        _CASE,
        rules=("case",),
        converter="FunnelConverter",
        inputs=_WITH_TYPES,
    ),
    "Gemma": _with_ends("GemmaConverter", unk="<unk>", bos="<bos>", eos="<eos>", pad="<pad>"),
    "GPT2": TokenizerKind(
        _GPT2_TOKENS,
        {**_BYTES, "add_bos_token": False},
        slow_flags={name: _PLAIN for name in (*_GPT2_TOKENS, "pad_token")},
        converter="GPT2Converter",
    ),
    "GPTNeoX": TokenizerKind(
        _GPT2_TOKENS, {**_BYTES, "add_bos_token": False, "add_eos_token": False}, rules=("ends",)
    ),
    "Llama": _with_ends("LlamaConverter", unk="<unk>", bos="<s>", eos="</s>"),
    "MBart": replace(_sentence_pieces("MBartConverter"), additional=tuple(FAIRSEQ_LANGUAGE_CODES)),
    "MBart50": _sentence_pieces(None),
    "MPNet": TokenizerKind(
        {**_ROBERTA_TOKENS, "unk_token": "[UNK]"},
        {"do_lower_case": True, "strip_accents": None},
        _all(_ROBERTA_TOKENS, _PLAIN, _SPACED),
        _all(_ROBERTA_TOKENS, _SPECIAL, _SPACED_SPECIAL),
        rules=("case",),
        converter="MPNetConverter",
    ),
    "Nllb": TokenizerKind(
        _ROBERTA_TOKENS,
        flags={"mask_token": {"normalized": True, "lstrip": True, "special": True}},
    ),
    "Pegasus": TokenizerKind(
        _named(pad="<pad>", eos="</s>", unk="<unk>", mask="<mask_2>"),
        {"mask_token_sent": "<mask_1>", "offset": _PEGASUS_OFFSET},
        additional=("<mask_1>", *(f"<unk_{number}>" for number in range(2, _PEGASUS_OFFSET))),
        converter="PegasusConverter",
    ),
    "PreTrained": TokenizerKind(inputs=_WITH_TYPES),
    "Qwen2": TokenizerKind(
        _named(unk="<|endoftext|>", eos="<|endoftext|>", pad="<|endoftext|>"),
        flags={
            f"{name}_token": {**_PLAIN, "special": True, "normalized": False}
            for name in ("bos", "eos", "unk", "pad")
        },
    ),
    "RemBert": TokenizerKind(
        _ALBERT_TOKENS,
        {"do_lower_case": True, "keep_accents": False},
        {"mask_token": _SPACED},
        converter="RemBertConverter",
        inputs=_WITH_TYPES,
    ),
    "T5": TokenizerKind(_named(eos="</s>", unk="<unk>", pad="<pad>")),
    "XGLM": TokenizerKind(
        {name: token for name, token in _ROBERTA_TOKENS.items() if name != "mask_token"},
        additional=tuple(f"<madeupword{number}>" for number in range(7)),
        converter="XGLMConverter",
    ),
    "XLMRoberta": _sentence_pieces("XLMRobertaConverter"),
    "XLNet": TokenizerKind(
        {**_ROBERTA_TOKENS, **_named(sep="<sep>", cls="<cls>")},
        {"do_lower_case": False, "keep_accents": False, "padding_side": "left"},
        {"mask_token": _SPACED},
        {"mask_token": _SPACED_SPECIAL},
        additional=("<eop>", "<eod>"),
        converter="XLNetConverter",
        inputs=_WITH_TYPES,
    ),
}
_KINDS |= dict.fromkeys(("Bert", "ConvBert", "Electra", "LayoutLM", "Lxmert", "MobileBert"), _BERT)
_KINDS |= dict.fromkeys(("Realm", "RetriBert", "SqueezeBert"), _BERT)
_KINDS |= dict.fromkeys(("Longformer", "Roberta"), _ROBERTA)
_KINDS["Splinter"] = replace(
    _BERT,
    options={**_CASE, "question_token": "[QUESTION]"},
    additional=("[QUESTION]",),
    converter="SplinterConverter",
)
_KINDS["Blenderbot"] = replace(_ROBERTA, converter="BlenderbotConverter")
_KINDS |= dict.fromkeys(("Bart", "LED", "Mvp"), _BART)
_KINDS |= {"MT5": _KINDS["T5"], "TokenizersBackend": _KINDS["PreTrained"]}

#: By the names of their classes, without `Tokenizer` and `Fast`.
KINDS: Mapping[str, TokenizerKind] = MappingProxyType(_KINDS)
#: Any other class whose checkpoint has a `tokenizer.json`: nothing is assumed.
ANY = TokenizerKind()
