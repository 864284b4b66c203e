"""Families of checkpoints by the `model_type` of their configuration, and how each is computed.

No torch is imported: `triage models list` and `triage models families` ask here. Tests compare it
with the converters, and load a checkpoint of each.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any


class Way(enum.StrEnum):
    """How a model is computed.

    PACKED: By our encoder, without padding.
    PADDED: By Transformers; rows of a batch are padded.
    BY_LENGTHS: By Transformers; a batch is of one length, since padding would change answers.
    LOOP: By our decoding loop, with continuous batching.
    GENERATE: By `generate` of Transformers.
    """

    PACKED = "packed"
    PADDED = "padded"
    BY_LENGTHS = "by lengths"
    LOOP = "decoding loop"
    GENERATE = "generate"


#: What checkpoints are trained for, as the analyses are called; `labels` are those of sentiment,
#: intent and classes of one's own.
READING_TASKS = ("labels", "entities", "qa")
WRITING_TASKS = ("summary", "translation")
TASKS = (*READING_TASKS, *WRITING_TASKS)


@dataclass(frozen=True, slots=True)
class Family:
    """Checkpoints of one `model_type`.

    Attributes:
        name: What people call them.
        model_type: Of the configuration.
        reads: How a label, entities or an answer is computed; None where it is refused.
        writes: How a summary or a translation is; None where it is refused.
        without: Of `TASKS` those that Transformers has no head of this family for.
    """

    name: str
    model_type: str
    reads: Way | None
    writes: Way | None = None
    without: tuple[str, ...] = ()

    def serves(self, task: str) -> Way | None:
        """How one of `TASKS` is computed; None where there is no such head."""
        if task in WRITING_TASKS:
            return self.writes
        return None if task in self.without else self.reads

    @property
    def precisions(self) -> tuple[str, ...]:
        """What it may be computed in on a CPU; int8 is for our own layers."""
        own = Way.PACKED in (self.reads, self.writes) or Way.LOOP in (self.reads, self.writes)
        return ("fp32", "bf16", "int8") if own else ("fp32", "bf16")


#: Families that somebody has tried; one that is missing is read by lengths, and writes by
#: `generate`.
FAMILIES = (
    Family("ALBERT", "albert", Way.PACKED),
    Family("BERT", "bert", Way.PACKED),
    Family("CamemBERT", "camembert", Way.PACKED),
    Family("DeBERTa-v2, DeBERTa-v3, mDeBERTa", "deberta-v2", Way.PACKED),
    Family("DistilBERT", "distilbert", Way.PACKED),
    Family("ELECTRA", "electra", Way.PACKED),
    Family("ERNIE", "ernie", Way.PACKED),
    Family("ModernBERT", "modernbert", Way.PACKED),
    Family("MPNet", "mpnet", Way.PACKED),
    Family("RoBERTa, BERTweet", "roberta", Way.PACKED),
    Family("XLM-RoBERTa", "xlm-roberta", Way.PACKED),
    Family("Data2Vec", "data2vec-text", Way.PADDED),
    Family("DeBERTa (v1)", "deberta", Way.PADDED),
    Family("RemBERT", "rembert", Way.PADDED),
    Family("SqueezeBERT", "squeezebert", Way.PADDED),
    Family("BigBird", "big_bird", Way.BY_LENGTHS),
    Family("ConvBERT", "convbert", Way.BY_LENGTHS),
    Family("FNet", "fnet", Way.BY_LENGTHS),
    Family("Funnel", "funnel", Way.BY_LENGTHS),
    Family("Longformer", "longformer", Way.BY_LENGTHS),
    Family("MobileBERT", "mobilebert", Way.BY_LENGTHS),
    Family("XLNet", "xlnet", Way.BY_LENGTHS),
    Family("GPT-2", "gpt2", Way.BY_LENGTHS),
    Family("Llama", "llama", Way.BY_LENGTHS),
    Family("Mistral", "mistral", Way.BY_LENGTHS),
    Family("Qwen2", "qwen2", Way.BY_LENGTHS),
    Family("BART", "bart", Way.BY_LENGTHS, Way.LOOP, ("entities",)),
    Family("T5, FLAN-T5, ByT5, MADLAD", "t5", Way.BY_LENGTHS, Way.LOOP),
    Family("mT5", "mt5", Way.BY_LENGTHS, Way.LOOP),
    Family("mBART, mBART-50", "mbart", Way.BY_LENGTHS, Way.LOOP, ("entities",)),
    Family("Marian, OPUS-MT", "marian", None, Way.LOOP),
    Family("M2M100, NLLB", "m2m_100", None, Way.LOOP),
    Family("Pegasus", "pegasus", None, Way.LOOP),
    Family("BigBird-Pegasus", "bigbird_pegasus", Way.BY_LENGTHS, Way.GENERATE, ("entities",)),
    Family("FSMT", "fsmt", None, Way.GENERATE),
    Family("LED", "led", Way.BY_LENGTHS, Way.GENERATE, ("labels", "entities")),
    Family("LongT5", "longt5", None, Way.GENERATE),
    Family("ProphetNet", "prophetnet", None, Way.GENERATE),
)
_BY_TYPE = {family.model_type: family for family in FAMILIES}

#: Families that nothing but masked attention tells of other tokens: padding behind a row changes
#: nothing. A test compares each with rows alone.
SEES_NO_PADDING = frozenset(
    family.model_type for family in FAMILIES if family.reads in (Way.PACKED, Way.PADDED)
)


def way_of(model_type: str, *, writes: bool) -> Way | None:
    """How checkpoints of a `model_type` are computed; None where they are refused.

    Args:
        model_type: Of the configuration.
        writes: Whether they are to write, or to read.
    """
    family = _BY_TYPE.get(model_type)
    if family is None:
        return Way.GENERATE if writes else Way.BY_LENGTHS
    return family.writes if writes else family.reads


#: Families that write whose encoders see no padding behind a source.
_PADDED_SOURCES = frozenset(
    ("bart", "blenderbot", "fsmt", "m2m_100", "marian", "mbart", "mt5", "mvp", "pegasus")
    + ("plbart", "prophetnet", "t5")
)


def sources_may_be_padded(config: Any) -> bool:
    """Whether sources of different lengths may go through `generate` in one batch.

    Args:
        config: Of a model that writes; with `encoder`, where it is made of two models.
    """
    kind = config.model_type
    encoder = getattr(config, "encoder", None)
    if kind == "encoder-decoder" and encoder is not None:
        return encoder.model_type in SEES_NO_PADDING
    return kind in _PADDED_SOURCES
