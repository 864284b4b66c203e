"""all-MiniLM-L6-v2, from whose vectors of English texts ours are learned."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from recipes.batching import pad
from recipes.encoder.base import load_minilm
from recipes.encoder.model import mean_pooled

ROWS, LONGEST = 64, 128


class Teacher:
    """Says the vector of a text, and keeps what it has said.

    Args:
        folder: Of the checkpoint.
        kept: Folder for what it has said, so that a run that goes on need not ask again.
    """

    def __init__(self, folder: Path, kept: Path) -> None:
        self._folder, self._kept = folder, kept

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """Vectors (texts, width) in float16, of length 1."""
        name = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
        file = self._kept / f"taught-{name}.pt"
        if not file.exists():
            torch.save(self._computed(texts), file)
        vectors: Tensor = torch.load(file, weights_only=True)
        return vectors

    @torch.inference_mode()
    def _computed(self, texts: Sequence[str]) -> Tensor:
        model, tokenizer = load_minilm(self._folder)
        model.eval()
        ids = tokenizer(list(texts), truncation=True, max_length=LONGEST)["input_ids"]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        vectors = torch.zeros(len(ids), model.config.hidden_size, dtype=torch.float16)
        for at in range(0, len(order), ROWS):
            batch = order[at : at + ROWS]
            some = pad([ids[i] for i in batch], tokenizer.pad_token_id)
            attention = (some != tokenizer.pad_token_id).long()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                states = model(input_ids=some, attention_mask=attention).last_hidden_state
            vectors[batch] = mean_pooled(states.float(), attention).half()
        return vectors
