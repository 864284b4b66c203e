"""Classification heads: the model's own modules, applied to packed tokens.

They compute in float32 whatever the layers compute in, with weights of the layers' precision: it
costs next to nothing, and a bf16 logit has three digits, of which the last would depend on how many
rows went through the head together.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

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


#: Heads that classify a row by its first token, by the model's class. Classes of Transformers are
#: told by their names: to import those of all families takes a second.
_ROWS: dict[str, Callable[[Any], nn.Module]] = {
    "AlbertForSequenceClassification": lambda model: nn.Sequential(
        model.albert.pooler, model.albert.pooler_activation, model.classifier
    ),
    "BertForSequenceClassification": _pooled("bert"),
    "CamembertForSequenceClassification": lambda model: _of_row(model.classifier),
    "DebertaV2ForSequenceClassification": lambda model: _of_row(model.pooler, model.classifier),
    "DistilBertForSequenceClassification": lambda model: nn.Sequential(
        model.pre_classifier, nn.ReLU(), model.classifier
    ),
    "ElectraForSequenceClassification": lambda model: _of_row(model.classifier),
    "ErnieForSequenceClassification": _pooled("ernie"),
    "MPNetForSequenceClassification": lambda model: _of_row(model.classifier),
    "RobertaForSequenceClassification": lambda model: _of_row(model.classifier),
    "XLMRobertaForSequenceClassification": lambda model: _of_row(model.classifier),
}
_PLAIN = ("Albert", "Bert", "Camembert", "DebertaV2", "DistilBert", "Electra", "Ernie", "MPNet")
#: Heads that classify every token, by the name of the module.
_TOKENS: dict[str, str] = {
    f"{family}For{task}": name
    for family in (*_PLAIN, "Roberta", "XLMRoberta")
    for task, name in (("TokenClassification", "classifier"), ("QuestionAnswering", "qa_outputs"))
}
#: ModernBERT's are two modules, and may read the mean of all tokens.
_MODERN_ROWS = "ModernBertForSequenceClassification"
_MODERN = (
    _MODERN_ROWS,
    "ModernBertForTokenClassification",
    "ModernBertForQuestionAnswering",
)

_STATES: nn.Module = nn.Identity()


def head_of(model: Any, precision: Precision) -> Head:
    """Copy the head of a model; that of one without a head gives the hidden states.

    Raises:
        UnsupportedModelError: If it has no head that is known here.
    """
    means, kind = False, _class_of(model)
    if model.base_model is model:
        module, firsts_only = _STATES, False
    elif isinstance(model, SentenceModel):
        module, firsts_only, means = model.head, model.pooling == "cls", model.pooling == "mean"
    elif kind in _MODERN:
        module = nn.Sequential(model.head, model.classifier)
        of_rows = kind == _MODERN_ROWS
        firsts_only = of_rows and model.config.classifier_pooling == "cls"
        means = of_rows and not firsts_only
    elif part := _ROWS.get(kind):
        module, firsts_only = part(model), True
    elif name := _TOKENS.get(kind):
        module, firsts_only = getattr(model, name), False
    else:
        raise UnsupportedModelError(f"the head of a {type(model).__name__}")
    return Head(deepcopy(module).to(DTYPES[precision]).float().eval(), firsts_only, means)


def _class_of(model: Any) -> str:
    """The name of a class of Transformers; "" for any other class, which may compute otherwise."""
    kind = type(model)
    return kind.__name__ if kind.__module__.startswith("transformers.models.") else ""
