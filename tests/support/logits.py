"""The logits of windows, as an analysis has them read."""

from __future__ import annotations

from collections.abc import Sequence

from workers.analysis import Window
from workers.classification.classifier import Classifier
from workers.encoders.interface import Floats


def logits_of(classifier: Classifier, windows: Sequence[Window]) -> Floats:
    """One batch through the classifier's model."""
    return classifier.encoder.forward([window.features for window in windows])
