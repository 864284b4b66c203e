"""The head of an encoder with random weights, settled so that it says different things of texts.

As drawn, it gives all texts one label, and any arithmetic would agree with any other.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from benchmarks.engine.synthetic.shapes import Shape
from benchmarks.engine.synthetic.texts import documents

#: Documents to settle by: others than are measured.
_LESSONS, _SEED = 32, 98
#: Standard deviation that logits get: labels are then sure of themselves as trained ones are.
_SPREAD = 3.0
#: Logits by which "no entity" leads, so that most tokens are none.
_OUTSIDE_LEAD = 4.0


@torch.inference_mode()
def settle(model: Any, tokenizer: Any, shape: Shape) -> None:
    """Centre and stretch the logits of every class over some texts.

    Args:
        model: With the head as its last linear layer: `classifier` or `qa_outputs`.
        tokenizer: Its own.
        shape: For the window.
    """
    rows = [
        _logits(model, tokenizer, document.text, shape) for document in documents(_LESSONS, _SEED)
    ]
    logits = torch.cat(rows)
    head = model.qa_outputs if hasattr(model, "qa_outputs") else model.classifier
    # For two classes only the difference counts.
    stretch = _SPREAD / (logits - logits.mean(dim=0)).std()
    head.weight.mul_(stretch)
    head.bias.copy_((head.bias - logits.mean(dim=0)) * stretch)
    if shape.architecture == "bert-tokens":
        head.bias[0] += _OUTSIDE_LEAD


def _logits(model: Any, tokenizer: Any, text: str, shape: Shape) -> Tensor:
    """(rows, classes): of the text, or of each of its tokens."""
    inputs = tokenizer(text, truncation=True, max_length=shape.window, return_tensors="pt")
    output = model(**inputs)
    if hasattr(output, "start_logits"):
        return torch.stack((output.start_logits[0], output.end_logits[0]), dim=1)
    logits: Tensor = output.logits
    return logits.reshape(-1, logits.shape[-1])
