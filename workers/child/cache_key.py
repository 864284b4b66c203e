"""The key of a document's results: a hash over all that they are made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b

from schema.document import Document
from schema.options import RunOptions
from schema.results.outcome import Provenance
from workers.analysis import Analysis


@dataclass(frozen=True, slots=True)
class CacheKey:
    """By which the results of an equal text are found.

    Attributes:
        model: That reads the document, with the options in force.
        digest: 16 bytes over the analysis, the model, what is asked, and the text as it is.
    """

    model: Provenance
    digest: bytes

    @classmethod
    def of(cls, analysis: Analysis, document: Document, options: RunOptions) -> CacheKey | None:
        """The key of a document; None if it needs no model, or if there is none for it.

        Args:
            analysis: Whose model is loaded if this is the first document that needs it.
            document: With the text that is read.
            options: Of the run.
        """
        if (model := analysis.model_for(document, options)) is None:
            return None
        parts = analysis.key_parts(document, options)
        what = json.dumps([analysis.name, analysis.edition, *model.key, *parts])
        # JSON has no NUL, so that nobody's text can pass for a part of it.
        said = f"{what}\0{document.text}".encode(errors="surrogatepass")
        return cls(model, blake2b(said, digest_size=16).digest())
