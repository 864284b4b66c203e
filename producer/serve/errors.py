"""Errors of requests: each is a page with a sentence that says what is wrong and what to do."""

from __future__ import annotations

import logging
import re
import traceback

from sqlalchemy.exc import SQLAlchemyError

from producer.errors import explain
from producer.serve.facts.page_cache import TooManyPagesError
from schema.database.errors import is_passing

logger = logging.getLogger(__name__)

#: Options of commands, as messages name them that commands have, too.
_OPTION = re.compile(r"--(since|until|where|run)\b")
_TITLES = {
    400: "That cannot be understood",
    403: "You may not do that",
    404: "There is no such page",
    405: "That cannot be done here",
    413: "That is too much",
    429: "Too many attempts",
    500: "Something went wrong here",
    503: "Not now",
}


class RequestError(Exception):
    """Ends a request with a page.

    Args:
        status: Of the answer.
        sentence: What is wrong, and what to do.
        headers: Of the answer.
    """

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers or {}

    @property
    def title(self) -> str:
        """What the page is headed."""
        return _TITLES.get(self.status, _TITLES[500])


def as_request_error(error: Exception) -> RequestError:
    """The page that an error ends with; what is nobody's fault but ours is logged by its kind,
    since its words may quote a customer's.
    """
    if isinstance(error, RequestError):
        return error
    if isinstance(error, TooManyPagesError):
        return RequestError(503, "Many pages are being made at the moment; try again in a minute.")
    if isinstance(error, SQLAlchemyError):
        logger.warning("the database failed: %s", type(error).__name__)
        if is_passing(error):
            return RequestError(
                503, "The database does not answer at the moment; try again in a minute."
            )
        return RequestError(500, "The database cannot answer that; whoever runs it has the log.")
    known = explain(error)
    if known is not None:
        said = _OPTION.sub(r"\1", known.sentence)
        return RequestError(400, f"{said[:1].upper()}{said[1:]}.".replace("..", "."))
    # Where it was, in our own lines; what it says may be a customer's words.
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("a request failed: %s\n%s", type(error).__name__, where)
    return RequestError(500, "A request failed, and nothing was changed; try again.")
