"""In which language a text is written, by `py3langid`, which ships its model in its wheel.

A naive Bayes classifier over byte n-grams. It has 139 languages; to look among fewer makes it surer
and more often right, so that small ones that are easily taken for a large one are left out unless
the catalog names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from schema.languages import fold_language, read_language
from schema.results.language import NO_LANGUAGE
from workers.text.danish_or_norwegian import danish_or_norwegian

#: The one model of the catalog's [language].
LIBRARY = "py3langid"
#: Codes that are looked among where the catalog names none. Left out are, among others, Galician,
#: Aragonese, Afrikaans, Luxembourgish, Occitan, Nigerian Pidgin and dialects of Arabic.
USUAL_LANGUAGES = (
    *("am", "ar", "as", "az", "be", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es"),
    *("et", "eu", "fa", "fi", "fr", "ga", "gu", "he", "hi", "hr", "ht", "hu", "hy", "id", "is"),
    *("it", "ja", "ka", "kk", "km", "kn", "ko", "ky", "lo", "lt", "lv", "mg", "mk", "ml", "mn"),
    *("mr", "ms", "mt", "my", "ne", "nl", "no", "or", "pa", "pl", "ps", "pt", "ro", "ru", "si"),
    *("sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl", "tr", "ug"),
    *("uk", "ur", "uz", "vi", "xh", "yo", "zh", "zu"),
)
#: Characters of a text that are looked at: more do not make it surer.
MAX_CHARACTERS = 1_000
#: What the library calls a text that is in no language: numbers, markup.
_NOTHING = "zxx"


class TextLanguageIdentifier:
    """Says the language of texts, with the probability.

    Args:
        languages: Codes to look among; None for all that the library has.

    Raises:
        ValueError: If the library does not know one of these codes; the message says which.
    """

    def __init__(self, languages: Sequence[str] | None) -> None:
        self._model: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._both = languages is None or {"da", "no"} <= set(languages)
        if languages is None:
            return
        known = set(self._model.labels)
        wanted = {code for code in known if fold_language(code) in languages}
        if missing := sorted(set(languages) - {fold_language(code) for code in wanted}):
            raise ValueError(f"{LIBRARY} does not know {', '.join(missing)}; leave it out")
        self._model.set_languages({*wanted, _NOTHING} & known)

    @property
    def revision(self) -> str:
        """The version of the library, and so of its model."""
        return version(LIBRARY)

    def identify(self, text: str) -> tuple[str, float]:
        """Say the likeliest language of a text, and its probability; `und` for none.

        What the library tells apart and documents do not, as the two written forms of Norwegian,
        counts together. Danish and Norwegian are told apart by their words; the probability is
        the library's for what it found.
        """
        ranked = self._model.rank(text[:MAX_CHARACTERS])
        best = ranked[0][0]
        if best == _NOTHING:
            return NO_LANGUAGE, float(ranked[0][1])
        language = fold_language(best)
        total = sum(share for code, share in ranked if fold_language(code) == language)
        if language in ("da", "no") and self._both:
            language = danish_or_norwegian(text[:MAX_CHARACTERS], language)
        return read_language(language) or language, min(1.0, float(total))
