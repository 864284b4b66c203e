"""Names of months and of days of the week, without accents, in lower case."""

from __future__ import annotations

#: English, German, French, Spanish, Italian, Portuguese, Dutch.
_MONTHS = (
    "january jan januar jaenner janner janvier janv enero ene gennaio gen janeiro januari",
    "february feb februar feber fevrier fevr fev febrero febbraio fevereiro februari",
    "march mar maerz marz mrz mars marzo marco maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug aout agosto ago augustus",
    "september sep sept septembre septiembre setiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

_WEEKDAYS_TEXT = """
    monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday
    sat sunday sun montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sa
    sonnabend sonntag so lundi lun mardi mar mercredi mer jeudi jeu vendredi ven samedi sam
    dimanche dim lunes martes miercoles mie jueves jue viernes vie sabado sab domingo dom
    lunedi martedi mercoledi giovedi gio venerdi sabato domenica segunda terca quarta quinta
    sexta
"""
WEEKDAYS = frozenset(_WEEKDAYS_TEXT.split())
#: Between the parts of a date, or before a clock.
_PARTICLES_TEXT = """
    de del of the at um den der am le la las les el a alle ore on den dem um uhr h to as
"""
PARTICLES = frozenset(_PARTICLES_TEXT.split())
