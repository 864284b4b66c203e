"""Classification heads: the model's own modules, applied to packed tokens.

They compute in float32 whatever the layers compute in, with weights of the layers' precision: it
costs next to nothing, and a bf16 logit has three digits, of which the last would depend on how many
rows went through the head together.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import transformers as hf
from torch import nn

from schema.catalog import Precision
from workers.encoders.packed import Head
from workers.encoders.sentence_model import SentenceModel
from workers.errors import UnsupportedModelError
from workers.layers.linear import DTYPES


def _of_row(*modules: Any) -> nn.Sequential:
    """Wrap modules that pick the first token themselves, out of (rows, tokens, width)."""
    return nn.Sequential(nn.Unflatten(0, (-1, 1)), *modules)


#: Heads that classify a row by its first token.
_ROWS: dict[type[Any], Callable[[Any], nn.Module]] = {
    hf.BertForSequenceClassification: lambda model: _of_row(model.bert.pooler, model.classifier),
    hf.DistilBertForSequenceClassification: lambda model: nn.Sequential(
        model.pre_classifier, nn.ReLU(), model.classifier
    ),
    hf.RobertaForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.XLMRobertaForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.DebertaV2ForSequenceClassification: lambda model: _of_row(model.pooler, model.classifier),
}
#: Heads that classify every token, by the name of the module.
_TOKENS: dict[type[Any], str] = {
    hf.BertForTokenClassification: "classifier",
    hf.DistilBertForTokenClassification: "classifier",
    hf.RobertaForTokenClassification: "classifier",
    hf.XLMRobertaForTokenClassification: "classifier",
    hf.DebertaV2ForTokenClassification: "classifier",
    hf.BertForQuestionAnswering: "qa_outputs",
    hf.DistilBertForQuestionAnswering: "qa_outputs",
    hf.RobertaForQuestionAnswering: "qa_outputs",
    hf.XLMRobertaForQuestionAnswering: "qa_outputs",
    hf.DebertaV2ForQuestionAnswering: "qa_outputs",
}

_STATES: nn.Module = nn.Identity()


def head_of(model: Any, precision: Precision) -> Head:
    """Copy the head of a model; that of one without a head gives the hidden states.

    Raises:
        UnsupportedModelError: If it has no head that is known here.
    """
    means = False
    if model.base_model is model:
        module, firsts_only = _STATES, False
    elif isinstance(model, SentenceModel):
        module, firsts_only, means = model.head, model.pooling == "cls", model.pooling == "mean"
    elif part := _ROWS.get(type(model)):
        module, firsts_only = part(model), True
    elif name := _TOKENS.get(type(model)):
        module, firsts_only = getattr(model, name), False
    else:
        raise UnsupportedModelError(f"the head of a {type(model).__name__}")
    return Head(deepcopy(module).to(DTYPES[precision]).float().eval(), firsts_only, means)
