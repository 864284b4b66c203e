"""What is asked for: which analysis learns, from which base, by which recipe, and to where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Learning rates that are usual where all weights learn, and where an adapter does.
FULL_RATE, LORA_RATE = 5e-5, 5e-4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model learns.

    Attributes:
        epochs: How often it sees each text, at the most.
        learning_rate: Of AdamW, after the first tenth of the steps; it then falls to 0.
        batch_size: Texts a step, of all processes together.
        max_length: Tokens of a text that it learns from; None for what the base reads, 256 at most.
        patience: Validations in a row without a better score that end the training.
        lora: Whether low-rank adapters learn in place of all weights.
        class_weights: Whether rare classes weigh more.
        accuracy: How much has to be right of what the model is sure of.
    """

    epochs: int = 5
    learning_rate: float = FULL_RATE
    batch_size: int = 16
    max_length: int | None = None
    seed: int = 0
    patience: int = 2
    lora: bool = False
    class_weights: bool = True
    accuracy: float = 0.9


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """Attributes: analysis: That learns. output: A folder that is not there yet. device: `cpu`, or
    a GPU.
    """

    analysis: str
    output: Path
    recipe: Recipe
    device: str

    @property
    def work(self) -> Path:
        """Where checkpoints lie until the model is whole: beside the output."""
        return self.output.with_name(f"{self.output.name}.training")

    def as_record(self) -> dict[str, Any]:
        """What the weights depend on, of what is asked for."""
        return {"analysis": self.analysis, **asdict(self.recipe)}
