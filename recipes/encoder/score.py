"""Scores of the shared encoder on texts that it was not trained on, at home and away from it.

`python -m recipes.encoder.score --model FOLDER --data FOLDER`. Away from home are sets that
training never sees: English and German sentences on laptops, hotels, courses, sights and so on.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from recipes.batching import padded_batches
from recipes.encoder.batches import LONGEST
from recipes.encoder.data import entities
from recipes.encoder.data.entities import DEVELOPMENT, SOURCES, TaggedText, read
from recipes.encoder.data.files import csv_rows, held_out, json_lines
from recipes.encoder.data.questions import FILES, Question
from recipes.encoder.data.questions import read as read_questions
from recipes.encoder.data.sentiment import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    LabelledText,
    clothing,
    medicines,
    patients,
    product_sentences,
    restaurants,
    uci_sentences,
)
from recipes.encoder.intent_scores import intent_report
from recipes.encoder.model import JointModel, load

#: Tokens of an answer at the most.
LONGEST_ANSWER = 30


def aspects(data: Path, language: str) -> list[LabelledText]:
    """Sentences of reviews in seven domains whose aspects agree, `en` or `de`."""
    labels = {"positive": POSITIVE, "negative": NEGATIVE}
    texts = []
    for row in json_lines(data / "sentiment/m_absa_en_de.jsonl.gz"):
        found = {aspect["polarity"] for aspect in row["aspects"]}
        if row["lang"] == language and len(found) == 1 and found <= labels.keys():
            texts.append(LabelledText(row["text"], labels[found.pop()]))
    return texts


def sentiment_sets(data: Path) -> dict[str, list[LabelledText]]:
    """By name; those of a domain trained on in their held-out part."""
    sets = {
        "clothing_2": [t for t in clothing(data) if held_out(t.text) and t.label != NEUTRAL],
        "clothing_3": [t for t in clothing(data) if held_out(t.text)],
        "uci": [t for t in uci_sentences(data) if held_out(t.text)],
        "products": [t for t in product_sentences(data) if held_out(t.text)],
        "patients": [t for t in patients(data) if held_out(t.text)],
        "restaurants": [t for t in restaurants(data) if held_out(t.text)],
        "medicines": [t for t in medicines(data) if held_out(t.text) and t.label != NEUTRAL],
        "away_english": aspects(data, "en"),
        "away_german": aspects(data, "de"),
    }
    return sets


def macro_f1(wanted: Sequence[int], said: Sequence[int]) -> float:
    """Mean F1 of the labels that are wanted at all."""
    scores = []
    for label in sorted(set(wanted)):
        right = sum(w == s == label for w, s in zip(wanted, said, strict=True))
        scores.append(2 * right / max(1, wanted.count(label) + said.count(label)))
    return sum(scores) / len(scores)


@torch.inference_mode()
def polarities(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]
) -> Tensor:
    """Probabilities (texts, labels)."""
    model.eval()
    ids = tokenizer(list(texts), truncation=True, max_length=256)["input_ids"]
    found = torch.zeros(len(texts), 3)
    for batch in padded_batches(ids, tokenizer.pad_token_id):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model.polarity_logits(model.states(batch.ids, batch.attention))
        found[batch.places] = logits.float().softmax(-1)
    return found


@torch.inference_mode()
def tagged(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, examples: Sequence[TaggedText]
) -> list[set[tuple[int, int, str]]]:
    """The entities that the model finds: begin and end in characters, and the kind."""
    model.eval()
    encoded = tokenizer(
        [e.text for e in examples], truncation=True, max_length=LONGEST, return_offsets_mapping=True
    )
    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    found: list[set[tuple[int, int, str]]] = [set() for _ in examples]
    for batch in padded_batches(ids, tokenizer.pad_token_id):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model.entity_logits(model.states(batch.ids, batch.attention))
        for place, row in zip(batch.places, logits.argmax(-1).tolist(), strict=True):
            found[place] = _spans(examples[place].text, offsets[place], row)
    return found


def _spans(
    text: str, offsets: Sequence[tuple[int, int]], labels: Sequence[int]
) -> set[tuple[int, int, str]]:
    """Words take the label of their first token."""
    spans: list[tuple[int, int, str]] = []
    for (begin, end), label in zip(offsets, labels, strict=False):
        if begin == end:
            continue
        if text[begin].isspace():
            begin += 1
        inside_word = begin > 0 and text[begin - 1].isalnum() and text[begin:end][:1].isalnum()
        if inside_word:
            if spans and spans[-1][1] == begin:
                spans[-1] = (spans[-1][0], end, spans[-1][2])
            continue
        part, _, kind = entities.LABELS[label].partition("-")
        if kind:
            goes_on = part == "I" and spans and spans[-1][1] >= begin - 1 and spans[-1][2] == kind
            if goes_on:
                spans[-1] = (spans[-1][0], end, kind)
            else:
                spans.append((begin, end, kind))
    return set(spans)


def span_f1(examples: Sequence[TaggedText], found: Sequence[set[tuple[int, int, str]]]) -> float:
    """Micro F1 of spans, of the kinds that the set marks."""
    right = wanted = said = 0
    for example, spans in zip(examples, found, strict=True):
        truth = set(example.spans)
        counted = {span for span in spans if span[2] not in example.open_labels}
        right += len(truth & counted)
        wanted += len(truth)
        said += len(counted)
    return 2 * right / max(1, wanted + said)


@torch.inference_mode()
def answers(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, questions: Sequence[Question]
) -> list[tuple[str, float]]:
    """For each question the likeliest answer, and by how much its score is above "not here"."""
    model.eval()
    encoded = tokenizer(
        [q.question for q in questions],
        [q.passage for q in questions],
        truncation="only_second",
        max_length=384,
        return_offsets_mapping=True,
    )
    ids, found = encoded["input_ids"], [("", 0.0)] * len(questions)
    for batch in padded_batches(ids, tokenizer.pad_token_id):
        firsts = torch.tensor([encoded.sequence_ids(i).index(1) for i in batch.places])[:, None]
        places = torch.arange(batch.ids.shape[1])[None]
        allowed = (places >= firsts) & (places < batch.attention.sum(1, keepdim=True) - 1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = model.states(batch.ids, batch.attention)
        begins, ends = model.answer_logits(states.float(), allowed)
        for row, number in enumerate(batch.places):
            scores = begins[row, :, None] + ends[row, None, :]
            none = float(scores[0, 0])
            ok = torch.ones_like(scores).triu().tril(LONGEST_ANSWER - 1).bool()
            ok &= allowed[row, :, None] & allowed[row, None, :]
            best = scores.masked_fill(~ok, -1e9).argmax().item()
            first, last = divmod(int(best), scores.shape[1])
            span = encoded["offset_mapping"][number]
            text = questions[number].passage[span[first][0] : span[last][1]]
            found[number] = (text.strip(), float(scores[first, last]) - none)
    return found


def word_f1(said: str, wanted: str) -> float:
    """SQuAD's: over words, without case, articles and punctuation."""
    a, b = _words(said), _words(wanted)
    if not a or not b:
        return float(a == b)
    same = sum((Counter(a) & Counter(b)).values())
    return 2 * same / (len(a) + len(b))


