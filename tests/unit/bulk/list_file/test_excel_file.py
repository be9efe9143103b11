"""Excel files: what their cells show, and workbooks that are not as a program makes them."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bot.bulk.list_file import excel_file
from bot.bulk.list_file.table import CellKind, LocaleFormat, Table, Typed
from bot.errors import Refused
from tests.unit.bulk.workbooks import TYPES, by_hand, cell, saved, sheet, workbook

LATIN = LocaleFormat()
MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto")
SPANISH = LocaleFormat(
    ",",
    ".",
    "dd/mm/yyyy",
    MONTHS,
    tuple(each[:3] for each in MONTHS),
    ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    ("FALSO", "VERDADERO"),
)


def read(raw: bytes, sheet_name: str = "", locale: LocaleFormat = LATIN) -> Table:
    return excel_file.read(raw, sheet_name, locale)


def shown(value: Any, pattern: str, locale: LocaleFormat = LATIN) -> tuple[str, Typed | None]:
    table = read(workbook([["phone", "x"], ["1", value]], {"B2": pattern}), locale=locale)
    return table.rows[0].cell(1), table.rows[0].typed.get(1)


@pytest.mark.parametrize(
    ("value", "pattern", "text", "exact"),
    [
        (50761234567, "General", "50761234567", "50761234567"),
        (50761234567.0, "0.00E+00", "50761234567", "50761234567"),
        (0.1 + 0.2, "General", "0.3", "0.3"),
        (61234567.5, "General", "61234567.5", "61234567.5"),
        (42, "00000", "00042", "42"),
        (1234.5, "0.00", "1234.50", "1234.5"),
        (1234.5, "#,##0.00", "1,234.50", "1234.5"),
        (1234567, "#,##0", "1,234,567", "1234567"),
        (12, "#,##0", "12", "12"),
        (1234.5, '"$"#,##0.00', "$1,234.50", "1234.5"),
        (1234.5, "[$B/.-180A] #,##0.00", "B/. 1,234.50", "1234.5"),
        (-5, '"$"#,##0_);[Red]("$"#,##0)', "($5)", "-5"),
        (-5, "0.0", "-5.0", "-5"),
        (0, '0;-0;"nada"', "nada", "0"),
        (0.155, "0%", "16%", "0.155"),
        (0.155, "0.0%", "15.5%", "0.155"),
        (61234567, "0000-0000", "6123-4567", "61234567"),
        (5551234567, "(000) 000-0000", "(555) 123-4567", "5551234567"),
        (1.5, "0.##", "1.5", "1.5"),
        (2, "0.##", "2", "2"),
        (2500000, "0.0,,", "2.5", "2500000"),
        (7, '0" cuotas"', "7 cuotas", "7"),
        (7, "@", "7", "7"),
    ],
)
def test_a_number_is_read_as_its_cell_shows_it(
    value: float, pattern: str, text: str, exact: str
) -> None:
    assert shown(value, pattern) == (text, Typed(CellKind.NUMBER, exact))


def test_a_number_is_written_as_the_language_writes_it() -> None:
    assert shown(1234.5, '"$"#,##0.00', SPANISH)[0] == "$1.234,50"
    assert shown(0.5, "General", SPANISH)[0] == "0,5"
    assert shown(value=True, pattern="General", locale=SPANISH) == ("VERDADERO", None)


DAY = datetime.fromisoformat("2026-05-03T09:05")


@pytest.mark.parametrize(
    ("value", "pattern", "text", "day"),
    [
        (DAY, "dd/mm/yyyy", "03/05/2026", "2026-05-03"),
        (DAY, "d/m/yy h:mm", "3/5/26 9:05", "2026-05-03"),
        (DAY, "mm-dd-yy", "03/05/2026", "2026-05-03"),
        (DAY, "yyyy-mm-dd", "2026-05-03", "2026-05-03"),
        (DAY, 'd" de "mmmm" de "yyyy', "3 de mayo de 2026", "2026-05-03"),
        (DAY, "[$-F800]dddd\\, mmm d", "domingo, may 3", "2026-05-03"),
        (DAY, "hh:mm AM/PM dd", "09:05 AM 03", "2026-05-03"),
        (date(1899, 1, 2), "dd/mm/yyyy", "02/01/1899", "1899-01-02"),
        (time(0, 5), "h:mm AM/PM", "12:05 AM", None),
        (time(15, 30), "hh:mm", "15:30", None),
        (time(15, 30), "dd/mm/yyyy", "//", "1899-12-31"),
        (timedelta(hours=26, minutes=30), "[h]:mm", "26:30", None),
    ],
)
def test_a_date_is_read_as_its_cell_shows_it(
    value: Any, pattern: str, text: str, day: str | None
) -> None:
    expected = Typed(CellKind.DATE, day) if day else None

    assert shown(value, pattern, SPANISH) == (text, expected)


def test_a_workbook_of_1904_has_its_days_where_excel_has_them() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["phone", "dia"])
    book.active.append(["1", DAY])

    assert read(saved(book)).rows[0].typed[1].exact == "2026-05-03"


def test_formulas_give_what_was_saved_and_errors_say_so() -> None:
    rows = (
        f'<row r="1">{cell("A1", "phone")}{cell("B1", "x")}</row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3"><v>1</v></c><c r="B3"><f>1+1</f></c></row>'
        '<row r="4"><c r="A4"><v>1</v></c><c r="B4" t="e"><f>NA()</f><v>#N/A</v></c></row>'
        '<row r="5"><c r="A5"><v>1</v></c><c r="B5" t="str"><f>"a"</f><v>a</v></c></row>'
        f'<row r="6"><c r="A6"><v>1</v></c>{cell("B6", "Ana_x000D_&#10;B")}</row>'
    )

    table = read(by_hand(sheet(rows)))

    assert [(each.line, each.cell(1), each.typed.get(1)) for each in table.rows] == [
        (2, "2", Typed(CellKind.NUMBER, "2")),
        (3, "", Typed(CellKind.NO_VALUE)),
        (4, "#N/A", Typed(CellKind.ERROR)),
        (5, "a", None),
        (6, "Ana\r\nB", None),
    ]


def test_texts_that_cells_share_may_have_formats_and_codes_within() -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>phone</t></si><si><r><t>Ana</t></r><r><rPr><b/></rPr><t> Peña</t></r>"
        "<rPh><t>x</t></rPh></si><si><t>a_x005F_x000D_b_x000A_c</t></si></sst>"
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>{at - 1}</v></c></row>' for at in (1, 2, 3)
    )
    more = {"[Content_Types].xml": TYPES.replace("</Types>", part), "xl/sharedStrings.xml": strings}

    table = read(by_hand(sheet(rows), more))

    assert [each.cells for each in table.rows] == [("Ana Peña",), ("a_x000D_b\nc",)]


def test_a_wrong_dimension_hides_no_row() -> None:
    rows = "".join(f'<row r="{at}">{cell(f"A{at}", f"v{at}")}</row>' for at in range(1, 5))

    assert len(read(by_hand(sheet(rows, '<dimension ref="A1:A2"/>'))).rows) == 3


def test_rows_have_the_numbers_that_excel_shows_and_hidden_ones_are_known() -> None:
    rows = (
        f'<row r="2">{cell("B2", "phone")}</row><row r="4">{cell("B4", "1")}</row>'
        f'<row r="5" hidden="1">{cell("B5", "2")}</row><row r="6" hidden="1"/>'
        f"<row>{cell('B7', '3')}</row>"
    )

    table = read(by_hand(sheet(rows)))

    assert [(each.line, each.cells) for each in table.rows] == [
        (4, ("", "1")),
        (5, ("", "2")),
        (7, ("", "3")),
    ]
    assert table.hidden == {5}


def test_sheets_that_people_see_and_that_hold_something_are_named() -> None:
    book = Workbook()
    book.active.title = "Enero"
    for name in ("Febrero", "Vacía", "Oculta"):
        book.create_sheet(name)
    book["Oculta"].sheet_state = "hidden"
    for each in ("Enero", "Febrero", "Oculta"):
        book[each].append(["phone"])
        book[each].append([each])
    raw = saved(book)

    first, named = read(raw), read(raw, "Febrero")

    assert (first.sheet, first.sheets) == ("Enero", ("Enero", "Febrero"))
    assert named.rows[0].cells == ("Febrero",)
    with pytest.raises(Refused, match="no_such_sheet"):
        read(raw, "Oculta")


HEAD = f'<row r="1">{cell("A1", "phone")}</row><row r="2">{cell("A2", "1")}</row>'


@pytest.mark.parametrize(
    ("rows", "left_out_from"),
    [
        (f'<row r="1048576">{cell("XFD1048576", "x")}</row>', 1048576),
        (f'<row r="2000000000">{cell("A2000000000", "x")}</row>', 2000000000),
        (f'<row r="1003">{cell("A1003", "x")}</row>', 1003),
        ("<row/>" * 1100 + f"<row>{cell('A1103', 'x')}</row>", 0),
    ],
)
def test_reading_ends_after_a_thousand_blank_rows(rows: str, left_out_from: int) -> None:
    # The number of a row counts, whatever stands in its cells.
    rows = rows.replace('r="A2000000000" ', "")
    if left_out_from == 1048576:
        rows = rows.replace("XFD1048576", "B1048576")

    table = read(by_hand(sheet(HEAD + rows)))

    assert (len(table.rows), table.left_out_from) == (1, left_out_from)


def test_a_row_after_fewer_blank_ones_is_read() -> None:
    table = read(by_hand(sheet(f'{HEAD}<row r="1002">{cell("A1002", "x")}</row>')))

    assert [each.line for each in table.rows] == [2, 1002]


def test_more_than_a_hundred_columns_are_refused() -> None:
    rows = f'{HEAD}<row r="3">{cell("CW3", "x")}</row>'

    with pytest.raises(Refused) as refused:
        read(by_hand(sheet(rows)))

    assert refused.value.key == "bulk.file.columns"
    assert read(by_hand(sheet(rows.replace("CW3", "CV3")))).rows[1].cell(99) == "x"


NESTED = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (by_hand(sheet(HEAD, prolog=NESTED)), "bulk.file.dtd"),
        (by_hand(sheet(HEAD, prolog="<!--" + "x" * 200_000 + "--><!DOCTYPE x>")), "bulk.file.dtd"),
        (
            by_hand(sheet(HEAD), {"xl/sharedStrings.xml": f"{NESTED}<x/>".encode("utf-16")}),
            "bulk.file.dtd",
        ),
        (by_hand(sheet(HEAD), {"xl/media/a": bytes(101 << 20)}), "bulk.file.too_much"),
        (by_hand(sheet(HEAD), {f"x{at}": "" for at in range(2_000)}), "bulk.file.too_much"),
        (by_hand(sheet("")), "bulk.file.empty"),
    ],
)
def test_a_package_made_to_hurt_is_refused(raw: bytes, key: str) -> None:
    assert len(raw) < 1 << 20

    with pytest.raises(Refused) as refused:
        read(raw)

    assert refused.value.key == key
