"""Which class of tokenizers Transformers 4.57.6 had for an architecture."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from transformers.models.auto.tokenization_auto import TOKENIZER_MAPPING_NAMES

_BYTE_PAIRS = ("exaone4", "gpt_bigcode", "granite", "granitemoe", "granitemoehybrid", "olmo3")
_LLAMAS = (
    "deepseek_v2",
    "deepseek_v3",
    "jamba",
    "llama",
    "mistral",
    "mixtral",
    "persimmon",
    "phi3",
)
_NEO = ("gpt_neox", "olmo2", "stablelm")

#: The classes of architectures that Transformers 5 has another for, or none.
_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "bart": "BartTokenizer",
        "bigbird_pegasus": "PegasusTokenizer",
        "codegen": "CodeGenTokenizer",
        "distilbert": "DistilBertTokenizer",
        "falcon": "PreTrainedTokenizer",
        "longt5": "T5Tokenizer",
        "nystromformer": "AlbertTokenizer",
        "pegasus_x": "PegasusTokenizer",
        "phi": "CodeGenTokenizer",
        "umt5": "T5Tokenizer",
        "xlm-roberta-xl": "XLMRobertaTokenizer",
        **dict.fromkeys(_BYTE_PAIRS, "GPT2Tokenizer"),
        **dict.fromkeys(_LLAMAS, "LlamaTokenizer"),
        **dict.fromkeys(_NEO, "GPTNeoXTokenizer"),
    }
)


def class_for(model_type: str) -> str:
    """The class that read the tokenizers of an architecture, where a checkpoint names none; empty
    if nobody knows it.
    """
    return _CLASSES.get(model_type) or TOKENIZER_MAPPING_NAMES.get(model_type) or ""
