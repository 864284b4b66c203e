"""Statistics of what is counted: how far a figure can be trusted."""

from schema.insights.proportion import Interval, wilson

__all__ = ["Interval", "wilson"]
