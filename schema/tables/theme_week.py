"""How much a theme was talked about, week by week."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class ThemeWeek(Base):
    """Table `theme_weeks`: weeks in which a theme has documents; merged themes count as one."""

    __tablename__ = "theme_weeks"
    __table_args__ = (ForeignKeyConstraint(["set_id", "theme_id"], ["themes.set_id", "themes.id"]),)

    set_id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(primary_key=True)
    #: The Monday (UTC) of the week in which customers wrote.
    week: Mapped[date] = mapped_column(Date, primary_key=True)
    documents: Mapped[int]
    #: Different texts among them: copies count once.
    texts: Mapped[int]
    #: Different texts of that week in any theme or none.
    volume: Mapped[int]
    #: Texts that the weeks before let expect; null where too few come before, as are `p` and `q`.
    expected: Mapped[float | None]
    #: How often as many or more come by chance.
    p: Mapped[float | None]
    #: The same over all themes of the week together.
    q: Mapped[float | None]
