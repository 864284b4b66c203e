"""Evaluation of the exported pocket translation model, and its model card."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sacrebleu
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from recipes.translation.pairs import Pair

BATCH = 32
CARD = Path(__file__).parent / "card.md"
HELD_BACK_FEEDBACK = Path(__file__).parent / "held_back.tsv"


@dataclass(frozen=True)
class Scores:
    """Corpus BLEU against the first and against all references, and chrF, 0 to 100."""

    sentences: int
    single_bleu: float
    multi_bleu: float
    chrf: float
    signature: str


def translate(checkpoint: Path, texts: Sequence[str], **options: object) -> list[str]:
    """German for every text, by plain `generate` in float32, in the order of `texts`."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForSeq2SeqLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    german = [""] * len(texts)
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        inputs = tokenizer([texts[i] for i in rows], return_tensors="pt", padding=True)
        with torch.inference_mode():
            outputs = model.generate(**inputs, **options)
        for i, text in zip(
            rows, tokenizer.batch_decode(outputs, skip_special_tokens=True), strict=True
        ):
            german[i] = text
    return german


def score(translations: Sequence[str], references: Sequence[Sequence[str]]) -> Scores:
    """Compare with the references: one non-empty list for every translation."""
    first = [[targets[0] for targets in references]]
    most = max(map(len, references))
    every = [[t[min(i, len(t) - 1)] for t in references] for i in range(most)]
    bleu = sacrebleu.BLEU()
    single = bleu.corpus_score(translations, first).score
    return Scores(
        sentences=len(translations),
        single_bleu=single,
        multi_bleu=sacrebleu.BLEU().corpus_score(translations, every).score,
        chrf=sacrebleu.CHRF().corpus_score(translations, first).score,
        signature=str(bleu.get_signature()),
    )


def read_feedback(path: Path = HELD_BACK_FEEDBACK) -> list[Pair]:
    """Hand-written feedback sentences that no template produces, with a translation each."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [Pair(*row) for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def evaluate(checkpoint: Path, held_back: dict[str, list[str]]) -> tuple[Scores, list[str]]:
    """Scores on held-back Tatoeba sentences, and the translations."""
    german = translate(checkpoint, list(held_back))
    return score(german, list(held_back.values())), german


def write_card(
    output: Path,
    parameters: int,
    pairs: int,
    templates: int,
    epochs: int,
    tatoeba: Scores,
    feedback: Scores,
    samples: Iterable[tuple[str, str]],
) -> None:
    """Write README.md beside the checkpoint."""
    megabytes = (output / "model.safetensors").stat().st_size / 1e6
    rows = "\n".join(f"| {english} | {german} |" for english, german in samples)
    text = CARD.read_text(encoding="utf-8").format(
        parameters=parameters / 1e6, megabytes=megabytes, pairs=pairs, templates=templates,
        epochs=epochs, tatoeba=tatoeba, feedback=feedback, rows=rows,
    )  # fmt: skip
    (output / "README.md").write_text(text, encoding="utf-8")
