"""Statements and open liabilities on paper: A4, each table behind its title, the head on every page, pages numbered."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from central_server.backoffice.assets import RESOURCES
from central_server.backoffice.value_report import Sheet
from central_server.platform.translations import Texts

_FONTS = {"Inter": "Inter-Regular.ttf", "Inter-SemiBold": "Inter-SemiBold.ttf"}
_TITLE = ParagraphStyle("title", fontName="Inter-SemiBold", fontSize=12, leading=16, spaceAfter=6)
_CELL = ParagraphStyle("cell", fontName="Inter", fontSize=8, leading=10)
_MARGIN = 18 * mm
# More columns than these do not fit on upright paper.
_MOST_UPRIGHT = 6
# What frames of pages keep free on either side by themselves.
_PADDING = 6
_GREY = colors.HexColor("#8a8f98")


def as_pdf(texts: Texts, title: str, sheets: Sequence[Sheet]) -> bytes:
    """The tables as a document; the same tables give the same bytes."""
    for name, file in _FONTS.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, RESOURCES / "fonts" / "inter" / file))
    wide = any(len(sheet.head) > _MOST_UPRIGHT for sheet in sheets)
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=landscape(A4) if wide else A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=title,
        lang=texts.language,
        invariant=1,
    )

    def number(canvas: Any, page: Any) -> None:
        canvas.setFont("Inter", 8)
        canvas.setFillColor(_GREY)
        said = texts.gettext("Page {number}", number=page.page)
        canvas.drawRightString(document.pagesize[0] - _MARGIN, _MARGIN / 2, said)

    story: list[Flowable] = []
    for sheet in sheets:
        story += (*_table(sheet, document.width - 2 * _PADDING), Spacer(0, 8 * mm))
    document.build(story or [Spacer(0, 0)], onFirstPage=number, onLaterPages=number)
    return buffer.getvalue()


def _table(sheet: Sheet, width: float) -> tuple[Flowable, ...]:
    rows: list[list[Any]] = [list(sheet.head)]
    rows += [
        [
            Paragraph(escape(cell), _CELL) if place < sheet.numbers_from else cell
            for place, cell in enumerate(row)
        ]
        for row in sheet.rows
    ]
    table = LongTable(rows, colWidths=_widths(sheet, width), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), "Inter-SemiBold", 8),
                ("FONT", (0, 1), (-1, -1), "Inter", 8),
                ("ALIGN", (sheet.numbers_from, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.75, colors.black),
                ("LINEBELOW", (0, 1), (-1, -1), 0.25, _GREY),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return Paragraph(escape(sheet.title), _TITLE), table


def _widths(sheet: Sheet, width: float) -> list[float]:
    """Numbers get what the longest of all needs, the words share the rest by theirs."""
    longest = [
        max(pdfmetrics.stringWidth(cell, "Inter-SemiBold", 8) for cell in column) + 8
        for column in zip(sheet.head, *sheet.rows, strict=True)
    ]
    numbers = [max(longest[sheet.numbers_from :])] * (len(sheet.head) - sheet.numbers_from)
    words = longest[: sheet.numbers_from]
    left = max(width - sum(numbers), width / 3)
    return [left * each / sum(words) for each in words] + numbers
