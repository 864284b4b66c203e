"""The answers of a reply library as vectors, to be compared with the clauses of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schema.reply_library import Macro, ReplyLibrary
from workers.encoders.interface import Floats

#: Digits of a similarity; what stands behind them depends on which texts were in a batch.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class LibraryVectors:
    """Vectors of what customers say whom an answer answers.

    Attributes:
        library: Whose answers they are.
        vectors: Each of length 1, (descriptions and examples, numbers), float32.
        owners: The index of the answer that each is of, (descriptions and examples), int64.
    """

    library: ReplyLibrary
    vectors: Floats
    owners: npt.NDArray[np.int64]

    def best(
        self, clauses: Floats, language: str | None, sentiment: str | None = None
    ) -> tuple[Macro, float] | None:
        """The answer that is nearest to one of the clauses, and their cosine; of equally near ones
        the first of the library.

        An answer in another language than the text's is looked at only where the library has none
        in that language: one answers a German in German. An answer to unhappy customers is none to
        a happy one, nor the other way round.

        Args:
            clauses: Of the text, each of length 1, (clauses, numbers), float32; at least one.
            language: Of the text, e.g. `de`; None where nobody knows it.
            sentiment: Of the text: `negative`, `neutral`, `positive`; None likewise.

        Returns:
            None where all answers are to other customers.
        """
        nearest = (clauses @ self.vectors.T).max(axis=0)
        scores = np.full(len(self.library.macros), -np.inf, np.float32)
        np.maximum.at(scores, self.owners, nearest)
        macros = self.library.macros
        spoken = language is not None and language in {macro.language for macro in macros}
        opposite = {"negative": "positive", "positive": "negative"}.get(sentiment or "")
        for place, macro in enumerate(macros):
            foreign = spoken and macro.language not in (language, None)
            if foreign or (opposite is not None and macro.sentiment == opposite):
                scores[place] = -np.inf
        if not np.isfinite(scores).any():
            return None
        place = int(np.round(scores, _DIGITS).argmax())
        return self.library.macros[place], round(float(scores[place]), _DIGITS)


def owners_of(macros: Sequence[Macro]) -> npt.NDArray[np.int64]:
    """See `LibraryVectors.owners`."""
    return np.repeat(np.arange(len(macros)), [len(macro.when) for macro in macros])
