"""From the labels of a model to the intents of a document; whether the labels say what they mean is
checked when the model is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schema.catalog import CatalogEntry
from schema.intents import NO_INTENT, Intent, known_intents
from workers.classification.label_check import UNKNOWN, labels_line, table_of
from workers.classification.scores import ScoreKind
from workers.encoders.interface import Floats
from workers.errors import ModelError

INTENTS = tuple(Intent)


class IntentReader:
    """Says how probable each intent is.

    Labels that exclude each other lend an intent their probabilities together; of labels that do
    not, the most probable speaks for it.

    Args:
        kind: What the scores are.
        meanings: Of each label, in the order of the scores: an intent, or `none`.
    """

    def __init__(self, kind: ScoreKind, meanings: Sequence[str]) -> None:
        self._exclusive = kind is ScoreKind.EXCLUSIVE
        self._of_intent = [
            [place for place, meaning in enumerate(meanings) if meaning == intent]
            for intent in INTENTS
        ]

    def read(self, scores: Floats) -> Floats:
        """Probabilities (…, intents) from the scores (…, labels); 0 of what no label means."""
        found = np.zeros((*scores.shape[:-1], len(INTENTS)), dtype=np.float32)
        for number, places in enumerate(self._of_intent):
            if places:
                of_labels = scores[..., places]
                found[..., number] = (
                    of_labels.sum(axis=-1) if self._exclusive else of_labels.max(axis=-1)
                )
        return found


def label_meanings(entry: CatalogEntry, labels: Sequence[str], kind: ScoreKind) -> list[str]:
    """What each label means, in their order: an intent, or `none`. The catalog's `labels` says it,
    else the name of the label.

    Raises:
        ModelError: If neither does, with the line that the catalog needs; if the catalog names
            labels that the model does not have; or if the model gives numbers.
    """
    unknown = sorted(entry.labels.keys() - set(labels))
    if unknown:
        raise ModelError(
            f"model {entry.model!r} has no label {unknown[0]!r}, which [intent] labels names in "
            f"the catalog that TRIAGE_MODELS names; its labels are {', '.join(map(repr, labels))}"
        )
    if kind is ScoreKind.NUMBERS:
        raise ModelError(
            f"model {entry.model!r} gives numbers, which are no probabilities of intents; name a "
            "model that classifies in [intent]"
        )
    meanings = known_intents(labels) | entry.labels
    if not set(labels) <= meanings.keys():
        line = labels_line("labels", labels, {one: f'"{means}"' for one, means in meanings.items()})
        raise ModelError(
            f"model {entry.model!r} does not say which of its labels is which intent; add to "
            f"{table_of('intent', entry)}: {line} with {', '.join(INTENTS)} or {NO_INTENT} for "
            f"each {UNKNOWN}"
        )
    found = [meanings[label] for label in labels]
    if set(found) == {NO_INTENT}:
        raise ModelError(
            f"model {entry.model!r} has no label that means an intent; name another in [intent]"
        )
    return found
