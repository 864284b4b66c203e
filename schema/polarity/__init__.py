"""Polarity: how a customer feels, whatever a model calls its labels."""

from schema.polarity.label_names import known_values
from schema.polarity.polarity import NEUTRAL_BELOW, Polarity, polarity_of

__all__ = ["NEUTRAL_BELOW", "Polarity", "known_values", "polarity_of"]
