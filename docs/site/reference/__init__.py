"""The reference: pages that are made of the code each time that the site is made."""

from __future__ import annotations

from collections.abc import Callable

from docs.site.reference.alerts import alerts_page
from docs.site.reference.catalogs import catalogs_page
from docs.site.reference.columns import columns_page
from docs.site.reference.metrics import metrics_page
from docs.site.reference.options import options_page
from docs.site.reference.reports import reports_page
from docs.site.reference.settings import settings_page

#: The pages by their places in the site, each with what makes its text.
REFERENCE: dict[str, Callable[[], str]] = {
    "reference/options.md": options_page,
    "reference/settings.md": settings_page,
    "reference/columns.md": columns_page,
    "reference/reports.md": reports_page,
    "reference/metrics.md": metrics_page,
    "reference/alerts.md": alerts_page,
    "reference/catalogs.md": catalogs_page,
}
