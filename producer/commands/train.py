"""`triage train`: a model that learns from texts that people labelled."""

from __future__ import annotations

from typing import Annotated

import typer

from producer.commands.labelled_options import LabelColumn, LabelledFile, TextColumn
from producer.errors import UsageError
from producer.nodes.requirements import require_train_extra
from producer.nodes.worker_program import become

_Output = Annotated[str, typer.Option(metavar="FOLDER", help="For the model; not there yet.")]
_Corrections = Annotated[
    bool, typer.Option("--corrections", help="Also, or only, what `triage correct` stored.")
]
_Base = Annotated[
    str | None,
    typer.Option(help="A folder, an analysis of the catalog, a model of the hub; else pocket."),
]
_Models = Annotated[
    str | None, typer.Option(metavar="CATALOG", help="Where the analysis that is the base is.")
]
_Labels = Annotated[
    str | None, typer.Option(metavar="A,B,…", help="The only labels that there may be.")
]
_Validation = Annotated[
    str | None,
    typer.Option(metavar="FILE|SHARE", help="To choose the best by; else a fifth of the texts."),
]
_Lora = Annotated[bool, typer.Option("--lora", help="Small adapters learn, and are merged.")]
_Epochs = Annotated[int | None, typer.Option(metavar="N", min=1, help="At the most; 5.")]
_Rate = Annotated[float | None, typer.Option(metavar="X", help="5e-5; with --lora 5e-4.")]
_Batch = Annotated[int | None, typer.Option(metavar="N", min=1, help="Texts a step; 16.")]
_Length = Annotated[
    int | None, typer.Option(metavar="TOKENS", min=8, help="That are learned of a text; 256.")
]
_Patience = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Validations without a better one; 2.")
]
_Unweighted = Annotated[
    bool, typer.Option("--no-class-weights", help="Rare classes weigh no more than others.")
]
_Accuracy = Annotated[
    float | None,
    typer.Option(metavar="SHARE", help="How much has to be right of what is not unsure; 0.9."),
]


def train(
    analysis: Annotated[str, typer.Argument(help="The analysis that learns.")],
    output: _Output,
    data: LabelledFile = None,
    corrections: _Corrections = False,
    base: _Base = None,
    models: _Models = None,
    text: TextColumn = None,
    label: LabelColumn = None,
    labels: _Labels = None,
    validation: _Validation = None,
    lora: _Lora = False,
    epochs: _Epochs = None,
    learning_rate: _Rate = None,
    batch_size: _Batch = None,
    max_length: _Length = None,
    patience: _Patience = None,
    no_class_weights: _Unweighted = False,
    accuracy: _Accuracy = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Of all that is drawn; 0.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Train a model on labelled texts; killed, it goes on with the same command."""
    require_train_extra()
    if not corrections and data is None:
        raise UsageError(
            "say where the labelled texts are: --data FILE, --corrections, or both of them"
        )
    given: dict[str, object] = {
        "--output": output,
        "--data": data,
        "--base": base,
        "--models": models,
    }
    given |= {"--text": text, "--label": label, "--labels": labels, "--validation": validation}
    numbers = {
        "--epochs": epochs,
        "--learning-rate": learning_rate,
        "--batch-size": batch_size,
        "--max-length": max_length,
        "--patience": patience,
        "--accuracy": accuracy,
        "--seed": seed,
    }
    flags = {"--corrections": corrections, "--lora": lora, "--json": as_json}
    flags["--no-class-weights"] = no_class_weights
    become("workers.train", given | numbers, flags, analysis)
