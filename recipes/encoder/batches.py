"""Examples of each task as tensors, and the loss of a batch."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from recipes.batching import bucketed_batches, pad
from recipes.encoder.data import entities
from recipes.encoder.data.entities import TaggedText
from recipes.encoder.data.intent import UNKNOWN, IntentText
from recipes.encoder.data.meanings import Meaning
from recipes.encoder.data.questions import Question
from recipes.encoder.data.sentiment import LabelledText
from recipes.encoder.model import JointModel

#: Tokens, padding included, of a batch of each task.
TOKENS = {"sentiment": 2048, "entities": 2048, "answer": 3072, "embedding": 2048, "intent": 2048}
#: Tokens that a row may have.
LONGEST = 192
LABEL_SMOOTHING = 0.05
#: Of a label that does not count.
NO_LABEL = -100


@dataclass
class Rows:
    """Examples of one task, tokenised.

    Attributes:
        ids: Of each row.
        targets: Of each row: a label; 1, 0 or `UNKNOWN` of each intent; labels of tokens and a
            number for the set of open ones; begin, end and the first token of the passage; or
            nothing, of a text that has a vector.
        teacher: Vectors (rows, width) that texts are to have.
    """

    task: str
    ids: list[list[int]]
    targets: list[tuple[int, ...]]
    teacher: Tensor | None = None

    def batches(self, rng: random.Random) -> Iterator[tuple[Rows, list[int]]]:
        """Index lists of rows of like length."""
        lengths = [len(row) for row in self.ids]
        for batch in bucketed_batches(lengths, tokens=TOKENS[self.task], rng=rng):
            yield self, batch


def sentiment_rows(tokenizer: PreTrainedTokenizerFast, examples: Sequence[LabelledText]) -> Rows:
    """A label a row."""
    encoded = tokenizer([e.text for e in examples], truncation=True, max_length=LONGEST)
    return Rows("sentiment", encoded["input_ids"], [(e.label,) for e in examples])


def intent_rows(tokenizer: PreTrainedTokenizerFast, examples: Sequence[IntentText]) -> Rows:
    """What is known of each class a row."""
    encoded = tokenizer([e.text for e in examples], truncation=True, max_length=LONGEST)
    return Rows("intent", encoded["input_ids"], [e.labels for e in examples])


#: Sets of labels that a source leaves unmarked, by number.
OPEN_SETS: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"PROD", "MISC"}),
    frozenset({"PROD"}),
)


def entity_rows(tokenizer: PreTrainedTokenizerFast, examples: Sequence[TaggedText]) -> Rows:
    """Labels of tokens a row, and last the number of the open set."""
    encoded = tokenizer(
        [e.text for e in examples], truncation=True, max_length=LONGEST, return_offsets_mapping=True
    )
    targets = []
    for example, offsets in zip(examples, encoded["offset_mapping"], strict=True):
        labels = [_token_label(example, begin, end) for begin, end in offsets]
        targets.append((*labels, OPEN_SETS.index(example.open_labels)))
    return Rows("entities", encoded["input_ids"], targets)


def _token_label(example: TaggedText, begin: int, end: int) -> int:
    if begin == end:
        return NO_LABEL
    # SentencePiece counts the space before a word to it.
    if example.text[begin].isspace():
        begin += 1
    for first, last, kind in example.spans:
        if begin < last and end > first:
            part = "B" if begin <= first else "I"
            return entities.LABELS.index(f"{part}-{kind}")
    return 0


def question_rows(tokenizer: PreTrainedTokenizerFast, examples: Sequence[Question]) -> Rows:
    """Begin and end of the answer in tokens, 0 and 0 for none, and where the passage begins."""
    encoded = tokenizer(
        [e.question for e in examples],
        [e.passage for e in examples],
        truncation="only_second",
        max_length=LONGEST + 32,
        return_offsets_mapping=True,
    )
    targets: list[tuple[int, ...]] = []
    for number, example in enumerate(examples):
        sequences = encoded.sequence_ids(number)
        first = sequences.index(1) if 1 in sequences else len(sequences) - 1
        begin, end = 0, 0
        if example.answers:
            answer = example.answers[0]
            inside = [
                place
                for place, (low, high) in enumerate(encoded["offset_mapping"][number])
                if sequences[place] == 1 and low < answer[1] and high > answer[0]
            ]
            if inside:
                begin, end = inside[0], inside[-1]
        targets.append((begin, end, first))
    return Rows("answer", encoded["input_ids"], targets)


def meaning_rows(
    tokenizer: PreTrainedTokenizerFast, examples: Sequence[Meaning], teacher: Tensor
) -> Rows:
    """Texts and the vectors (rows, width) that they are to have."""
    encoded = tokenizer([e.text for e in examples], truncation=True, max_length=LONGEST)
    return Rows("embedding", encoded["input_ids"], [()] * len(examples), teacher)


def loss_of(model: JointModel, rows: Rows, batch: list[int], padding: int) -> Tensor:
    """The loss of a batch."""
    ids = pad([rows.ids[i] for i in batch], padding)
    attention = (ids != padding).long()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model.states(ids, attention)
        if rows.task == "sentiment":
            logits = model.polarity_logits(states)
        elif rows.task == "intent":
            logits = model.intent_logits(states)
        elif rows.task == "entities":
            logits = model.entity_logits(states)
    if rows.task == "sentiment":
        labels = torch.tensor([rows.targets[i][0] for i in batch])
        return functional.cross_entropy(logits.float(), labels, label_smoothing=LABEL_SMOOTHING)
    if rows.task == "intent":
        return _intent_loss(logits.float(), [rows.targets[i] for i in batch])
    if rows.task == "entities":
        return _entity_loss(logits.float(), [rows.targets[i] for i in batch])
    if rows.task == "embedding":
        assert rows.teacher is not None
        return _meaning_loss(model.vectors(states.float(), attention), rows.teacher[batch].float())
    return _answer_loss(model, states.float(), attention, [rows.targets[i] for i in batch])


def _meaning_loss(vectors: Tensor, wanted: Tensor) -> Tensor:
    """How far vectors (rows, width) are from those wanted, and from their cosines to each other."""
    near = (vectors * wanted).sum(-1)
    apart = (vectors @ vectors.T - wanted @ wanted.T).square().mean()
    return 2 * (1 - near).mean() + 10 * apart


def _intent_loss(logits: Tensor, targets: Sequence[tuple[int, ...]]) -> Tensor:
    """Of logits (rows, classes): the mean over what is known."""
    labels = torch.tensor(targets, dtype=torch.float32)
    known = labels != UNKNOWN
    soft = labels * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / 2
    losses = functional.binary_cross_entropy_with_logits(logits, soft, reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1)


def _entity_loss(logits: Tensor, targets: Sequence[tuple[int, ...]]) -> Tensor:
    width = logits.shape[1]
    labels = torch.tensor([[*t[:-1], *[NO_LABEL] * (width - len(t) + 1)] for t in targets])
    scores = functional.log_softmax(logits, -1)
    # Where a set does not mark a kind, `O` means "none of the others".
    for number, kinds in enumerate(OPEN_SETS):
        of_set = torch.tensor([t[-1] == number for t in targets])
        if kinds and of_set.any():
            same = [0] + [place for place, name in enumerate(entities.LABELS) if name[2:] in kinds]
            joined = scores[..., same].logsumexp(-1, keepdim=True)
            first = torch.where(of_set[:, None, None], joined, scores[..., :1])
            scores = torch.cat([first, scores[..., 1:]], -1)
    return functional.nll_loss(
        scores.reshape(-1, scores.shape[-1]), labels.reshape(-1), ignore_index=NO_LABEL
    )


def _answer_loss(
    model: JointModel, states: Tensor, attention: Tensor, targets: Sequence[tuple[int, ...]]
) -> Tensor:
    places = torch.arange(states.shape[1])[None]
    first = torch.tensor([t[2] for t in targets])[:, None]
    last = attention.sum(1, keepdim=True) - 1
    begin, end = model.answer_logits(states, (places >= first) & (places < last))
    begins, ends = (torch.tensor([t[which] for t in targets]) for which in (0, 1))
    return (functional.cross_entropy(begin, begins) + functional.cross_entropy(end, ends)) / 2
