"""Whether the values of a column go with the role that its name says."""

from __future__ import annotations

from collections.abc import Sequence

from producer.ingest.columns.column_sample import ColumnSample
from producer.ingest.columns.usual_names import is_other_time
from producer.ingest.ratings.rating_parser import RatingParser, is_net_promoter_name

#: Columns of which the only one with times is looked for.
_MOST_SEARCHED = 200
#: Fewer values do not tell that a column is no id.
_LEAST_IDS = 10


def is_id(sample: ColumnSample, column: str) -> bool:
    """Whether rows with the same value are mostly the same rows."""
    values = sample.values(column)
    if len(values) < _LEAST_IDS:
        return True
    # A list is no id, and cannot be counted either.
    return len({str(value) for value in values}) > len(values) / 2 or sample.repeats_rows(column)


def is_unique(sample: ColumnSample, column: str) -> bool:
    """Whether each row has a value of its own."""
    values = sample.values(column)
    return len({str(value) for value in values}) == len(values)


def is_time(sample: ColumnSample, column: str) -> bool:
    """Whether at least half of the values are times, or there is none to tell."""
    return not sample.values(column) or sample.share_of_times(column) >= 0.5


def only_time(sample: ColumnSample, columns: Sequence[str]) -> str | None:
    """The only column whose values are written times; None where there are several, or none."""
    found = [
        column
        for column in columns[:_MOST_SEARCHED]
        if not is_other_time(column)
        and sample.profile(column).numbers < 0.5
        and sample.has_time_early(column)
        and sample.share_of_times(column) >= 0.9
    ]
    return found[0] if len(found) == 1 else None


def is_rating(sample: ColumnSample, column: str) -> bool:
    """Whether the values are few, and numbers, stars or the like."""
    values = sample.values(column)
    if not values:
        return True
    parser = RatingParser(column, values)
    read = [rating for value in values if (rating := parser.read(value))]
    if len(read) < 0.7 * len(values):
        return False
    # Likes, prices and scores of models have more values, or larger ones.
    plain = any(rating.scale is None for rating in read) or len({r.scale for r in read}) > 1
    few = len({rating.value for rating in read}) <= max(11, len(read) // 2)
    # Between 0 and 1 is a probability.
    if all(rating.value <= 1 for rating in read) and any(rating.value % 1 for rating in read):
        return False
    large = max(rating.scale or 0 for rating in read) > 10
    return not plain and few and (not large or _is_percent(values) or is_net_promoter_name(column))


def _is_percent(values: Sequence[object]) -> bool:
    return any(isinstance(value, str) and ("%" in value or "/" in value) for value in values)


def is_title(sample: ColumnSample, column: str) -> bool:
    """Whether the values are texts, and mostly different ones: else it is a topic or a product."""
    profile = sample.profile(column)
    if not profile.values:
        return True
    return profile.numbers < 0.5 and (profile.values < 10 or profile.variety >= 0.5)
