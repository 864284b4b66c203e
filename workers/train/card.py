"""The card of a model: what it learned from, how good it is, and the licence of its base."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from workers.train.outcome import Outcome
from workers.train.request import TrainingRequest

_PIPELINES = {"entities": "token-classification", "qa": "question-answering"}


def write_card(folder: Path, request: TrainingRequest, outcome: Outcome) -> None:
    """Write `README.md` beside the weights; it quotes no text."""
    lines = [*_front(request, outcome), *_body(request, outcome)]
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    (folder / "README.md").write_text(text, "utf-8")


def _front(request: TrainingRequest, outcome: Outcome) -> Iterator[str]:
    base = outcome.material.base
    yield "---"
    yield f"pipeline_tag: {_PIPELINES.get(request.analysis, 'text-classification')}"
    yield "library_name: transformers"
    yield f"base_model: {json.dumps(base.model_name, ensure_ascii=False)}"
    yield f"license: {json.dumps(base.licence, ensure_ascii=False)}"
    yield "---"
    yield ""


def _body(request: TrainingRequest, outcome: Outcome) -> Iterator[str]:
    material, recipe, record = outcome.material, request.recipe, outcome.material.record
    base = material.base
    yield f"# {request.output.name}"
    yield ""
    yield f"A model for `{request.analysis}`, made by `triage train`."
    yield ""
    yield f"- **Base**: `{base.model_name}`, revision `{base.checkpoint.revision}`; its licence: "
    yield f"  {base.licence}. The weights here are made of it, so that its terms hold for them."
    yield f"- **Data**: {len(material.learn):,} texts to learn from, {len(material.validate):,} to "
    yield f"  validate with; sha256 of texts and labels `{record['examples']}`."
    if outcome.trained.cut:
        yield f"  {outcome.trained.cut:,} are longer than the {outcome.trained.max_length} tokens "
        yield "  that were learned from."
    how = "low-rank adapters (LoRA), merged" if recipe.lora else "all weights"
    yield f"- **Learned**: {how}; learning rate {recipe.learning_rate:g}, {recipe.batch_size} texts"
    yield f"  a step, {recipe.epochs} epochs at the most, seed {recipe.seed}; the best checkpoint "
    yield f"  is that of step {outcome.steps:,}."
    yield f"- **Calibration**: {outcome.calibration}."
    yield ""
    if outcome.labels:
        yield "| label | texts to learn from | to validate with |"
        yield "|---|---|---|"
        for name, learned, validated in outcome.labels:
            yield f"| {_cell(name)} | {learned:,} | {validated:,} |"
        yield ""
    yield "## What it scores"
    yield ""
    yield "Of the texts that it was validated with, which also chose the checkpoint and the "
    yield "calibration; so measure it on others, with `triage evaluate`, before you trust it."
    yield ""
    yield "| score | value | 95 % |"
    yield "|---|---|---|"
    for one in outcome.report.scores:
        low, high = one.interval
        yield f"| {_cell(one.name)} | {one.value:.3f} | {low:.3f} to {high:.3f} |"
    yield ""
    yield "## To serve it"
    yield ""
    yield f"```toml\n{outcome.table}\n```"


def _cell(said: str) -> str:
    """A name that people gave, in a cell of a table."""
    return " ".join(said.split()).replace("|", "\\|").replace("<", "&lt;")
