"""The prompt of a reply: the instructions, what is known of the feedback, and its text.

A checkpoint that was trained on chats says in its chat template how they are written; one without
gets the same in plain words, one part behind the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from schema.document import About, Document

#: What a model is told if the catalog names no instructions.
INSTRUCTIONS = (
    "You draft replies to customer feedback. Write a short, polite and honest reply in the "
    "language of the feedback. Promise nothing, and make up no names, dates or amounts. Write the "
    "reply and nothing else."
)


class ChatTemplateError(ValueError):
    """A chat template makes no prompts. One sentence, without the model."""


class PromptWriter:
    """Makes prompts for one checkpoint.

    Args:
        tokenizer: Of the checkpoint, with its chat template if it has one.
        instructions: What the model is told to do.

    Attributes:
        kind: `chat` or `plain`.

    Raises:
        ChatTemplateError: If its chat template makes none, or leaves out what a customer says.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, instructions: str) -> None:
        self._tokenizer, self._instructions = tokenizer, instructions
        self.kind = "chat" if tokenizer.chat_template else "plain"
        added: dict[int, Any] = getattr(tokenizer, "added_tokens_decoder", {})
        known = {*map(str, added.values()), *tokenizer.all_special_tokens}
        self._special = sorted((one for one in known if len(one) > 1), key=len, reverse=True)
        self._system = self.kind == "chat" and self._takes_a_system()
        if self.kind == "chat":
            self._try()

    def prompt(self, document: Document, text: str) -> str:
        """The prompt of a document, with as much of its text as is given; special tokens are in it
        as they are written.
        """
        feedback = "\n".join([*self.known(document.about), "Feedback:", self._plain(text)])
        if self.kind == "plain":
            return f"{self._instructions}\n\n{feedback}\n\nReply:\n"
        if self._system:
            return self._chat([("system", self._instructions), ("user", feedback)])
        return self._chat([("user", f"{self._instructions}\n\n{feedback}")])

    def _takes_a_system(self) -> bool:
        """Whether the template knows instructions apart from what a user says; not all do."""
        try:
            written = self._chat([("system", self._instructions), ("user", "x")])
        except Exception:  # whatever Python raises within a template
            return False
        return self._instructions in written

    def _try(self) -> None:
        """Let no customer's text find out what the template does not do."""
        try:
            one, other = (self.prompt(Document(0, text), text) for text in ("late", "broken"))
        except Exception as error:  # whatever Python raises within a template
            said = " ".join(str(error).split()) or type(error).__name__
            raise ChatTemplateError(f"its chat template makes no prompt ({said})") from error
        if one == other:
            raise ChatTemplateError("its chat template leaves out what the customer says")

    def _chat(self, said: Sequence[tuple[str, str]]) -> str:
        messages = [{"role": role, "content": content} for role, content in said]
        # By this name a template asks for them, which Transformers 5 no longer has.
        more = list(self._tokenizer.extra_special_tokens)
        named: dict[str, Any] = {"additional_special_tokens": more} if more else {}
        return str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, **named
            )
        )

    def known(self, about: About | None) -> list[str]:
        """Lines on what is known beside the text. What the model has found of the sentiment goes
        before the rating that says the same.
        """
        if about is None:
            return []
        lines = [f"Product: {self._plain(about.product)}"] if about.product else []
        if about.polarity is not None:
            lines.append(f"Sentiment: {about.polarity}")
        elif about.rating is not None:
            best = "" if about.rating_scale is None else f" of {about.rating_scale}"
            lines.append(f"Rating: {about.rating:g}{best}")
        return lines

    def _plain(self, text: str) -> str:
        """A customer's words, in which nothing is a special token: nobody ends his turn by writing
        `<|im_end|>`.
        """
        for token in self._special:
            if token in text:
                text = text.replace(token, f"{token[0]} {token[1:]}")
        return text
