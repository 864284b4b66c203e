"""The page as one HTML file: templates, style, script and data together."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from producer.page import numbers
from producer.page.drawing import charts, marks
from producer.page.drawing.data import script_data, texts_data
from producer.page.drawing.policy import content_security_policy
from producer.page.lines import best_lines
from producer.page.page import Page
from producer.page.weeks import SIDES, side_count
from schema.results.abstention import advice

#: In the order in which they run.
SCRIPTS = ("echarts.common.min.js", "texts.js", "page.js")
STYLES = ("page.css",)


def draw_page(page: Page) -> str:
    """The whole file: it loads nothing, and opens without a network."""
    scripts, styles = _read(SCRIPTS), _read(STYLES)
    return (
        _environment()
        .get_template("page.html")
        .render(
            page_values(page),
            # Ours, and not what anybody wrote.
            scripts=[Markup(one) for one in scripts],
            styles=[Markup(one) for one in styles],
            policy=content_security_policy(scripts, styles),
        )
    )


def page_values(page: Page) -> dict[str, Any]:
    """What the templates draw, of a file and of a served page alike.

    `links` has the addresses of figures by key, which a file has none of; `shows_texts` is whether
    whoever looks at it may see words of customers; `edit_theme` begins the address at which a theme
    is edited, if it can be.
    """
    timeline = page.timeline.facts
    drawn = (
        {}
        if timeline is None
        else {
            "volume": charts.volume_chart(timeline),
            "negative": charts.negative_chart(timeline),
            "stars": charts.stars_chart(timeline),
        }
    )
    return {
        "page": page,
        "lines": best_lines(page),
        "charts": {name: chart for name, chart in drawn.items() if chart is not None},
        "texts": texts_data(page),
        "links": {},
        "shows_texts": True,
        "edit_theme": "",
    }


def _read(names: tuple[str, ...]) -> list[str]:
    folder = resources.files("producer.page").joinpath("static")
    return [folder.joinpath(name).read_text("utf-8") for name in names]


@cache
def _environment() -> Environment:
    return make_environment(PackageLoader("producer.page"))


def make_environment(loader: BaseLoader) -> Environment:
    """The environment of the templates: everything is escaped, and nothing may be missing."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(marks=marks, sides=SIDES, side_count=side_count)
    made.filters.update(
        advice=advice,
        alert=numbers.alert,
        count=numbers.count,
        percent=numbers.percent,
        percent_range=numbers.percent_range,
        stars=numbers.stars,
        stars_range=numbers.stars_range,
        signed=numbers.signed,
        signed_range=numbers.signed_range,
        change=numbers.change,
        day=numbers.day,
        short=numbers.short,
        short_day=numbers.short_day,
        script_data=script_data,
    )
    return made
