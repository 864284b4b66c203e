"""Rows of a block, sorted by what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from producer.ingest.counts import Counts
from producer.ingest.escaping import shown
from producer.ingest.on_change import OnChange
from producer.ingest.readers.reasons import has_no_text
from producer.ingest.readers.row import Reject
from producer.ingest.storage.block import Block
from producer.ingest.storage.changes import Change, Changes
from producer.ingest.storage.counted import CountedRows
from producer.ingest.storage.stored_document import StoredDocument
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.input_row import InputRow


@dataclass(slots=True)
class SortedRows:
    """What becomes of the rows of a block.

    Attributes:
        refused: Rows that do not go in.
        joining: Rows whose document joins the run, in order, by its identity.
        replaced: Versions that are to be replaced, by identity.
        refreshed: Documents that are to be changed in place, by identity.
        returned: Ids of documents that come again.
    """

    counts: Counts = field(default_factory=Counts)
    refused: list[Reject] = field(default_factory=list)
    joining: dict[str, InputRow] = field(default_factory=dict)
    replaced: dict[str, StoredDocument] = field(default_factory=dict)
    refreshed: dict[str, StoredDocument] = field(default_factory=dict)
    returned: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowSorter:
    """Sorts the rows of a block.

    Attributes:
        on_change: As the user says; None for an update where that is to be believed.
        counted: Which rows were counted before.
        found: What is stored, by identity.
        changes: Tells how rows differ from it.
        firsts: The first row of each identity.
    """

    on_change: OnChange | None
    counted: CountedRows
    found: Mapping[str, StoredDocument]
    changes: Changes
    firsts: Mapping[str, Feedback]

    def sort(self, block: Block) -> SortedRows:
        """Sort the rows."""
        done = SortedRows()
        for row in block:
            item: Feedback | Reject | None = row.content
            if isinstance(item, Feedback):
                item = self._sort_row(row, item, done)
            if isinstance(item, Reject):
                before = self.counted.has(row)
                # Also one that was counted before: its file may lie elsewhere now.
                done.refused.append(item)
                done.counts.rejected += not before
                done.counts.empty += has_no_text(item.reason)
                done.counts.rejected_before += before
                done.counts.before += before
        return done

    def _sort_row(self, row: InputRow, item: Feedback, done: SortedRows) -> Reject | None:
        """Say what becomes of a row that may go in, or why it may not."""
        document = self.found[item.identity]
        first = self.firsts[item.identity]
        if document.new and item is first:
            self._accept_new(row, item.identity, done)
            return None
        if item is not first:
            # Of another input it would be in another part of the block.
            differs = item.content_hash != first.content_hash
            change = Change.SECOND if differs else Change.NOTHING
        else:
            change = self.changes.of(row, item, document)
        if change is Change.SECOND:
            return _second(item)
        if change in (Change.CONTENT, Change.METADATA):
            if self.on_change is OnChange.ERROR:
                return _refused(item, change)
            if self.on_change is OnChange.KEEP:
                done.counts.kept += 1
                change = Change.NOTHING
            elif change is Change.CONTENT and self.on_change is None and row.input.doubtful:
                done.counts.doubted += 1
                return _doubted(item)
        if document.gone and item is first:
            done.returned.append(document.id)
        self._accept(row, item.identity, change, done)
        return None

    def _accept_new(self, row: InputRow, identity: str, done: SortedRows) -> None:
        """As `_accept`, which has nothing to ask of a document that this row has stored."""
        done.joining[identity] = row
        done.counts.stored += 1
        if self.counted.has(row):
            self.counted.add_again(row)

    def _accept(self, row: InputRow, identity: str, change: Change, done: SortedRows) -> None:
        document, before = self.found[identity], self.counted.has(row)
        updated = change in (Change.CONTENT, Change.METADATA)
        joins = change is Change.CONTENT or not (
            document.in_run
            or identity in done.joining
            or document.analysed
            or change is Change.EARLIER
        )
        if change is Change.CONTENT:
            done.replaced[identity] = document
        elif change is Change.METADATA:
            done.refreshed[identity] = document
            done.counts.refreshed += 1
        if joins:
            done.joining[identity] = row
            if before:
                self.counted.add_again(row)
            done.counts.updated_positions += updated
            done.counts.stored += not updated
            done.counts.known += not (updated or document.new)
        else:
            done.counts.before += before
        if updated:
            done.counts.updated += joins or not before
        elif not joins:
            done.counts.duplicate += not before


def _second(one: Feedback) -> Reject:
    return _reject(
        one,
        f"{_named(one)} is in this file before, with another text, time or language; give the "
        "right --id, or take one of the two rows out",
    )


def _refused(one: Feedback, change: Change) -> Reject:
    what = "another text, time or language" if change is Change.CONTENT else "other metadata"
    return _reject(
        one,
        f"{_named(one)} is stored with {what}; bring the change in with --on-change update, or "
        "leave what is stored with --on-change keep",
    )


def _doubted(one: Feedback) -> Reject:
    return _reject(
        one,
        f"{_named(one)} is stored with another text, as most of this input are; if they were "
        "changed, say --on-change update; if they are others, give another --source, or the right "
        "--id",
    )


def _named(one: Feedback) -> str:
    """The document as a user knows it; of one without an id no word of the customer's."""
    if one.external_id is None:
        return f"this feedback of source '{shown(one.source)}'"
    return f"id '{shown(one.external_id)}' of source '{shown(one.source)}'"


def _reject(one: Feedback, reason: str) -> Reject:
    return Reject(one.file, one.row.line, reason, one.row.fields)
