"""From bytes to text, by the rules of browsers: mark, header, meta, UTF-8, Windows-1252."""

from __future__ import annotations

import codecs
import re

from wireroom.contracts import FetchedPage
from wireroom.errors import Unusable

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LABEL = rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{1,40})"
_HEADER = re.compile(_LABEL, re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,400}?" + _LABEL, re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096
# Charsets of the Encoding standard, by Python's names; anything else that Python can decode is not a page's.
_MULTIBYTE = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb2312", "gbk", "gb18030", "big5", "big5hkscs"}
    | {"euc_jp", "shift_jis", "cp932", "iso2022_jp", "euc_kr", "cp949"}
)
_ONE_BYTE = re.compile(r"cp(?:125[0-8]|866|874)|iso8859-\d{1,2}|koi8-[ru]|mac-(?:roman|cyrillic)|ascii|tis-620")
_MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949",
          "shift_jis": "cp932", "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874"}  # fmt: skip
_BINARY_STARTS = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x7fELF",
    b"ID3", b"OggS", b"RIFF", b"\x00\x00\x01\x00", b"BZh", b"7z\xbc\xaf",
    b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp",
)  # fmt: skip
_CONTROL = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F])


def decode(page: FetchedPage) -> str:
    """The page's text; `Unusable` (`binary`) for bytes that are no text in any charset."""
    if page.body.startswith(_BINARY_STARTS):
        raise Unusable("binary", "the content is a file such as an image, a PDF or an archive, not text")
    text = _decoded(page.body, page.content_type)
    sample = text[:65536]
    if _unreadable_in(sample) > 0.05 * len(sample):
        raise Unusable("binary", "the content is bytes that are not text in any charset")
    return text


def _unreadable_in(text: str) -> int:
    """How many characters are replacements or control characters."""
    encoded = text.encode("utf-8", "surrogatepass")
    return text.count("\ufffd") + len(encoded) - len(encoded.translate(None, _CONTROL))


def _decoded(body: bytes, content_type: str) -> str:
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    declared = _declared(body, content_type)
    # UTF-8 hardly ever fits by chance: text that is UTF-8 under a one-byte label is mislabelled.
    for charset in [declared, "utf-8"] if declared in _MULTIBYTE else ["utf-8"]:
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return _forced(body, declared)


def _forced(body: bytes, declared: str | None) -> str:
    """The text with what does not fit replaced; Windows-1252 where that would be most of what is not ASCII."""
    if declared is not None and declared != "utf-8":
        return body.decode(declared, "replace")
    text = body.decode("utf-8", "replace")
    lost, rest = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    return text if lost * 4 <= rest - lost else body.decode("cp1252", "replace")


def _declared(body: bytes, content_type: str) -> str | None:
    """The codec that the header names, else the document's own head."""
    head = body[:_HEAD]
    header = content_type[:400].encode("ascii", "ignore")
    for match in (_HEADER.search(header), _XML.search(head), _META.search(head)):
        codec = _codec(match[1].decode("ascii")) if match else None
        # A head that could be read as ASCII is not in UTF-16, whatever it says.
        if codec is not None and not (codec.startswith("utf-16") and match and match.string is head):
            return codec
    return None


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    if name not in _MULTIBYTE and not _ONE_BYTE.fullmatch(name):
        return None
    return _MEANT.get(name, name)
