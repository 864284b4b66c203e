"""One encoder and a head for each task."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from recipes.encoder.data import entities, intent, sentiment

#: Modules that older models lack.
LATER = ("sentences.", "embedding.", "intent.", "intent_pooler.")


class JointModel(nn.Module):
    """A BERT with the heads that Transformers' own classes have, so that each exports as one.

    Args:
        encoder: Without a pooling layer.
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.pooler = nn.Linear(width, width)
        self.sentiment = nn.Linear(width, len(sentiment.LABELS))
        self.entities = nn.Linear(width, len(entities.LABELS))
        # Not sentiment's pooler: that has learned to forget whether something is asked.
        self.intent_pooler = nn.Linear(width, width)
        self.intent = nn.Linear(width, len(intent.CLASSES))
        self.answer = nn.Linear(width, 2)
        # From the mean of a text's tokens to its vector.
        self.embedding = nn.Linear(width, width)
        # Fitted when all else is; see `recipes.encoder.sentences`.
        self.sentences = nn.Linear(width, 1)
        self.dropout = nn.Dropout(0.1)

    def states(self, ids: Tensor, attention: Tensor) -> Tensor:
        """Hidden states (rows, tokens, width) of token ids (rows, tokens); `attention` is 0 where
        a row is padded.
        """
        types = torch.zeros_like(ids)
        return self.encoder(
            input_ids=ids, attention_mask=attention, token_type_ids=types
        ).last_hidden_state

    def polarity_logits(self, states: Tensor) -> Tensor:
        """Logits (rows, labels) from the first token."""
        return self.sentiment(self.dropout(torch.tanh(self.pooler(states[:, 0]))))

    def intent_logits(self, states: Tensor) -> Tensor:
        """Logits (rows, classes) from the first token, each class for itself."""
        return self.intent(self.dropout(torch.tanh(self.intent_pooler(states[:, 0]))))

    def entity_logits(self, states: Tensor) -> Tensor:
        """Logits (rows, tokens, labels)."""
        return self.entities(self.dropout(states))

    def answer_logits(self, states: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of an answer's begin and end (rows, tokens), none outside of what is allowed; the
        first token, which stands for "not here", always is.
        """
        logits = self.answer(states).float()
        hidden = ~allowed
        hidden[:, 0] = False
        logits = logits.masked_fill(hidden.unsqueeze(-1), -1e4)
        return logits[..., 0], logits[..., 1]

    def vectors(self, states: Tensor, attention: Tensor) -> Tensor:
        """Vectors (rows, width) of whole texts, of length 1."""
        return functional.normalize(self.embedding(mean_of(states, attention)), dim=-1)


def mean_of(states: Tensor, attention: Tensor) -> Tensor:
    """Means (rows, width) over each row's tokens."""
    weights = attention.unsqueeze(-1).to(states.dtype)
    return ((states * weights).sum(1) / weights.sum(1)).float()


def mean_pooled(states: Tensor, attention: Tensor) -> Tensor:
    """Means (rows, width) over each row's tokens, of length 1."""
    return functional.normalize(mean_of(states, attention), dim=-1)


def save(model: JointModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write weights, configuration and tokenizer, so that `load` has them again."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / "weights.pt")
    model.encoder.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def load(folder: Path) -> tuple[JointModel, PreTrainedTokenizerFast]:
    """What `save` has written; heads that a model had not yet are new."""
    encoder = BertModel(BertConfig.from_pretrained(folder), add_pooling_layer=False)
    model = JointModel(encoder)
    state = torch.load(folder / "weights.pt", weights_only=True)
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or not all(name.startswith(LATER) for name in missing):
        raise ValueError(f"{folder} holds another model: {[*missing, *unexpected][:3]}")
    return model, PreTrainedTokenizerFast.from_pretrained(folder)
