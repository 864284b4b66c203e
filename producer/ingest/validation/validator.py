"""Looking into rows: each becomes `Feedback`, or a `Reject` with a reason."""

from __future__ import annotations

from typing import Any

from producer.ingest.columns.choice import ColumnPlan
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.readers.reasons import EMPTY
from producer.ingest.readers.row import Reject, Row
from producer.ingest.texts.empty_texts import is_blank, is_empty_text
from producer.ingest.texts.replies import OwnWords
from producer.ingest.validation.feedback import Feedback, digest
from producer.ingest.validation.identity import identity_of_content
from producer.ingest.validation.metadata import encode_metadata
from producer.ingest.validation.row_context import RowContext, ValueNotes, ValueParsers
from producer.ingest.validation.row_values import RowFacts, RowValues, named

#: Between a title and the text behind it.
BEHIND_TITLE = "\n\n"
#: Where the metadata has what `--strip-replies` took out of a text.
QUOTED = "quoted_text"


class RowValidator:
    """Looks into the rows of one input.

    Args:
        context: The input.
        plan: What its columns hold.
        parsers: What reads their values.
    """

    def __init__(self, context: RowContext, plan: ColumnPlan, parsers: ValueParsers) -> None:
        self._context = context
        self._columns = plan.columns
        self._identity = plan.identity
        self._parsers = parsers
        self._used = plan.columns.used()
        self._used_by_identity = plan.identity.used()
        self.notes = ValueNotes()
        self._values = RowValues(context, plan.columns, parsers, self.notes)

    def validate(self, row: Row | Reject) -> list[Feedback | Reject]:
        """What a row becomes: one document or reject, or a document for each of its answers."""
        if isinstance(row, Reject):
            return [row]
        texts = self._columns.texts
        if len(texts) == 1:
            return [self._validate(row, texts[0], None)]
        answered = [
            column for column in texts if not is_blank(get_field(row.fields, column))
        ] or texts[:1]
        return [self._validate(row, column, column) for column in answered]

    def _validate(self, row: Row, column: str, question: str | None) -> Feedback | Reject:
        try:
            return self._feedback(row, column, question)
        except UnicodeEncodeError as error:
            # Only JSON's \ud800 can bring one in; broken bytes have been found before.
            character = ord(error.object[error.start])
            reason = f"half a surrogate pair (U+{character:04X})"
        except ValueError as error:
            reason = str(error)
        except RecursionError:
            # Only a JSON column of another database can bring this in.
            reason = "fields are nested too deep"
        return Reject(self._context.file, row.line, reason, row.fields)

    def _feedback(self, row: Row, column: str, question: str | None) -> Feedback:
        columns, fields = self._columns, row.fields
        written = self._written(column, get_field(fields, column))
        text = self._own_words(column, written)
        extra = {name: fields[name] for name in fields if name not in self._used}
        if text.quoted is not None:
            extra[_free_name(QUOTED, fields)] = text.quoted
        title, rating = self._values.title(fields), self._values.rating(fields)
        about = self._values.facts(row, extra)
        if question is not None and columns.id is not None:
            extra[columns.id] = get_field(fields, columns.id)
        metadata = encode_metadata(extra)
        # All hashes also make sure that everything can be encoded.
        f"{metadata}{about.product}{about.external_id}{title}{question}".encode()
        answer = () if question is None else (question,)
        if self._context.known_by:
            told = {**about._asdict(), "text": written, "title": title}
            told["rating"] = rating and rating.value
            identity = identity_of_content(self._context.known_by, told, fields, *answer)
        else:
            identity = self.identify(row, about, written, metadata, answer)
        external_id = about.external_id
        if question is not None and external_id is not None:
            external_id = f"{external_id}:{question}"
        return Feedback(
            row,
            self._context.file,
            identity,
            about.source,
            external_id,
            digest(text.text),
            self.titled(title, text.text),
            about.time,
            about.language,
            about.product,
            metadata,
            rating.value if rating else None,
            rating.scale if rating else None,
            title,
            question,
        )

    def identify(
        self, row: Row, about: RowFacts, text: str, metadata: str, answer: tuple[str, ...]
    ) -> str:
        """The document's identity, see `ColumnPlan.identity`.

        Args:
            row: The row.
            about: What it says.
            text: Its text as it has it.
            metadata: As they are stored.
            answer: The question, where the row has several.
        """
        if about.external_id is not None:
            return digest("id", about.source, about.external_id, *answer)
        ours, first = self._columns, self._identity
        if self._used != self._used_by_identity or QUOTED in metadata:
            metadata = self._first_metadata(row.fields, about)
        content = (
            str(about.day if first.time == ours.time else None),
            str(about.language if first.language == ours.language else None),
            str(about.product if first.product == ours.product else None),
            metadata,
            text,
        )
        place = self._context.place
        return digest("row", about.source, place, str(row.line), *content, *answer)

    def _first_metadata(self, fields: dict[str, Any], about: RowFacts) -> str:
        first = self._identity
        used = self._used_by_identity
        extra = {name: fields[name] for name in fields if name not in used}
        if first.language and about.language is None and fields.get(first.language):
            extra[first.language] = fields[first.language]
        return encode_metadata(extra)

    def _written(self, column: str, value: Any) -> str:
        """The text as the row has it."""
        if isinstance(value, bytes):
            try:
                value = value.decode()
            except UnicodeDecodeError:
                raise ValueError("broken encoding: the text is not UTF-8") from None
        if value is None or value != value:
            raise ValueError(f"{EMPTY}: no text in {named(column)}")
        if type(value) is not str:
            raise ValueError(f"{named(column)} holds no text but {type(value).__name__}")
        if "\0" in value:
            raise ValueError("the text contains NUL")
        return value

    def _own_words(self, column: str, written: str) -> OwnWords:
        """What of the text is analysed."""
        text = self._parsers.texts.clean(written)
        if is_empty_text(text.text):
            marker = written.strip() if written.isprintable() and len(written) < 20 else ""
            said = f" ({marker!r} says nothing)" if marker else ""
            raise ValueError(f"{EMPTY}: no text in {named(column)}{said}")
        if "\0" in text.text:
            raise ValueError("the text contains NUL")
        self.notes.stripped += text.quoted is not None
        return text

    def titled(self, title: str | None, text: str) -> str:
        """The text with its title before it, unless it begins with that anyway.

        Raises:
            ValueError: If that is too long; the message is the reason to reject the row.
        """
        if title is not None and not text.lstrip().startswith(title):
            text = f"{title}{BEHIND_TITLE}{text}"
        if len(text) > self._context.text_limit:
            raise ValueError(
                f"text of {len(text)} characters, TRIAGE_TEXT_LIMIT is {self._context.text_limit}"
            )
        return text


def _free_name(name: str, fields: dict[str, Any]) -> str:
    while name in fields:
        name += "_"
    return name
