"""What a checkpoint's `config.json` asks for, checked before anything is loaded.

Transformers passes over much of it in silence: adapters, positions that it no longer computes, an
architecture of another task, code that would have to be run. An answer would then be another
model's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transformers import CONFIG_MAPPING

from workers.models.checkpoint_files import ADAPTER

_CATALOG = "the catalog that TRIAGE_MODELS names"
#: What a checkpoint was trained for, by the end of its architecture's name.
_TASKS = {
    "SequenceClassification": "sentiment, intent or another analysis that gives a text a label",
    "TokenClassification": "entities",
    "QuestionAnswering": "qa",
    "MultipleChoice": "no analysis of this project",
    "NextSentencePrediction": "no analysis of this project",
    "ImageClassification": "no analysis of this project",
    "AudioClassification": "no analysis of this project",
}
#: Mixtures of experts whose routers Transformers has changed, and one whose attention it has.
_COMPUTED_OTHERWISE = ("nllb-moe", "switch_transformers", "doge")
#: Writers of replies whose scores have lost their bias in Transformers 5.
_WRITES_OTHERWISE = ("reformer",)
_WRITER = "AutoModelForCausalLM"
_PROBLEMS = ("regression", "single_label_classification", "multi_label_classification")
_TASK = re.compile(f"For({'|'.join(_TASKS)})")
#: Families whose relative positions are computed here, which Transformers 5 has given up.
RELATIVE_FAMILIES = ("bert", "camembert", "electra", "ernie", "roberta", "xlm-roberta")
RELATIVE = ("relative_key", "relative_key_query")


class ConfigurationError(ValueError):
    """The configuration asks for what is not done here. A sentence with the fix, without the model;
    `load` adds that.
    """


def check_configuration(folder: Path, auto_model_class: Any, adapter: Path | None = None) -> None:
    """Refuse a checkpoint whose answers would not be its own.

    Args:
        folder: Of the checkpoint.
        auto_model_class: As what it is to be loaded; its name ends with the task.
        adapter: The folder of one that will be merged into it; it may be the same.

    Raises:
        ConfigurationError: With the key or the file that is to blame, and the way out.
    """
    config = read_configuration(folder)
    loader = str(getattr(auto_model_class, "__name__", ""))
    if (folder / ADAPTER).exists() and (adapter is None or not folder.samefile(adapter)):
        raise ConfigurationError(
            f"{ADAPTER} says that an adapter (PEFT, LoRA) belongs to it: have it applied with "
            f"adapter = {json.dumps(str(folder))} beside `model` in {_CATALOG}, or delete it"
        )
    for reason in _reasons(config, loader):
        raise ConfigurationError(reason)
    served = getattr(auto_model_class, "_model_mapping", None)
    if served is not None and CONFIG_MAPPING[config["model_type"]] not in served:
        raise ConfigurationError(
            f"the installed Transformers has no {loader} of its model_type "
            f"{config['model_type']!r}, so it cannot do this analysis; name another `model` in "
            f"{_CATALOG}"
        )


def read_configuration(folder: Path) -> dict[str, Any]:
    """The object in `config.json`.

    Raises:
        ConfigurationError: If it is none.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        config = None
    if isinstance(config, dict):
        return config
    raise ConfigurationError(
        f"config.json cannot be read as a JSON object; copy the model anew, or name another "
        f"`model` in {_CATALOG}"
    )


def _reasons(config: dict[str, Any], loader: str) -> Iterator[str]:
    other = f"name another `model` in {_CATALOG}"
    if config.get("auto_map"):
        yield (
            "auto_map in its config.json says that it needs custom code of its repository "
            f"(trust_remote_code), and no such code is ever run here; {other}"
        )
    kind = config.get("model_type")
    if not isinstance(kind, str) or not kind:
        yield f"its config.json has no model_type, so nobody can tell its architecture; {other}"
    elif kind not in CONFIG_MAPPING:
        yield (
            f"its config.json has the model_type {kind!r}, an architecture that the installed "
            f"Transformers does not know; {other}"
        )
    elif kind in _COMPUTED_OTHERWISE or (loader == _WRITER and kind in _WRITES_OTHERWISE):
        yield (
            f"its model_type {kind!r} is computed otherwise by Transformers 5 than by 4.57.6, so "
            f"its answers would not be those of the model that was trained; {other}"
        )
    if (quantized := config.get("quantization_config")) is not None:
        method = quantized.get("quant_method") if isinstance(quantized, dict) else None
        yield (
            "quantization_config in its config.json says that its weights are quantised "
            f"({method or 'by a method without a name'}), and no quantised weights are loaded: "
            'take the model that it was made of, with precision = "int8" if it is to be small, in '
            f"{_CATALOG}"
        )
    positions = config.get("position_embedding_type")
    if str(positions).startswith("relative") and not (
        kind in RELATIVE_FAMILIES and positions in RELATIVE
    ):
        yield (
            f"position_embedding_type in its config.json is {positions!r}, which is not computed "
            f"for model_type {kind!r}; {other}"
        )
    if (problem := config.get("problem_type")) not in (None, *_PROBLEMS):
        yield (
            f"problem_type in its config.json is {problem!r}, and nobody can tell how its scores "
            f"are meant: one of {', '.join(_PROBLEMS)} is known; correct it, or {other}"
        )
    yield from _of_another_task(config, loader)


def _of_another_task(config: dict[str, Any], loader: str) -> Iterator[str]:
    named = config.get("architectures")
    first = str(named[0]) if isinstance(named, list) and named else ""
    task = _TASK.search(first)
    expected = loader.partition("For")[2]
    if task and expected and task[1] != expected:
        yield (
            f"its config.json names the architecture {first}, so it was trained for another task "
            f"({_TASKS[task[1]]}) than {expected}; name another `model` in {_CATALOG}"
        )