def _words(text: str) -> list[str]:
    kept = "".join(c for c in text.lower() if c.isalnum() or c.isspace())
    return [word for word in kept.split() if word not in ("a", "an", "the")]


def report(
    model: JointModel, tokenizer: PreTrainedTokenizerFast, data: Path, most: int = 0
) -> dict[str, float]:
    """All scores, 0 to 1; of `most` texts of each set, drawn with a seed, or of all."""
    rng = random.Random(5)

    def some(rows: list) -> list:  # type: ignore[type-arg]
        return rng.sample(rows, most) if most and len(rows) > most else rows

    scores: dict[str, float] = {}
    for name, texts in sentiment_sets(data).items():
        texts = some(texts)
        said = polarities(model, tokenizer, [t.text for t in texts]).argmax(-1).tolist()
        scores[f"sentiment {name}"] = macro_f1([t.label for t in texts], said)
    for source in (*SOURCES, DEVELOPMENT):
        if source.name in ("broad_twitter", "wnut_dev", "germeval", "ewt", "multiconer_de"):
            rows = [
                row for row in read(source, data) if source is DEVELOPMENT or held_out(row.text)
            ]
            rows = some(rows)
            scores[f"entities {source.name}"] = span_f1(rows, tagged(model, tokenizer, rows))
    for name, file, _ in FILES:
        asked = some([q for q in read_questions(data / file) if held_out(q.passage) and q.answers])
        found = answers(model, tokenizer, asked)
        right = (
            max(word_f1(text, q.passage[b:e]) for b, e in q.answers)
            for (text, margin), q in zip(found, asked, strict=True)
            if margin > 0
        )
        scores[f"answers {name}"] = sum(right) / len(asked)
        if name == "amazon":
            scores |= _elsewhere(model, tokenizer, asked, found, rng)
    praise = [
        Question("What is wrong?", row["Review Text"], ())
        for row in csv_rows(data / "sentiment/womens_clothing_reviews.csv.gz")
        if row["Rating"] == "5" and row["Review Text"] and held_out(row["Review Text"])
    ]
    told = answers(model, tokenizer, some(praise))
    scores["nothing wrong in five stars"] = sum(margin <= 0 for _, margin in told) / len(told)
    of_intent = intent_report(model, tokenizer, data, most)
    scores |= {name: f1 for name, (_, _, f1) in of_intent.items()}
    return {name: round(score, 3) for name, score in scores.items()}


def _elsewhere(
    model: JointModel,
    tokenizer: PreTrainedTokenizerFast,
    rows: Sequence[Question],
    found: Sequence[tuple[str, float]],
    rng: random.Random,
) -> dict[str, float]:
    """F1 of "not here", over questions put to their own passage and to a wrong one."""
    wrong = []
    for row in rows:
        other = rng.choice(rows).passage
        if other != row.passage:
            wrong.append(Question(row.question, other, ()))
    away = answers(model, tokenizer, wrong)
    right = sum(margin <= 0 for _, margin in away)
    said = right + sum(margin <= 0 for _, margin in found)
    return {"no answer amazon": 2 * right / max(1, said + len(wrong))}


def main() -> None:
    """Print the scores of a model as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--most", type=int, default=0, help="texts of each set; 0 for all")
    options = parser.parse_args()
    model, tokenizer = load(options.model)
    print(json.dumps(report(model, tokenizer, options.data, options.most), indent=1))


if __name__ == "__main__":
    main()
