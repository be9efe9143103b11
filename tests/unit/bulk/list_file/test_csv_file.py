"""CSV files: their encodings, delimiters, quotes and lines."""

import codecs

import pytest

from bot.bulk.list_file import csv_file
from bot.bulk.list_file.encoding import is_mangled
from bot.errors import Refused

NAMES = "telefono;nombre\n50761234567;Peña Muñoz\n"


def cells(raw: bytes) -> list[tuple[int, tuple[str, ...]]]:
    table = csv_file.read(raw)
    return [(each.line, each.cells) for each in (table.header, *table.rows)]


@pytest.mark.parametrize(
    "raw",
    [
        NAMES.encode(),
        NAMES.encode("utf-8-sig"),
        NAMES.encode("cp1252"),
        codecs.BOM_UTF16_LE + NAMES.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + NAMES.encode("utf-16-be"),
    ],
)
def test_every_usual_encoding_gives_the_same_names(raw: bytes) -> None:
    assert cells(raw) == [(1, ("telefono", "nombre")), (2, ("50761234567", "Peña Muñoz"))]


@pytest.mark.parametrize(
    ("raw", "key", "line"),
    [
        (NAMES.encode() + "6;Núñez\n".encode("cp1252"), "bulk.file.mixed_encodings", 3),
        (NAMES.encode("cp1252") + "6;Núñez\n".encode(), "bulk.file.mixed_encodings", 2),
        (NAMES.encode("utf-16-le"), "bulk.file.nul", 1),
        (b"telefono;nombre\n5;a\0b\n", "bulk.file.nul", 2),
        (codecs.BOM_UTF8 + NAMES.encode("cp1252"), "bulk.file.encoding", 2),
        (b"telefono;nombre\n5;\x81\n", "bulk.file.encoding", 2),
        (codecs.BOM_UTF16_LE + b"a\0\0\0", "bulk.file.nul", 1),
        (codecs.BOM_UTF16_LE + b"a", "bulk.file.encoding", 1),
    ],
)
def test_what_can_not_be_read_for_sure_is_refused_by_its_line(
    raw: bytes, key: str, line: int
) -> None:
    with pytest.raises(Refused) as refused:
        csv_file.read(raw)

    assert (refused.value.key, refused.value.values) == (key, {"line": line})


@pytest.mark.parametrize(
    "text", ["PeÃ±a", "JosÃ©", "MarÃ\xada", "Â¿QuÃ©?", "â€œholaâ€\x9d", "NUÃ\u2018EZ"]
)
def test_a_name_that_was_read_wrong_before_is_known(text: str) -> None:
    assert is_mangled(text)


@pytest.mark.parametrize(
    "text", ["Peña", "IRMÃ”", "NÃO", "Ângela", "CORAÇÃO…", "maçã", "“São João”"]
)
def test_a_name_that_is_right_is_not_taken_for_a_wrong_one(text: str) -> None:
    assert not is_mangled(text)


@pytest.mark.parametrize(
    ("text", "header", "row"),
    [
        ("phone;nombre, apellido\n1;Ana, P\n", ("phone", "nombre, apellido"), ("1", "Ana, P")),
        ("phone,nombre; apellido\n1,x\n", ("phone", "nombre; apellido"), ("1", "x")),
        ("phone\tnombre\n1\tAna; y, P\n", ("phone", "nombre"), ("1", "Ana; y, P")),
        ("phone\n1\n", ("phone",), ("1",)),
        (
            '"phone";"monto,total";"x"\n1;"2,5";y\n',
            ("phone", "monto,total", "x"),
            ("1", "2,5", "y"),
        ),
        ("sep=;\nphone;a,b,c\n1;2\n", ("phone", "a,b,c"), ("1", "2")),
        ("sep=|\r\nphone|nombre\r\n1|Ana\r\n", ("phone", "nombre"), ("1", "Ana")),
        ("SEP=\t\nphone\ta\n1\t2\n", ("phone", "a"), ("1", "2")),
        ('phone,"a\nb"\n1,2\n', ("phone", "a\nb"), ("1", "2")),
    ],
)
def test_the_delimiter_is_the_one_of_the_header(
    text: str, header: tuple[str, ...], row: tuple[str, ...]
) -> None:
    table = csv_file.read(text.encode())

    assert (table.header.cells, table.rows[0].cells) == (header, row)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_has_the_line_of_the_file_where_it_begins(end: str) -> None:
    text = end.join(["sep=;", "", "phone;x", "1;a", ";", "", f'2;"b{end}c"', "3;d", ""])

    assert [line for line, _ in cells(text.encode())] == [3, 4, 7, 9]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('phone;x\n1;a\n2;"b\n3;c\n4;d\n', 3),
        ('phone;x\n1;a\n2;"b\n3;"c"\n4;d\n', 3),
        ('sep=;\nphone;x\n1;"a"b\n', 3),
        ('"phone;x\n1;a\n', 1),
    ],
)
def test_an_open_quote_refuses_the_file_by_its_line(text: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        csv_file.read(text.encode())

    assert (refused.value.key, refused.value.values) == ("bulk.file.quote", {"line": line})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("\n;;\n", "bulk.file.empty"),
        ("phone;x\n\n;\n", "bulk.file.only_header"),
        ("phone\n" + "1\n" * 20_001, "bulk.file.rows"),
        (f"phone{',x' * 100}\n1\n", "bulk.file.columns"),
    ],
)
def test_a_file_beyond_the_limits_is_refused(text: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        csv_file.read(text.encode())

    assert refused.value.key == key


def test_twenty_thousand_rows_of_a_hundred_columns_are_a_list() -> None:
    table = csv_file.read((f"phone{',x' * 99}\n" + "1\n" * 20_000).encode())

    assert (len(table.header.cells), len(table.rows)) == (100, 20_000)
