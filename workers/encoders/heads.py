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


def _pooled(prefix: str) -> Callable[[Any], nn.Module]:
    return lambda model: _of_row(getattr(model, prefix).pooler, model.classifier)


#: Heads that classify a row by its first token.
_ROWS: dict[type[Any], Callable[[Any], nn.Module]] = {
    hf.AlbertForSequenceClassification: lambda model: nn.Sequential(
        model.albert.pooler, model.albert.pooler_activation, model.classifier
    ),
    hf.BertForSequenceClassification: _pooled("bert"),
    hf.CamembertForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.DebertaV2ForSequenceClassification: lambda model: _of_row(model.pooler, model.classifier),
    hf.DistilBertForSequenceClassification: lambda model: nn.Sequential(
        model.pre_classifier, nn.ReLU(), model.classifier
    ),
    hf.ElectraForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.ErnieForSequenceClassification: _pooled("ernie"),
    hf.MPNetForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.RobertaForSequenceClassification: lambda model: _of_row(model.classifier),
    hf.XLMRobertaForSequenceClassification: lambda model: _of_row(model.classifier),
}
_PLAIN = ("Albert", "Bert", "Camembert", "DebertaV2", "DistilBert", "Electra", "Ernie", "MPNet")
#: Heads that classify every token, by the name of the module.
_TOKENS: dict[type[Any], str] = {
    getattr(hf, f"{family}For{task}"): name
    for family in (*_PLAIN, "Roberta", "XLMRoberta")
    for task, name in (("TokenClassification", "classifier"), ("QuestionAnswering", "qa_outputs"))
}
#: ModernBERT's are two modules, and may read the mean of all tokens.
_MODERN = (
    hf.ModernBertForSequenceClassification,
    hf.ModernBertForTokenClassification,
    hf.ModernBertForQuestionAnswering,
)

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
    elif isinstance(model, _MODERN):
        module = nn.Sequential(model.head, model.classifier)
        of_rows = isinstance(model, hf.ModernBertForSequenceClassification)
        firsts_only = of_rows and model.config.classifier_pooling == "cls"
        means = of_rows and not firsts_only
    elif part := _ROWS.get(type(model)):
        module, firsts_only = part(model), True
    elif name := _TOKENS.get(type(model)):
        module, firsts_only = getattr(model, name), False
    else:
        raise UnsupportedModelError(f"the head of a {type(model).__name__}")
    return Head(deepcopy(module).to(DTYPES[precision]).float().eval(), firsts_only, means)
