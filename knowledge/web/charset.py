"""The text of a web page in UTF-8, whatever its server called it."""

from __future__ import annotations

import codecs
import re

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_WEB = re.compile(
    r"utf-8|utf-16(?:-[lb]e)?|ascii|iso8859-\d{1,2}|cp(?:125\d|866|874|932|949|950)|koi8-[ru]|mac-(?:roman|cyrillic)|"
    r"gb(?:2312|k|18030)|big5(?:hkscs)?|euc_(?:jp|kr)|shift_jis|iso2022_jp"
)
"""What browsers know. Python's other names (punycode, unicode_escape) are programs, some of them very slow ones."""


def kind_of(content_type: str) -> str:
    """The media type in a Content-Type header, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def in_utf8(body: bytes, content_type: str) -> bytes:
    """The body in UTF-8 where the header's charset is right about it, else as it came: then the page may know."""
    match = _CHARSET.search(content_type)
    if match is None:
        return body
    try:
        name = codecs.lookup(match[1]).name
        text = body.decode(name) if _WEB.fullmatch(name) and name != "utf-8" else ""
    except (LookupError, UnicodeDecodeError):
        return body
    return text.encode() if "<" in text or (text and "<" not in body.decode("latin-1")) else body
