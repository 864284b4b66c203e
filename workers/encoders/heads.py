"""Heads: the model's own modules, over packed tokens.

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
from workers.errors import UnsupportedModelError
from workers.layers.linear import DTYPES


def _of_row(*modules: Any) -> nn.Sequential:
    """For modules that look for the first token themselves, in (rows, tokens, width)."""
    return nn.Sequential(nn.Unflatten(0, (-1, 1)), *modules)


#: What the first token of a row goes through.
_ROWS: dict[type[Any], Callable[[Any], nn.Module]] = {
    hf.BertForSequenceClassification: lambda model: _of_row(model.bert.pooler, model.classifier),
    hf.DistilBertForSequenceClassification: lambda model: nn.Sequential(
        model.pre_classifier, nn.ReLU(), model.classifier
    ),
    hf.RobertaForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.XLMRobertaForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.DebertaV2ForSequenceClassification: lambda model: _of_row(model.pooler, model.classifier),
}
#: What every token goes through.
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


def head_of(model: Any, precision: Precision) -> Head:
    """A copy of the model's head.

    Raises:
        UnsupportedModelError: If it has none that is known.
    """
    if part := _ROWS.get(type(model)):
        module, firsts_only = part(model), True
    elif name := _TOKENS.get(type(model)):
        module, firsts_only = getattr(model, name), False
    else:
        raise UnsupportedModelError(f"the head of a {type(model).__name__}")
    return Head(deepcopy(module).to(DTYPES[precision]).float().eval(), firsts_only)
