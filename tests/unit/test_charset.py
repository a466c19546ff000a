"""Charsets, as browsers read them."""

from __future__ import annotations

import pytest

from wireroom.charset import decode
from wireroom.contracts import FetchedPage

WORDS = "Łódź, Zürich – “words”"


def read(body: bytes, content_type: str = "") -> str:
    return decode(FetchedPage(body=body, content_type=content_type))


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_beats_the_header(mark: str) -> None:
    assert read(WORDS.encode(mark), "text/html; charset=iso-8859-2") == WORDS


def test_the_header_beats_the_meta_element() -> None:
    body = b"<meta charset=big5>" + "Żółw".encode("iso-8859-2")
    assert read(body, 'text/html; charset="ISO-8859-2"').endswith("Żółw")


def test_the_meta_element_is_believed_without_a_header() -> None:
    meta = b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
    assert read(meta + "Привет".encode("cp1251")).endswith("Привет")


def test_latin_1_means_windows_1252() -> None:
    assert read("“na\u00efve”".encode("cp1252"), "text/html; charset=iso-8859-1") == "“na\u00efve”"


@pytest.mark.parametrize("label", ["us-ascii", "windows-1252", "iso-8859-1", "no-such-charset", "rot13"])
def test_utf_8_under_a_wrong_label_is_utf_8(label: str) -> None:
    assert read(WORDS.encode(), f"text/html; charset={label}") == WORDS


def test_without_any_label_it_is_utf_8_else_windows_1252() -> None:
    assert read(WORDS.encode()) == WORDS
    assert read("caf\u00e9 – déjà".encode("cp1252")) == "caf\u00e9 – déjà"


def test_one_bad_byte_does_not_spoil_a_page() -> None:
    assert read(WORDS.encode() + b"\xff", "text/html; charset=utf-8") == WORDS + "\ufffd"


def test_japanese_and_chinese_labels_are_read() -> None:
    assert read("猫の乾板".encode("shift_jis"), "text/html; charset=Shift_JIS") == "猫の乾板"
    assert read("北京".encode("gb18030"), "text/html; charset=gb2312") == "北京"


def test_utf_8_that_would_also_pass_as_windows_1252_is_utf_8() -> None:
    assert read("Zürich café".encode(), "text/html; charset=windows-1252") == "Zürich café"
