"""Letters and figures as a reader takes them, however they are written down."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["as_read", "text_of"]

UNSEEN = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Letters that take no room, such as a soft hyphen: words and numbers go on behind them."""
FIGURES = {
    code: f"{int(value)}" if chr(code).isdecimal() else f" {int(value)}"
    for code in range(0x80, 0x20000)
    if (value := unicodedata.numeric(chr(code), 0.5)) % 1 == 0
}
"""Figures of other scripts, and signs for whole numbers (raised, in a circle, Roman) apart from what is before them."""
READ_AS = UNSEEN | FIGURES
ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
"""Encodings that are told by the first bytes."""


@lru_cache(maxsize=1 << 16)  # the cells of tables say the same few things again and again
def as_read(text: str) -> str:
    """The text without what is not seen, its letters with their accents in one piece, all its figures 0 to 9.

    >>> as_read("Jēk\u00adabpils: ٣, ③, Ⅲ un novads³"), as_read("ke\u0304")
    ('Jēkabpils: 3,  3,  3 un novads 3', 'kē')
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.translate(READ_AS))


def text_of(content: bytes) -> str:
    """The text of a file: in UTF-8, or as its first bytes say."""
    encoding = next((name for mark, name in ENCODINGS.items() if content.startswith(mark)), "utf-8")
    return content.decode(encoding, "replace")
