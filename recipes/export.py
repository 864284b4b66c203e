"""Write a trained pocket model as an ordinary Transformers checkpoint in half precision."""

from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase


def export_checkpoint(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, directory: Path
) -> int:
    """Save `model` in fp16 safetensors with configuration and tokenizer; return the weights' bytes.

    The model itself is rounded to fp16 and returned to fp32, so scores measured on it afterwards
    are those of the exported weights. A model card (`README.md`) in `directory` is kept.
    """
    directory.mkdir(parents=True, exist_ok=True)
    model.eval().to(torch.float16)
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    settings = directory / "tokenizer_config.json"
    # Transformers 5 writes its new name for the generic class; version 4 knows only the old one.
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("TokenizersBackend", "PreTrainedTokenizerFast"), "utf-8")
    model.to(torch.float32)  # type: ignore[arg-type]
    weights = directory / "model.safetensors"
    weights.chmod(0o644)  # safetensors writes it for the owner alone
    return weights.stat().st_size
