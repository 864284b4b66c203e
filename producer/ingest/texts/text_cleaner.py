"""What of a text is analysed: all of it, unless the user asks for less."""

from __future__ import annotations

from dataclasses import dataclass

from producer.ingest.texts.html_text import html_to_text
from producer.ingest.texts.replies import OwnWords, strip_replies


@dataclass(frozen=True)
class TextCleaner:
    """Takes out of texts what a customer did not write.

    Attributes:
        html: Whether tags and entities become text.
        replies: Whether quoted mails and signatures are taken out.
    """

    html: bool = False
    replies: bool = False

    def clean(self, text: str) -> OwnWords:
        """The text as it is analysed, and what was taken out of it."""
        if self.html:
            text = html_to_text(text)
        return strip_replies(text) if self.replies else OwnWords(text, None)
