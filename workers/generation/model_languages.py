"""The languages of a model that has to be told them: M2M100, NLLB, mBART-50 and their kin."""

from __future__ import annotations

import re
from typing import Any

from schema.languages import related_codes

#: A code of FLORES-200, ISO 639-3 and a script: NLLB's tokenizer keeps no list of them.
_FLORES = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")
#: The script that is meant where nobody names one.
_USUAL_SCRIPT = {"zho": "Hans", "cmn": "Hans"}


class ModelLanguages:
    """What a model calls the languages that it knows.

    Args:
        tokenizer: Of the model.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        listed = getattr(tokenizer, "lang_code_to_id", None)
        if listed is None:
            listed = filter(_FLORES.fullmatch, tokenizer.all_special_tokens)
        #: In the order of the tokenizer's list.
        self.codes = [code for code in listed if self.first_token(code) != tokenizer.unk_token_id]

    @classmethod
    def of(cls, tokenizer: Any) -> ModelLanguages | None:
        """Those of a tokenizer; None if it builds no inputs by language, as those of one pair."""
        return cls(tokenizer) if hasattr(tokenizer, "_build_translation_inputs") else None

    def called(self, language: str) -> list[str]:
        """What the model calls a language: nothing if it does not know it, several where it has
        several scripts and none is the usual one.

        Args:
            language: A code of ISO 639-1 or 639-3.
        """
        for code in related_codes(language):
            if found := [own for own in self.codes if own.split("_")[0] == code]:
                usual = f"{code}_{_USUAL_SCRIPT.get(code)}"
                return [usual] if usual in found else found
        return []

    def first_token(self, code: str) -> int:
        """The token that a text in a language begins with (`_build_translation_inputs`)."""
        tokenizer = self._tokenizer
        if hasattr(tokenizer, "get_lang_id"):  # M2M100's, whose tokens are `__en__`
            return int(tokenizer.get_lang_id(code))
        return int(tokenizer.convert_tokens_to_ids(code))
