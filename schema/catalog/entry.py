"""A catalog entry: which model serves an analysis, with its options."""

from __future__ import annotations

import re
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schema.catalog.own_labels import OwnLabels
from schema.intents import NO_INTENT, Intent
from schema.languages import fold_language, read_language
from schema.polarity import Polarity

#: What a model computes in: float32, bfloat16, float16, or float32 between linear layers whose
#: weights and inputs are rounded to 8 bits.
Precision = Literal["fp32", "bf16", "fp16", "int8"]
#: Whether an entity is made of tokens by themselves, or of whole words, whose label is that of the
#: first token, of the surest, or of the mean over all.
Aggregation = Literal["simple", "first", "max", "average"]

#: Options that results depend on, beside those that have a say of their own in what is loaded.
_OF_RESULTS = {
    *("split", "prefix", "aggregation", "max_answer_len", "align_to_words"),
    *("handle_impossible_answer", "no_answer_threshold"),
    *("max_new_tokens", "seed", "temperature", "top_k", "top_p"),
}

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class EntryOptions(BaseModel):
    """How a model is loaded and run; unset means the engine's default.

    Attributes:
        precision: What the model computes in; `auto` takes bf16 where that is measured to be
            quicker and to say the same, else fp32.
        batch_tokens: The most padded tokens that go through the model at once.
        max_length: Tokens of the model's window, special tokens included, if smaller than its own.
        split: What a model that writes gets of a text: as much as its window holds, as the
            pipelines have it, or one sentence at a time, for models that know nothing longer.
        aggregation: Of entities: how tokens are put together, see `workers.spans.aggregation` and
            `workers.spans.words`; the names are those of Transformers.
        handle_impossible_answer: Of answers: whether "there is none" is an answer like the others,
            for models that were trained with questions of that kind. This and the two behind the
            next are called as the `question-answering` pipeline of Transformers had them.
        no_answer_threshold: Of answers, with that: the probability of "there is none" from which on
            there is none; unset, where it is more probable than the likeliest span, which is the
            rule of the pipeline.
        max_answer_len: Of answers: tokens that one may have.
        align_to_words: Of answers: whether they are widened to what stands between spaces, or
            between whatever the tokenizer splits at; else to letters and digits that belong
            together.
        languages: For a model that has to be told its languages: what it calls some of them, by
            the code of a document or a run (ISO 639-1), where that is not plain from its own list.
        unsure_below: For `language`: the probability below which a language is unsure.
        max_new_tokens: For `reply`: tokens that a draft may have.
        seed: For `reply`: a draft is drawn by the model's probabilities, always the same of the
            same feedback; unset, the likeliest token is taken each time. What may be drawn is
            limited by the others, which are called as those of `generate`.
        prefix: For `embedding`, labels by similarity, `summary` and `translation`: what a model
            wants to read in front of each text, as `query: `, `summarize: `, `>>deu<< ` or
            `<2de> `, in place of the prefix that its checkpoint names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: Precision | Literal["auto"] = "auto"
    batch_tokens: int | None = Field(default=None, gt=0)
    max_length: int | None = Field(default=None, gt=8)
    split: Literal["window", "sentence"] = "window"
    aggregation: Aggregation = "simple"
    handle_impossible_answer: bool = False
    no_answer_threshold: float | None = Field(default=None, gt=0, le=1)
    max_answer_len: int = Field(default=15, gt=0, le=100)
    align_to_words: bool = True
    languages: dict[str, str] = Field(default_factory=dict)
    unsure_below: float | None = Field(default=None, ge=0, le=1)
    prefix: str = ""
    max_new_tokens: int = Field(default=256, gt=0, le=4096)
    seed: int | None = Field(default=None, ge=0)
    temperature: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    top_k: int | None = Field(default=None, gt=0)
    top_p: float = Field(default=1.0, gt=0, le=1)

    def of_results(self) -> dict[str, Any]:
        """What is kept of a model with its results: options that these depend on, where they are
        not the defaults.
        """
        return self.model_dump(include=_OF_RESULTS, exclude_defaults=True)

    @field_validator("languages")
    @classmethod
    def _are_codes(cls, languages: dict[str, str]) -> dict[str, str]:
        for language, code in languages.items():
            if not _LANGUAGE.fullmatch(language):
                raise ValueError(
                    f"{language!r} is no language of a document: write its code of ISO 639, as in "
                    'no = "nob_Latn"'
                )
            if not code.strip():
                raise ValueError(
                    f"{language} is empty: write what the model calls it, as in no = "
                    '"nob_Latn", or leave it out'
                )
        return {read_language(language) or language: code for language, code in languages.items()}


class CalibrationOptions(BaseModel):
    """What is done to a model's probabilities; unset means as `calibration.json` beside the
    checkpoint has it, and without that nothing is.

    Attributes:
        temperature: By which logits are divided before they are made probabilities: above 1 they
            become less sure.
        threshold: Below which probability a result is unsure; 0 means never.
        thresholds: For `intent`: the same of some intents, in its place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    threshold: float | None = Field(default=None, ge=0, le=1)
    thresholds: dict[Intent, Annotated[float, Field(ge=0, le=1)]] | None = None


