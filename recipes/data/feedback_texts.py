"""Unlabelled customer talk for vocabularies, warm-up and background sentences.

Sources: Women's E-Commerce Clothing Reviews (nicapotato, CC0 1.0); customer review sentences (Hu &
Liu 2004, NLTK data, CC BY 4.0); sentiment labelled sentences (Kotzias 2015, UCI, CC BY 4.0);
MultiDoGO customer turns (Peskov et al. 2019, CDLA-Permissive 1.0); Banking77 (Casanueva et al.
2020, CC BY 4.0); CLINC150 (Larson et al. 2019, CC BY 3.0).
"""

import csv
import gzip
import html
import json
import random
from pathlib import Path

import pyarrow

from recipes.data.labelled_reviews import read_clothing_reviews, read_jsonl


def read_turns(data: Path) -> list[str]:
    """What customers wrote to an agent, each text once, three words or more."""
    path = data / "bulk" / "multidogo_customer_turns.jsonl.zst"
    with pyarrow.input_stream(str(path), compression="zstd") as stream:
        lines = stream.read().decode().splitlines()
    texts = dict.fromkeys(str(json.loads(line)["text"]).strip() for line in lines)
    return [text for text in texts if len(text.split()) >= 3]


def read_requests(data: Path) -> list[str]:
    """Messages to a bank and to an assistant."""
    with (data / "topics" / "banking77_train.csv").open(encoding="utf-8", newline="") as file:
        banking = [" ".join(row["text"].split()) for row in csv.DictReader(file)]
    with gzip.open(data / "topics" / "clinc150_train_val.json.gz", "rt", encoding="utf-8") as file:
        parts = json.load(file)
    return banking + [str(row[0]) for rows in parts.values() for row in rows]


def read_review_sentences(data: Path) -> list[str]:
    """Sentences of product reviews."""
    names = ("product_reviews_hu_liu.jsonl.gz", "uci_sentences_amazon_imdb.jsonl")
    rows = (row for name in names for row in read_jsonl(data / "sentiment" / name))
    texts = (html.unescape(str(row["text"])).strip() for row in rows)
    return [text for text in texts if len(text.split()) >= 3]


def read_feedback_texts(data: Path, rng: random.Random, *, limit: int = 60_000) -> list[str]:
    """A shuffled mixture of all of these, at most `limit` texts."""
    texts = [f"{review.title} {review.body}".strip() for review in read_clothing_reviews(data)]
    texts = rng.sample(texts, min(12_000, len(texts)))
    texts += read_turns(data) + read_requests(data) + read_review_sentences(data)
    rng.shuffle(texts)
    return texts[:limit]
