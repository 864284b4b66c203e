"""An analysis of the user's own: by the classes of a model, or by labels of the user's own."""

from __future__ import annotations

from functools import cache

from schema.catalog import Catalog
from workers.analysis import Analysis
from workers.classification.analysis import ClassificationAnalysis
from workers.models.stored_configuration import configuration_of
from workers.own_labels.entailment import EntailmentAnalysis
from workers.own_labels.similarity import SimilarityAnalysis


@cache
def own_analysis(name: str) -> type[ClassificationAnalysis]:
    """The class of an analysis of the user's own, which differs from others by its name alone."""
    return _named(OwnAnalysis, name)


class OwnAnalysis(ClassificationAnalysis):
    """Whatever classes the model has that the catalog names; where it names labels, see there."""

    @classmethod
    def for_catalog(cls, catalog: Catalog) -> type[Analysis]:
        """This one for a model's own classes. For labels one that asks a model of natural language
        inference, if that is what the catalog names; else one that compares sentences.

        Raises:
            ModelError: If the model is not there.
        """
        entry = catalog.entry(cls.name)
        if entry.own_labels is None:
            return cls
        config = configuration_of(entry)
        (architecture, *_) = getattr(config, "architectures", None) or [""]
        classifies = architecture.endswith("ForSequenceClassification")
        return _named(EntailmentAnalysis if classifies else SimilarityAnalysis, cls.name)


@cache
def _named(kind: type[ClassificationAnalysis], name: str) -> type[ClassificationAnalysis]:
    return type(f"{kind.__name__}_{name}", (kind,), {"name": name, "__doc__": kind.__doc__})
