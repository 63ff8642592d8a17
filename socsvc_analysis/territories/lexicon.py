"""What stands around the name of a municipality: the word for its kind, its offices, footnotes, addresses."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"))
RAISED = re.compile(r"[¹²³⁰⁴-⁹⁽⁾]+(?:, ?[¹²³⁰⁴-⁹⁽⁾]+)*")
FOOTNOTE = re.compile(r"(?:\s*[*†]+\)?|\s+\d{1,2}\)|\s*\[\w\])+\s*$")
NUMBERED = re.compile(r"^\d{1,3}[.)]\s*(?=\D)")
WORD = re.compile(r"[^\W_]+")
INITIALS = (
    (re.compile(r"\bv(?:al|alst|alsts)?\.? ?(?=pils)", re.IGNORECASE), "valsts"),  # v. pils., valst. pils.
    (re.compile(r"\bv\. ?p\b\.?", re.IGNORECASE), "vp"),  # v. p.: valstspilsēta
    (re.compile(r"\bn\. ?p\b\.?", re.IGNORECASE), "np"),  # n. p.: novada pašvaldība
    (re.compile(r"\bp ?/ ?[ia]\b", re.IGNORECASE), "pašvaldības"),  # p/i, p/a: pašvaldības iestāde, aģentūra
)
"""Words of kind that are written apart or by their first letters, and how they are read."""


def _declined(stem: str, endings: str) -> frozenset[str]:
    return frozenset(stem + each for each in endings.split())


FIRST = "s a am u ā i us iem os"  # masculine, singular and plural
FIFTH = "e es ei i ē u ēm ēs"  # feminine in -e
FOURTH = "a as ai u ā ām ās"  # feminine in -a

NOVADS = _declined("novad", FIRST) | {"nov", "n", "np", "county"}
CITY = (
    _declined("pilsēt", FOURTH)
    | _declined("valstspilsēt", FOURTH)
    | {
        "pils",
        "pilsēt",
        "valstspils",
        "vp",
        "valstsp",
        "city",
        "cities",
        "town",
        "towns",
        "state",
        "state-city",
        "republikas",
        "nozīmes",
        "rep",
        "republ",
    }
)
PLURAL = frozenset(
    form
    for stem in ("novad", "pilsēt", "valstspilsēt")
    for form in _declined(stem, "i u iem os us" if stem == "novad" else "as u ām ās")
)
OFFICE = (
    _declined("pašvaldīb", FOURTH)
    | _declined("dom", FIFTH)
    | _declined("dienest", FIRST)
    | _declined("departament", FIRST)
    | _declined("pārvald", FIFTH)
    | _declined("iestād", FIFTH)
    | _declined("aģentūr", FOURTH)
    | _declined("administrācij", FOURTH)
    | _declined("sociāl", "ais ā ajam o ajā ie os ās ajiem ajos")
    | _declined("centrāl", "ā ās ajai o ajā")
    | _declined("vietēj", "ā ās ai o ajā")
    | _declined("administratīv", "ā ās ai o ajā")
    | _declined("teritorij", FOURTH)
    | {
        "labklājības",
        "lietu",
        "lietas",
        "palīdzības",
        "aprūpes",
        "pakalpojumu",
        "pašv",
        "pašvald",
        "soc",
        "sd",
        "municipality",
        "municipalities",
        "council",
        "local",
    }
    | {"government", "social", "service", "services", "office", "of", "the", "department", "welfare", "municipal"}
)
ENGLISH = frozenset(["city", "cities", "town", "towns"]) | frozenset(
    ["municipality", "municipalities", "council", "government", "county", "of", "service", "services"]
)
"""Where one of these stands, the name is not declined: Jelgava Municipality may be the city or the novads."""

FORMER = frozenset(["bij", "bijušais", "bijusī", "bijušā", "bijušās", "agrāk", "formerly", "former", "ex"])
PREPOSITIONS = frozenset(["no", "par", "ar", "uz", "pie", "in", "from"])

REGIONS = frozenset(
    form
    for stem in ("vidzem", "kurzem", "zemgal", "latgal")
    for form in _declined(stem, FIFTH)
) | _declined("pierīg", FOURTH) | _declined("sēlij", FOURTH)  # fmt: skip
REGION = _declined("reģion", FIRST) | {"plānošanas", "statistiskais", "region", "planning", "pr"}
DISTRICT = _declined("rajon", FIRST) | {"raj", "district"}
PARISH = _declined("pagast", FIRST) | {"pag", "parish"}
TOTAL = frozenset(["kopā", "pavisam", "kopsumma", "summa", "total", "visi", "visas", "visa", "all"])
OTHERS = frozenset(["citi", "citas", "cits", "cita", "pārējie", "pārējās", "other", "others"])
COUNTRY = _declined("latvij", FOURTH) | {"latvia", "lv"}
INSTITUTION = (
    _declined("ministrij", FOURTH)
    | _declined("centr", FIRST)
    | _declined("biedrīb", FOURTH)
    | _declined("nodibinājum", FIRST)
    | _declined("fond", FIRST)
    | _declined("nam", FIRST)
    | _declined("asociācij", FOURTH)
    | _declined("savienīb", FOURTH)
    | _declined("slimnīc", FOURTH)
    | _declined("bibliotēk", FOURTH)
    | _declined("skol", FOURTH)
    | _declined("vidusskol", FOURTH)
    | _declined("universitāt", FIFTH)
    | _declined("ties", FOURTH)
    | _declined("bāriņties", FOURTH)
    | _declined("filiāl", FIFTH)
    | _declined("nodaļ", FOURTH)
    | _declined("pansionāt", FIRST)
    | {"vsac", "bsac", "sac", "sia", "vsia", "aģ", "nva", "vdeāk", "ministry", "centre", "center", "foundation"}
)
ABROAD = re.compile(
    r"savivaldyb|rajon[oų]\b|lietuv|lithuan|joni[sš][kķ]|roki[sš][kķ]|kreting|bir[zž]ai|pasval|ma[zž]eik|skuod|akmen[eė]|palang"
    r"|klaip[eė]d|[sš]iauli|panev[eė][zž]|pakruoj|kelm[eė]|tel[sš]i|plung|kupi[sš][kķ]|zaras|visagin|ignalin|anyk[sš]"
    r"|igaun|eston|valga|baltkriev|belarus",
    re.IGNORECASE,
)


def tidy(text: str) -> str:
    """The text in one Unicode form, without invisible letters, footnotes and numbering; words of kind in one piece.

    >>> tidy(" 3. Rīgas\\u00a0v. pils.*"), tidy("BAUSKAS novads¹")
    ('Rīgas valstspils.', 'BAUSKAS novads')
    """
    # A raised figure is a footnote only until the Unicode form makes a plain figure of it.
    text = unicodedata.normalize("NFKC", RAISED.sub("", text.translate(INVISIBLE))).strip()
    text = " ".join(NUMBERED.sub("", FOOTNOTE.sub("", text)).split())
    for written, read in INITIALS:
        text = written.sub(read, text)
    return text.strip()


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """The tidy text in small letters.

    >>> plain(" BAUSKAS\\u00a0novads* "), plain("3. Auce")
    ('bauskas novads', 'auce')
    """
    return tidy(text).casefold()


@lru_cache(maxsize=10_000)
def without_diacritics(text: str) -> str:
    """The text without diacritics, as on a keyboard that has none.

    >>> without_diacritics("ķekavas")
    'kekavas'
    """
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def words_in(text: str) -> list[str]:
    """The words of a plain text.

    >>> words_in('"bauskas nov.", sociālais dienests')
    ['bauskas', 'nov', 'sociālais', 'dienests']
    """
    return WORD.findall(text)


AROUND = (NOVADS, CITY, OFFICE, REGIONS, REGION, DISTRICT, PARISH, TOTAL, OTHERS, COUNTRY, INSTITUTION)
FOLDED = {without_diacritics(word): word for word in sorted(frozenset().union(*AROUND), reverse=True)}
"""Words around a name by their spelling without diacritics; of pašvaldība and pašvaldībā the first."""


def known_word(word: str) -> str:
    """A word around a name in its right spelling, when it was written without diacritics; else the word itself.

    >>> known_word("pasvaldiba"), known_word("pilseta"), known_word("bauska")
    ('pašvaldība', 'pilsēta', 'bauska')
    """
    return FOLDED.get(word, word) if word.isascii() else word
