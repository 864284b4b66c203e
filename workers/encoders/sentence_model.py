"""A model that gives one vector a text: an encoder, its pooling, linear layers behind it.

For Transformers this is no model of its own but a folder of sentence-transformers, of which it
loads the encoder; the rest is in the folders beside, see `sentence_layout`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from workers.models.sentence_layout import DenseFiles, SentenceLayout, sentence_layout

_ACTIVATIONS = {"Identity": nn.Identity, "Tanh": nn.Tanh}


class SentenceModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    """Gives a vector for each row, of any length: whoever wants length 1 divides.

    Args:
        encoder: Of Transformers, without a head.
        layout: What comes behind it.

    Attributes:
        encoder: As given.
        pooling: What a vector is made of.
        head: The function from (rows, width) to (rows, numbers).
    """

    base_model_prefix = "encoder"
    main_input_name = "input_ids"
    #: Weights that are no part of the checkpoint's own file.
    read_by_itself = ("head.",)
    # It has no attention of its own: the encoder has been asked already.
    _supports_sdpa = _supports_flash_attn = _supports_flex_attn = True

    def __init__(self, encoder: PreTrainedModel, layout: SentenceLayout) -> None:
        super().__init__(encoder.config)
        self.encoder = encoder
        self.pooling = layout.pooling
        self.head = _head(layout.dense)

    @classmethod
    def from_pretrained(cls, folder: Path, **options: Any) -> Any:  # type: ignore[override]
        """Load a folder, with what `AutoModel.from_pretrained` takes; `dtype` goes for all of it.

        Returns:
            The model, and what was missing of its encoder, without what pools in BERT's own way.

        Raises:
            SentenceLayoutError: If the modules behind the encoder cannot be read.
        """
        layout = sentence_layout(folder)
        encoder, info = AutoModel.from_pretrained(folder, **options)
        missing = [name for name in info["missing_keys"] if not name.startswith("pooler.")]
        return cls(encoder, layout).to(options["dtype"]), {"missing_keys": missing}

    @classmethod
    def from_config(cls, config: Any, **options: Any) -> SentenceModel:
        """Make it with random weights of the encoder, whose folder the configuration is from."""
        layout = sentence_layout(Path(config.name_or_path))
        encoder: Any = AutoModel.from_config(config, **options)  # type: ignore[no-untyped-call]
        # Of the encoder only what is read: a pooler would be missed in its weights.
        encoder.pooler = None
        return cls(encoder, layout)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor | None = None,
    ) -> SequenceClassifierOutput:
        """A vector for each padded row, (rows, numbers), as `logits`."""
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **types)
        hidden: Tensor = states.last_hidden_state
        if self.pooling == "cls":
            pooled = hidden[:, 0]
        else:
            real = attention_mask.unsqueeze(-1)
            pooled = (hidden.float() * real).sum(1) / real.sum(1)
        vectors = self.head(pooled.to(self.dtype))
        return SequenceClassifierOutput(logits=vectors)


def _head(layers: Sequence[DenseFiles]) -> nn.Module:
    modules: list[nn.Module] = []
    for files in layers:
        linear = nn.Linear(files.inputs, files.outputs, bias=files.bias)
        stored = load_file(files.weights)
        with torch.no_grad():
            for name, parameter in linear.named_parameters():
                _fill(parameter, stored.get(f"linear.{name}"), f"{files.folder.name} linear.{name}")
        modules += [linear, _ACTIVATIONS[files.activation]()]
    return nn.Sequential(*modules)


def _fill(parameter: Tensor, stored: Tensor | None, name: str) -> None:
    if stored is None or stored.shape != parameter.shape:
        raise ValueError(f"{name} is missing, or of another shape than its configuration says")
    parameter.copy_(stored)
