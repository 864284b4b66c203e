"""Transformers as users call it: pipelines, and `generate` where Transformers 5 has none any more.

One document at a time, batches of 16 in the order of arrival (the baseline), and of 16 in a list
that was sorted by length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    pipeline,
)

from benchmarks.engine.variants.padded_qa import answer_padded
from benchmarks.engine.workload import Place, Run, Said, Variant, Work, Written
from schema.document import Document
from workers.generation.settings import generation_settings

#: What everything is compared with.
BASELINE = "transformers 16 arrival"
#: The same in order of length.
SORTED = "transformers 16 sorted"
#: Documents of a batch.
BATCH = 16
_SLOW_SHARE = 0.25
#: As the pipelines of Transformers 4 named them, for `task_specific_params`.
TASKS = {"translation": "translation_en_to_de", "summary": "summarization"}
_MODELS: dict[str, Any] = {
    "sentiment": AutoModelForSequenceClassification,
    "entities": AutoModelForTokenClassification,
    "qa": AutoModelForQuestionAnswering,
    "translation": AutoModelForSeq2SeqLM,
    "summary": AutoModelForSeq2SeqLM,
    "reply": AutoModelForCausalLM,
}
_Batched = Callable[[Sequence[Document], int], list[Said]]


def transformers_variants(work: Work, place: Place) -> Iterator[Variant]:
    """The three ways; they share one model."""
    batched = cache(partial(_batched, work, place))
    ways: list[tuple[str, Callable[[], Run], float]] = [
        ("transformers one", lambda: _in_order(batched(), 1), _SLOW_SHARE),
        (BASELINE, lambda: _in_order(batched(), BATCH), 1.0),
        (SORTED, lambda: _sorted(batched()), 1.0),
    ]
    for name, load, share in ways:
        yield Variant(name, "fp32", load, share, household="transformers")


def load_model(work: Work, place: Place) -> tuple[Any, Any]:
    """Model and tokenizer, in fp32."""
    model = _MODELS[work.analysis].from_pretrained(place.checkpoint, dtype=torch.float32)
    return model.eval().to(place.device), AutoTokenizer.from_pretrained(place.checkpoint)


def decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    """A text as the pipelines of Transformers 4.57.6 decoded it."""
    text = tokenizer.decode(
        tokens,
        skip_special_tokens=True,
        clean_up_tokenization_spaces=False,
        use_source_tokenizer=False,
    )
    return str(text)


def _in_order(batched: _Batched, size: int) -> Run:
    return lambda documents: batched(documents, size)


def _sorted(batched: _Batched) -> Run:
    def run(documents: Sequence[Document]) -> list[Said]:
        order = sorted(documents, key=lambda document: -len(document.text))
        said = dict(zip((one.id for one in order), batched(order, BATCH), strict=True))
        return [said[document.id] for document in documents]

    return run


def _batched(work: Work, place: Place) -> _Batched:
    model, tokenizer = load_model(work, place)
    if work.analysis == "qa":
        return partial(answer_padded, model, tokenizer)
    if work.analysis == "reply":
        return partial(_reply, model, tokenizer)
    if work.beams:
        settings, prefix = generation_settings(model, tokenizer, TASKS[work.analysis])
        model.generation_config = settings
        return partial(_generate, model, tokenizer, prefix)
    if work.analysis == "sentiment":
        pipe: Any = pipeline("text-classification", model, tokenizer=tokenizer, device=place.device)
        return partial(_classify, pipe)
    pipe = pipeline(
        "token-classification",
        model,
        tokenizer=tokenizer,
        device=place.device,
        aggregation_strategy="simple",
    )
    return partial(_find_entities, pipe)


def _classify(pipe: Any, documents: Sequence[Document], size: int) -> list[Said]:
    texts = [document.text for document in documents]
    return [said["label"] for said in pipe(texts, batch_size=size, truncation=True)]


def _find_entities(pipe: Any, documents: Sequence[Document], size: int) -> list[Said]:
    texts = [document.text for document in documents]
    return [
        tuple((found["entity_group"], found["start"], found["end"]) for found in said)
        for said in pipe(texts, batch_size=size)
    ]


def _generate(
    model: Any, tokenizer: Any, prefix: str, documents: Sequence[Document], size: int
) -> list[Said]:
    said: list[Said] = []
    for first in range(0, len(documents), size):
        texts = [prefix + document.text for document in documents[first : first + size]]
        inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        with torch.inference_mode():
            written = model.generate(**inputs.to(model.device))
        said += (_written(model, tokenizer, tokens) for tokens in written.tolist())
    return said


def prompts_of(tokenizer: Any, documents: Sequence[Document]) -> list[list[int]]:
    """What replies go on from, as token ids."""
    texts = [document.text for document in documents]
    return [list(ids) for ids in tokenizer(texts, truncation=True)["input_ids"]]


def reply_of(model: Any, tokenizer: Any, tokens: list[int]) -> Written:
    """What was written behind a prompt, up to the first token that ends it."""
    ends = model.generation_config.eos_token_id
    steps = next((step for step, token in enumerate(tokens, 1) if token in ends), len(tokens))
    return Written(decode(tokenizer, tokens[:steps]), steps)


def _reply(model: Any, tokenizer: Any, documents: Sequence[Document], size: int) -> list[Said]:
    said: list[Said] = []
    prompts = prompts_of(tokenizer, documents)
    for first in range(0, len(prompts), size):
        batch = {"input_ids": prompts[first : first + size]}
        inputs = tokenizer.pad(batch, return_tensors="pt").to(model.device)
        with torch.inference_mode():
            written = model.generate(**inputs)[:, inputs["input_ids"].shape[1] :]
        said += (reply_of(model, tokenizer, tokens) for tokens in written.tolist())
    return said


def _written(model: Any, tokenizer: Any, tokens: list[int]) -> Written:
    """Without the token that decoding starts from, and up to the end."""
    end = model.generation_config.eos_token_id
    steps = tokens[1:].index(end) + 1 if end in tokens[1:] else len(tokens) - 1
    return Written(decode(tokenizer, tokens), steps)
