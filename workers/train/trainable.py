"""Which analyses a model can be trained for."""

from __future__ import annotations

from schema.analyses import BUILT_IN
from schema.catalog.loading import CLASSIFY, OWN_NAME
from workers.calibrate.examples import DataError

#: Those that come with the project.
TRAINABLE = ("sentiment", "intent", "entities", "qa")


def check_trainable(analysis: str) -> None:
    """Make sure that models of an analysis are trained here.

    Raises:
        DataError: If not.
    """
    if analysis in BUILT_IN and analysis not in TRAINABLE:
        raise DataError(
            f"models for {analysis} are not trained here; those for {', '.join(TRAINABLE)} and "
            "for classes of your own ([classify.NAME] in a catalog) are"
        )
    if analysis not in BUILT_IN and (analysis == CLASSIFY or not OWN_NAME.fullmatch(analysis)):
        raise DataError(
            f"{analysis} is no analysis; for classes of your own give a name of small letters, "
            "digits and _, up to 30, as a catalog takes it"
        )
