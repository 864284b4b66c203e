"""The shipped Celery application, whose models fall for planted documents.

`celery -A tests.chaos.worker worker …`
"""

from __future__ import annotations

from tests.chaos.sabotage import sabotage
from tests.support.changed_analyses import change_loaded_analyses
from workers.celery import app

change_loaded_analyses(sabotage)

__all__ = ["app"]
