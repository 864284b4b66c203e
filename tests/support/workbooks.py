"""Small workbooks, written by hand: no package that writes them is needed."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
#: The second style shows a number as a date.
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>
<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"""

Cell = str | int | float | datetime | None


def write_xlsx(sheets: Mapping[str, Sequence[Any]], *, hidden: Sequence[str] = ()) -> bytes:
    """A workbook of Excel."""
    names = list(sheets)
    states = {name: ' state="hidden"' for name in hidden}
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"'
        f"{states.get(name, '')}/>"
        for number, name in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(names) + 1)
    )
    members = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}'
        f'<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }
    for number, rows in enumerate(sheets.values(), 1):
        members[f"xl/worksheets/sheet{number}.xml"] = sheet_xml(rows)
    return pack(members)


def sheet_xml(rows: Sequence[Any]) -> str:
    """One sheet."""
    written = "".join(
        f'<row r="{number}">'
        + "".join(_cell(f"{chr(65 + column)}{number}", value) for column, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{written}</sheetData></worksheet>'


def _cell(reference: str, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        shown = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
        return f'<c r="{reference}" t="inlineStr">{shown}</c>'
    if isinstance(value, datetime):
        days = (value - datetime(1899, 12, 30)).total_seconds() / 86_400
        return f'<c r="{reference}" s="1"><v>{days!r}</v></c>'
    return f'<c r="{reference}"><v>{value!r}</v></c>'


def write_ods(rows: Sequence[Any]) -> bytes:
    """A workbook of OpenDocument, of one sheet."""
    written = "".join(
        "<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Feedback">{written}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>'
    return pack({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def _ods_cell(value: Cell) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    )


def pack(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            # The same bytes each time.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def an_xls() -> bytes:
    """A workbook of Excel 97, as xlwt wrote it: id, text, when; 7, Tap drips, 2026-03-14 10:00."""
    return zlib.decompress(base64.b85decode("".join(_XLS.split())))


_XLS = """
c-rk)O=uHA6#izDG(WUy5>v4)gix^6+8)G<6xxka+g?(tRkR{#(kvJvX@~)T4%%9C6a-I-mqI;wse17TJ?PDYP|<
@R2#JCh@gOL8XtTa~*_E^+HlT&de9L_E=FPmFxAXI6cV8|BOLO<y%2<T~I8ZUYXsFQ%N?yAV0M(nO6z$wY$yC@-@
Oo$>8(etY^ujIYP|kN58tyuu5d-fj9YYSIQ&}Urj@ZjSB!u*#pIG1~Y5ZtquR_d|%$u0+aLXsmG1gpR?x(gTaTJU
CX!mYw6(7+$xXurG-v?~-mNh%kg6DD-U%V=+ZC%)tPbW@ou!@MY5%Zu49X7H?UY57u7L61p2)*%m@8Do`WTY=1?;
9U4AxyJAk8fra_-b$Or%|O}U%de7zpvE0f1~%%Y_8T{)11IG%oDs@iWH#Roz<v3WEiPrVluOYE=ZM3wA#}t5(>uI
0%d1T8d(bM2NStyDxc1s_Q_Dsp&_s$G&J#+X(UdendKmFoB(yRbo<MzcydfX&YEdH4yuR7R_Pi{%t#9|_H&KK?4Z
=m@($)peAjlC+nB?&swwXrYq5l(S#EQgYdfi*U5wXySB<=l<l?9O4<p47`gW2RhRf%}3vcu}bkHG|B71qwqDS<I8
`mWs>2@xx0P~Ky^_O7d(E^t5rgbtlV;MdcgUr>E93Anqq*-Gnt;H(q3!0C0K}4+fg01D~IB2{CS%z?k@OkEAY(NX
)J`Z24=6Lo&K|w)5K|w)5LE#S&){D5q`Yv!;FZyolzs@qHiuz6R-{JtK=qk{+<UV96&*NNO>t{1u!oHVSqmBK)P~
tH4o<{~r_9IjG`lSywQTse=HVpi|EmUv+m3sXA$Nm2R2G!TJ
"""