class CatalogEntry(BaseModel):
    """One model of the catalog: a hub id or an absolute path, its revision, its options.

    Attributes:
        adapter: The folder of an adapter (PEFT, LoRA), which is merged into the model.
        polarity: For a model for sentiment: the value in -1…1 of some of its labels, those whose
            names do not say it themselves.
        labels: For a model for intents: what some of its labels mean, those whose names do not say
            it themselves; an intent, or `none`.
        own_labels: For an analysis of the user's own: what texts are sorted into, where that is
            not the model's own classes. In the catalog it is `labels`, with what stands beside it.
        scale: For a model that gives a number: the one for the unhappiest customer, and the one for
            the happiest.
        calibration: How its probabilities are corrected, and below which a result is unsure.
        languages: Codes of the languages that it reads; empty, or with `*`, for any. Of `language`
            those that it looks among.
        replies: For `reply` without a model that writes: the file of the reply library of runs that
            name none themselves.
        instructions: For a model that writes replies: the file that says how.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    revision: str | None = None
    adapter: str | None = None
    languages: tuple[str, ...] = ()
    options: EntryOptions = EntryOptions()
    polarity: dict[str, float] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    own_labels: OwnLabels | None = None
    scale: tuple[float, float] | None = None
    calibration: CalibrationOptions = CalibrationOptions()
    replies: str | None = None
    instructions: str | None = None

    @field_validator("adapter")
    @classmethod
    def _is_folder(cls, adapter: str | None) -> str | None:
        if adapter is not None and not adapter.startswith(("./", "../", "/", "~")):
            raise ValueError(
                'write the folder of the adapter, as in adapter = "./lora"; one of the hub is '
                "downloaded into a folder first"
            )
        return adapter

    @field_validator("polarity", mode="before")
    @classmethod
    def _are_polarities(cls, polarity: Any) -> Any:
        if not isinstance(polarity, dict):
            raise ValueError(
                'write which label is which, as in polarity = { LABEL_0 = "negative" }'
            )
        return {label: _read_value(label, given) for label, given in polarity.items()}

    @field_validator("labels")
    @classmethod
    def _are_intents(cls, labels: dict[str, str]) -> dict[str, str]:
        known = (*Intent, NO_INTENT)
        for label, meaning in labels.items():
            if meaning not in known:
                raise ValueError(f"{label!r} is given none of {', '.join(known)}")
        return labels

    @field_validator("scale")
    @classmethod
    def _are_two_ends(cls, scale: tuple[float, float] | None) -> tuple[float, float] | None:
        if scale is not None and (scale[0] == scale[1] or not all(map(isfinite, scale))):
            raise ValueError("write the worst and the best that the model can say, as in [1, 5]")
        return scale

    @field_validator("languages")
    @classmethod
    def _are_languages(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        for language in languages:
            if language != "*" and read_language(language) is None:
                raise ValueError(
                    f'{language!r} is no language: write codes of ISO 639, as in ["en", "de"], or '
                    "leave it out for a model that reads any"
                )
        return tuple(fold_language(read_language(one) or one) for one in languages)


def _read_value(label: str, given: Any) -> float:
    """The value of a label, given as a word or as a number."""
    if isinstance(given, str) and given in set(Polarity):
        return Polarity(given).number
    if isinstance(given, int | float) and not isinstance(given, bool) and -1 <= given <= 1:
        return float(given)
    raise ValueError(
        f"{label!r} is given neither negative, neutral or positive nor a number from -1 to 1"
    )
