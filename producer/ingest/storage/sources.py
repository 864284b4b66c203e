"""Choosing the source of an input: by what the user says, else by what is stored already.

The same feedback in two files is one document only if both are of one source. So a source is looked
for in which documents with the ids of the input have the same texts. One in which they have others
is left alone: number 1 of one file need not be number 1 of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from producer.ingest.errors import IngestError
from producer.ingest.escaping import shown
from producer.ingest.plan import Plan
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.lasting_name import first_word
from producer.ingest.validation.source_choice import Sample, SourceChoice, usual_source
from schema.database import reading
from schema.tables import DocumentRow, Run, RunDocument, RunInput

#: Sources of earlier inputs, the newest ones, that an input may be of.
MOST_SOURCES = 50
#: Documents with the same text that it takes to believe in a source of quite another name.
ENOUGH_ALIKE = 3
#: Newest documents among which texts are looked for.
NEWEST_DOCUMENTS = 100_000
#: Characters of a text that says enough to know feedback by.
LONG_ENOUGH = 12
#: Inputs whose texts are looked for, since nothing makes that quick.
MOST_INPUTS = 20
#: Characters of two texts that are compared.
COMPARED = 2_000
#: Part of the words of both that texts have in common where one is a change of the other.
COMMON_WORDS = 0.25
#: Further sources of a name, where all others have other texts: `reviews-2` and so on.
MOST_NUMBERED = 20

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Found:
    """How many documents of a sample a source has.

    Attributes:
        same: With the same text.
        alike: With the same text, or one that may have become it.
        changed: With another text, that another run has stored.
    """

    known: int
    same: int
    alike: int
    changed: int

    @property
    def is_possible(self) -> bool:
        """Whether the sample may be of the source: none is known there, or most are alike."""
        return 2 * self.alike >= self.known


class SourceFinder:
    """Chooses the sources of the inputs of a plan.

    Args:
        engine: The database.
        plan: The plan.
        notify: Gets a sentence where the user should know more.
    """

    def __init__(self, engine: Engine, plan: Plan, notify: Callable[[str], None]) -> None:
        self._engine = engine
        self._plan = plan
        self._notify = notify
        self._inputs = 0

    def choose(self, sample: Sample) -> SourceChoice:
        """Choose the source of an input.

        Raises:
            IngestError: If all that come into question have other texts.
        """
        with reading(self._engine) as connection:
            name = self._plan.source or self._remembered(connection, sample)
            found = None if name is None else self._count_known(connection, sample, name)
            if name is None or found is None:
                name, found = self._search(connection, sample)
            documents = sample.with_source(name)
            if 2 * found.known < len(documents):
                self._warn_of_known_texts(connection, sample, documents)
        return SourceChoice(name, doubtful=2 * found.changed > found.known)

    def _remembered(self, connection: Connection, sample: Sample) -> str | None:
        """The source that the run has taken before: a row's identity depends on it."""
        inputs = connection.execute(
            select(RunInput.identity, RunInput.source).join(Run).where(Run.name == self._plan.run)
        ).all()
        for row in inputs:
            if row.identity == sample.digest and row.source is not None:
                return str(row.source)
        # Before sources were kept, it was the name of the file.
        return sample.input.stem if any(row.source is None for row in inputs) else None

    def _search(self, connection: Connection, sample: Sample) -> tuple[str, _Found]:
        usual = usual_source(sample.input)
        own = dict.fromkeys((usual, sample.input.stem))
        looked = {name: self._count_known(connection, sample, name) for name in own}
        for name, found in looked.items():
            if found.alike and found.is_possible:
                return name, found
        for name in _earlier_sources(connection):
            if name in own:
                continue
            found = self._count_known(connection, sample, name)
            relative = first_word(name) == first_word(sample.input.stem)
            enough = 1 if relative else ENOUGH_ALIKE
            if found.same >= enough and found.is_possible:
                self._notify(
                    f"{sample.input.name}: {found.same} of its first rows are stored in source "
                    f"'{shown(name)}', so it is taken as of that; --source says otherwise"
                )
                return name, found
        for name in own:
            if looked[name].is_possible:
                self._notify_of_other_texts(sample, usual, name)
                return name, looked[name]
        return self._numbered(connection, sample, usual)

    def _numbered(self, connection: Connection, sample: Sample, usual: str) -> tuple[str, _Found]:
        for number in range(2, MOST_NUMBERED + 1):
            name = f"{usual}-{number}"
            found = self._count_known(connection, sample, name)
            if found.is_possible:
                self._notify_of_other_texts(sample, usual, name)
                return name, found
        raise IngestError(
            f"{sample.input.name}: its ids are stored with other texts in source "
            f"'{shown(usual)}' and {MOST_NUMBERED - 1} more; give --source, or the right --id"
        )

    def _notify_of_other_texts(self, sample: Sample, usual: str, name: str) -> None:
        if name != usual:
            self._notify(
                f"{sample.input.name}: its ids are stored in source '{shown(usual)}' with other "
                f"texts, so it is taken as source '{shown(name)}'; --source says otherwise"
            )

    def _count_known(self, connection: Connection, sample: Sample, source: str) -> _Found:
        documents = {one.identity: one for one in sample.with_source(source)}
        run = select(Run.id).where(Run.name == self._plan.run).scalar_subquery()
        rows = connection.execute(
            select(
                DocumentRow.identity,
                DocumentRow.text_hash,
                func.substr(DocumentRow.text, 1, COMPARED).label("text"),
                RunDocument.document_id.label("ours"),
            )
            .outerjoin(
                RunDocument,
                (RunDocument.document_id == DocumentRow.id) & (RunDocument.run_id == run),
            )
            .where(DocumentRow.identity.in_(documents))
        ).all()
        same = alike = changed = 0
        for row in rows:
            ours = documents[row.identity]
            if row.text_hash == ours.text_hash:
                same += 1
            else:
                # Of files that are given together, the later one is believed.
                changed += row.ours is None
                alike += _alike(row.text, ours.text[:COMPARED])
        return _Found(len(rows), same, same + alike, changed)

    def _warn_of_known_texts(
        self, connection: Connection, sample: Sample, documents: Sequence[Feedback]
    ) -> None:
        """Say so if most are new, though their texts are stored."""
        hashes = {one.text_hash for one in documents if len(one.text) >= LONG_ENOUGH}
        if 2 * len(hashes) < len(documents) or self._inputs == MOST_INPUTS:
            return
        self._inputs += 1
        newest = select(func.max(DocumentRow.id)).scalar_subquery()
        known = connection.execute(
            select(func.count(DocumentRow.text_hash.distinct())).where(
                DocumentRow.id > newest - NEWEST_DOCUMENTS, DocumentRow.text_hash.in_(hashes)
            )
        ).scalar_one()
        if 2 * known > len(hashes):
            self._notify(
                f"{sample.input.name}: most of its rows are new, though their texts are stored "
                "already; if it is the same feedback, stop here (Ctrl-C) and give the --source "
                "that it has, the right --id, or --id-from text,time"
            )


def _earlier_sources(connection: Connection) -> Iterator[str]:
    """Sources that inputs were of, the newest first."""
    name = func.coalesce(RunInput.source, RunInput.name).label("source")
    newest = func.max(RunInput.run_id)
    rows = connection.execute(
        select(name, newest).group_by(name).order_by(newest.desc()).limit(MOST_SOURCES)
    )
    return iter([str(row.source) for row in rows])


def _alike(one: str, other: str) -> bool:
    """Whether one text may be a change of the other."""
    ours, theirs = (set(_WORDS.findall(text.casefold())) for text in (one, other))
    both = ours | theirs
    return bool(both) and len(ours & theirs) >= COMMON_WORDS * len(both)
