"""Write the trained encoder and its heads as checkpoints that share the encoder's weights.

`python -m recipes.encoder.export --model FOLDER --output workers/pocket` writes a folder `encoder`
and one for each head. A head's folder is an ordinary checkpoint of Transformers but for two things:
`model.safetensors` holds the head alone, and `encoder.json` names the folder of the encoder, with
the tokenizer, and the hash of the weights that the head was trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from recipes.encoder.card import encoder_card, head_card
from recipes.encoder.data import entities, intent, sentiment
from recipes.encoder.model import JointModel, load

#: How the encoder is stored: every matrix in 8 bits with a scale for each row, or all in 16 bits.
Storage = Literal["int8", "fp16"]

ENCODER, WEIGHTS, REFERENCE = "encoder", "model.safetensors", "encoder.json"
#: The largest number of 8 bits that a weight becomes.
LARGEST = 127
#: Smallest scale, so that a row of zeros divides by something.
_TINY = 1e-12


@dataclass(frozen=True)
class Head:
    """A head as Transformers has it.

    Attributes:
        folder: Its name.
        architecture: The class that has such a head.
        modules: The model's own modules by the names that the class gives them.
        labels: In the order of the logits; none where they have no names.
        several: Whether a text may be of several labels.
    """

    folder: str
    architecture: str
    modules: Mapping[str, str]
    labels: Sequence[str] = ()
    several: bool = False


HEADS = (
    Head(
        "sentiment",
        "BertForSequenceClassification",
        {"bert.pooler.dense": "pooler", "classifier": "sentiment"},
        sentiment.LABELS,
    ),
    Head("entities", "BertForTokenClassification", {"classifier": "entities"}, entities.LABELS),
    Head("qa", "BertForQuestionAnswering", {"qa_outputs": "answer"}),
    # One label: the analysis takes sentences by the mean of their tokens' logits.
    Head("summary", "BertForTokenClassification", {"classifier": "sentences"}, ("SUMMARY",)),
    Head(
        "intent",
        "BertForSequenceClassification",
        {"bert.pooler.dense": "intent_pooler", "classifier": "intent"},
        intent.CLASSES,
        several=True,
    ),
)


def export(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, output: Path, storage: Storage = "int8"
) -> dict[str, int]:
    """Write the encoder and its heads. A README.md that is there is kept.

    The encoder of `model` becomes what was stored, so that scores measured on it afterwards are
    those of the exported weights.

    Args:
        model: Trained.
        tokenizer: Its tokenizer; it lies beside the encoder.
        output: Folder of the folders.
        storage: How the encoder is stored; heads are small, and stay in float32.

    Returns:
        Bytes of each folder, by its name.
    """
    model.eval()
    sha256 = write_encoder(model.encoder, tokenizer, output / ENCODER, storage)
    config = model.encoder.config
    _write_card(output / ENCODER, encoder_card(config, storage, sha256))
    for head in HEADS:
        write_head(model, head, output / head.folder, sha256)
    names = (ENCODER, *(head.folder for head in HEADS))
    return {
        name: sum(file.stat().st_size for file in (output / name).rglob("*") if file.is_file())
        for name in names
    }


def write_encoder(
    encoder: BertModel, tokenizer: PreTrainedTokenizerFast, folder: Path, storage: Storage = "int8"
) -> str:
    """Write an encoder that heads share, and its tokenizer; returns the hash of its weights.

    The encoder becomes what was stored.
    """
    state = stored(encoder.state_dict(), storage)
    _write(folder, encoder.config, "BertModel", state)
    tokenizer.save_pretrained(folder)
    encoder.load_state_dict(restored(state))
    return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


def write_reference(folder: Path, encoder: str, sha256: str) -> None:
    """Say which folder beside a head's own has its encoder, and which weights these are."""
    reference = {"encoder": f"../{encoder}", "sha256": sha256}
    (folder / REFERENCE).write_text(json.dumps(reference, indent=2) + "\n", "utf-8")


def stored(state: Mapping[str, Tensor], storage: Storage) -> dict[str, Tensor]:
    """Weights as they are written: in 8 bits a matrix has the scale of each row beside it, under
    its own name and `.scale`; vectors stay in float32 then.
    """
    if storage == "fp16":
        return {name: weight.to(torch.float16).contiguous() for name, weight in state.items()}
    written: dict[str, Tensor] = {}
    for name, weight in state.items():
        weight = weight.detach().to(torch.float32)
        if weight.dim() < 2:
            written[name] = weight.clone()
            continue
        scale = weight.abs().amax(dim=1).clamp_(min=_TINY).div_(LARGEST)
        written[name] = (weight / scale[:, None]).round_().to(torch.int8)
        written[f"{name}.scale"] = scale
    return written


def restored(written: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What is computed with, in float32, of what was written."""
    return {
        name: weight.float() * written[f"{name}.scale"][:, None]
        if weight.dtype == torch.int8
        else weight.float()
        for name, weight in written.items()
        if not name.endswith(".scale")
    }


def write_head(model: JointModel, head: Head, folder: Path, encoder_sha256: str) -> None:
    """Write a head, for the encoder whose weights have that hash."""
    state = {
        f"{theirs}.{name}": weight.detach().to(torch.float32).clone()
        for theirs, ours in head.modules.items()
        for name, weight in getattr(model, ours).state_dict().items()
    }
    config = BertConfig.from_dict(model.encoder.config.to_dict())
    if head.labels:
        config.id2label = dict(enumerate(head.labels))
        config.label2id = {label: number for number, label in enumerate(head.labels)}
    if head.several:
        config.problem_type = "multi_label_classification"
    _write(folder, config, head.architecture, state)
    write_reference(folder, ENCODER, encoder_sha256)
    _write_card(folder, head_card(head.folder, head.architecture, head.labels))


def _write(
    folder: Path, config: BertConfig, architecture: str, state: Mapping[str, Tensor]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config.architectures = [architecture]
    config.save_pretrained(folder)
    weights = folder / WEIGHTS
    save_file(dict(state), weights, metadata={"format": "pt"})
    weights.chmod(0o644)  # safetensors writes it for the owner alone


def _write_card(folder: Path, text: str) -> None:
    card = folder / "README.md"
    if not card.exists():
        card.write_text(text, "utf-8")


def main() -> None:
    """Export a model that `recipes.encoder.train` has saved, and print the sizes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="as training has saved it")
    parser.add_argument("--output", type=Path, required=True, help="folder of the folders")
    parser.add_argument("--storage", choices=["int8", "fp16"], default="int8")
    options = parser.parse_args()
    model, tokenizer = load(options.model)
    sizes = export(model, tokenizer, options.output, options.storage)
    print(json.dumps(sizes | {"all": sum(sizes.values())}, indent=1))


if __name__ == "__main__":
    main()
