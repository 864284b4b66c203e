"""Texts through the models of a process that stays, each with its results beside it."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from feedback_triage.errors import explained
from feedback_triage.frames import Frame, Kind, choose_kind
from feedback_triage.given import TABLE, TEXTS, Given, as_input, read_given

if TYPE_CHECKING:
    from producer.engine.analysis_request import AnalysisRequest
    from producer.engine.engine_process import EngineProcess
    from producer.engine.texts import Texts

#: Names in a list, or separated by commas.
Names = str | Sequence[str] | None

#: Processes of `analyze`, by catalog and device, kept for the next call.
_KEPT: dict[tuple[str, str], EngineProcess] = {}
_KEPT_LOCK = threading.Lock()
#: Rows that the process gets at once: enough to sort them into full batches.
_BLOCK = 512


class Analyzer:
    """Models in memory, for as long as it is open; to be closed, or used in a `with` statement.

    They are in a process of their own, so torch, its threads and its memory are not those of the
    caller, and leave with `close`. The first call starts it and loads the models, which takes
    seconds. Threads may share an analyzer: they wait for each other, since the process computes on
    all cores anyway. In a process that was forked, or that got it pickled, it starts anew.

    Args:
        analyses: Names, in a list or separated by commas; None for all that the catalog has models
            for, but `embedding`, whose vectors are for programs.
        models: `pocket`, `hub` or the path of a catalog; None for that of `TRIAGE_MODELS`.
        question: For `qa`, one or several.
        translate_to: For `translation`, e.g. `de`.
        device: `cpu`, `cuda:0`, … or `auto`; None for that of `TRIAGE_DEVICE`.

    Raises:
        TriageError: If the catalog has no model for what is asked, or a setting is wrong.
    """

    def __init__(
        self,
        analyses: Names = None,
        *,
        models: str | None = None,
        question: Names = None,
        translate_to: str | None = None,
        device: str | None = None,
    ) -> None:
        self._arguments = (analyses, models, question, translate_to, device)
        with explained():
            from producer.engine.engine_process import EngineProcess
            from producer.nodes.requirements import require_worker_extra

            require_worker_extra()
            self._request = _read_request(analyses, models, question, translate_to)
            self._engine = EngineProcess(models, device)

    def analyze(
        self,
        data: Any,
        *,
        text: str | None = None,
        id: str | None = None,
        to: Kind | None = None,
    ) -> Frame:
        """Analyse texts; see `feedback_triage.analyze`."""
        return _analyzed(read_given(data), self._engine, self._request, (text, id), to)

    def close(self) -> None:
        """End the process; its models leave the memory. The next call would start another."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopened, self._arguments


def analyze(
    data: Any,
    analyses: Names = None,
    *,
    models: str | None = None,
    question: Names = None,
    translate_to: str | None = None,
    device: str | None = None,
    text: str | None = None,
    id: str | None = None,
    to: Kind | None = None,
) -> Frame:
    """Analyse texts, without queue or database; the models stay in memory for the next call.

    Args:
        data: A list of texts (or a Series, or an array); a DataFrame of pandas or Polars, or a
            table of Arrow; or the path of what `triage ingest` reads, a `.txt` with a text a line.
        analyses, models, question, translate_to, device: As `Analyzer` has them.
        text: The column of the texts, of a table or a file; None to find it as `triage ingest`
            does.
        id: The column of the ids, of a table or a file; None to find it likewise.
        to: The library of what comes back: `pandas`, `arrow` or `polars`; None for that of a table
            that was given, else pandas if it is installed, else Arrow.

    Returns:
        A row for each row that was given, in its order. A table keeps its columns (those with the
        names of results are replaced) and its index; of texts there is `text`, of a file `id`,
        `text` and, as far as the file has them, `time`, `rating`, `language`, `product`. Then the
        results: `sentiment_polarity`, `sentiment_score` and so on of an analysis that gives a text
        one result, a list of objects in `entities`, `qa`, `intent`, `embedding`; `not_analysed`,
        which analyses do not read a text's language; `error`, why a row was not analysed. Where
        there is none, a value is missing.

    Raises:
        TriageError: If nothing can be analysed, e.g. no column looks like the text.
        TypeError: If `data` is none of these.
        ValueError: If `to` is none of these, or not installed.
    """
    with explained():
        request = _read_request(analyses, models, question, translate_to)
        engine = _engine_of(models, device)
    return _analyzed(read_given(data), engine, request, (text, id), to)


def close() -> None:
    """End the processes that `analyze` has kept; the next call loads the models again."""
    with _KEPT_LOCK:
        for engine in _KEPT.values():
            engine.close()
        _KEPT.clear()


def _reopened(
    analyses: Names, models: str | None, question: Names, to: str | None, device: str | None
) -> Analyzer:
    return Analyzer(analyses, models=models, question=question, translate_to=to, device=device)


def _engine_of(models: str | None, device: str | None) -> EngineProcess:
    from producer.engine.engine_process import EngineProcess
    from producer.nodes.requirements import require_worker_extra
    from producer.session import open_settings

    require_worker_extra()
    config = open_settings()
    key = (models or config.models, device or config.device)
    with _KEPT_LOCK:
        if key not in _KEPT:
            _KEPT[key] = EngineProcess(*key)
        return _KEPT[key]


def _read_request(
    analyses: Names, models: str | None, question: Names, translate_to: str | None
) -> AnalysisRequest:
    from producer.engine.analysis_request import read_request
    from producer.session import open_settings

    named = analyses if analyses is None or isinstance(analyses, str) else ",".join(analyses)
    questions = (question,) if isinstance(question, str) else question or ()
    return read_request(models or open_settings().models, named, questions, translate_to)


def _analyzed(
    given: Given,
    engine: EngineProcess,
    request: AnalysisRequest,
    columns: tuple[str | None, str | None],
    to: Kind | None,
) -> Frame:
    kind = choose_kind(to, given.kind)
    with explained():
        from feedback_triage.beside import beside
        from producer.engine.analyzed import analyze_rows

        texts = _texts(given, *columns)
        rows = list(analyze_rows(texts.rows(), engine, request, _BLOCK))
        if texts.failures and not texts.read:
            from producer.errors import UsageError

            raise UsageError(texts.failures[0])
        for sentence in texts.failures:
            _warn(f"failed: {sentence}")
        return beside(given, rows, request.analyses, kind)


def _texts(given: Given, text: str | None, id: str | None) -> Texts:
    from producer.engine.texts import Texts, find_texts
    from producer.ingest.columns.choice import ColumnChoice
    from producer.ingest.errors import IngestError
    from producer.session import open_settings

    config = open_settings()
    if given.path is not None:
        try:
            return find_texts(config, [given.path], ColumnChoice(text=text, id=id), _warn)
        except IngestError as error:
            if " " not in given.path.strip():
                raise
            # Not the path, which is a customer's text then.
            said = "this path does not exist" if "exist" in str(error) else str(error)
            raise IngestError(f"{said}; a text itself goes in a list: analyze([text])") from None
    assert given.columns is not None
    if given.table is None:
        text, id = "text", ""
    name = TEXTS if given.table is None else TABLE
    one = as_input(name, given.columns)
    return Texts((one,), ColumnChoice(text=text, id=id), config.text_limit, notify=_warn)


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=2)
