"""The page of feedback of which nobody knows when it was written."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import delete, update

from schema.database import open_engine, writing
from schema.tables import DocumentRow, ThemeWeek
from tests.producer.page.conftest import draw
from tests.support.shop import Shop

COLUMN = "name its column: triage ingest FILE --time COLUMN"


def test_it_says_which_column_to_name_and_invents_no_days(
    shop_file: tuple[Path, Shop], tmp_path: Path
) -> None:
    path, shop = shop_file
    shutil.copy2(path, tmp_path / "undated.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'undated.db'}")
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(time=None))
        connection.execute(delete(ThemeWeek))
    drawn = draw(engine, shop, tmp_path / "undated.html")
    engine.dispose()
    assert COLUMN in str(drawn.page.rising.missing)
    assert COLUMN in str(drawn.page.timeline.missing)
    assert "– to –" not in drawn.html
