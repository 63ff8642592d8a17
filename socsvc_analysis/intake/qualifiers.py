"""Words that change what numbers are and that no column can take: parts of a year, forecasts, averages, exceptions.

A sum over six months is no number of a year, and an average no count.  Where such words stand for a table it is asked
back; where they only may change something they are told.
"""

from __future__ import annotations

import re

from socsvc_analysis.intake.days import MONTH, days_in, spans_in, without_days
from socsvc_analysis.intake.names import visible
from socsvc_analysis.territories.lexicon import without_diacritics


class Words:
    """Words that are looked for in texts, also as they are written where a text has no diacritics at all.

    >>> [Words("mēnesī").search(text) is not None for text in ("Mēnesī", "menesi", "mēs")]
    [True, True, False]
    """

    def __init__(self, pattern: str) -> None:
        self.written = re.compile(pattern, re.IGNORECASE)
        self.bare = re.compile(without_diacritics(pattern), re.IGNORECASE)

    @property
    def pattern(self) -> str:
        """The regular expression, as written with diacritics."""
        return self.written.pattern

    def search(self, text: str) -> re.Match[str] | None:
        """The first of the words in ``text``."""
        return self.written.search(text) or (self.bare.search(text) if text.isascii() else None)

    def sub(self, instead: str, text: str) -> str:
        """``text`` with something else in the place of the words."""
        return (self.bare if text.isascii() else self.written).sub(instead, text)


ORDINAL = (
    r"(?:\b(?:[1-4]\.?|i{1,3}\.?|iv\.?|pirm\w+|otr\w+|treš\w+|ceturt\w+|first|second|third|fourth"
    r"|[1-4](?:st|nd|rd|th))\s*)"
)
SPAN = (
    r"(?:pusgad\w*|pusg\b\.?|ceturksn\w*|ceturkš\w*|cet\b\.?|kvartāl\w*|semestr\w*|half(?:[ -]?year)?|quarter|semester)"
)
UP_TO_ELEVEN = (
    r"(?:vien|div(?!padsmit|desmit)|trī|trij|četr|piec|seš|septiņ|astoņ|deviņ|desmit|vienpadsmit)\w*"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven)"
)
"""Numbers of months in words, in every case."""
YEAR = r"(?:19|20)\d\d\.?\s*(?:g\.|gad\w+)?"
SHORT_BUT_NOV = r"(?:janv?|febr?|mar|apr|mai|jūn|jun|jūl|jul|aug|sept?|okt|oct|dec)\b\.?"
"""Abbreviations of months; that of November is also the one of *novads*."""
SHORT = rf"(?:{SHORT_BUT_NOV}|nov\b\.?)"
DAY = r"\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}\.?)?"
PART_OF_YEAR = Words(
    rf"{ORDINAL}{SPAN}|(?:\b|(?<=(?:19|20)\d\d))[qh][1-4]\b|\b[1-4][qh](?:\d\d)?\b|^\W*{SPAN}\W*$"
    rf"|\bpusgad(?:a|ā|am|u)\b|\bgada\s+(?:pirm|otr)\w+\s+pus[eēi]\b"
    rf"|\b(?:[1-9]|1[01]|{UP_TO_ELEVEN})\s*(?:mēn\b\.?|mēneš\w+|months?\b)"
    rf"|\bi\s*[-–—]\s*(?:xi|ix|iv|x|v?i{{1,3}}|v)\b\.?\s*mēn"
    rf"|\b(?:[1-9]|1[0-2])(?:\.\s*(?:mēn\b\.?|mēnes\w+)|\s*mēnesis\b)|\b{SHORT}\s*[-–—]\s*{SHORT}"
    rf"|\b{SHORT_BUT_NOV}\W?\s?(?:19|20)\d\d\b"
    rf"|(?:19|20)\d\d\W?\s?{SHORT_BUT_NOV}|^\W*{SHORT}\W*(?:(?:19|20)?\d\d)?\W*$"
    rf"|{MONTH}\s*(?:[-–—]|līdz|to|until)\s*{MONTH}|{YEAR}\s*{MONTH}|{MONTH}\s*,?\s*(?:19|20)\d\d\b|^\W*{MONTH}\W*$"
    rf"|\b(?:par|for)\s+{MONTH}|^\W*{MONTH}\s+(?:dat|pārskat|atskait|rādītāj)\w*"
)
FROM_TO = re.compile(rf"{DAY}\s*(?:[-–—]|līdz|to)\s*{DAY}", re.IGNORECASE)
WHOLE_YEAR = Words(
    rf"\b0?1\.?\s*[-–—]\s*12\.?\s*(?:mēn\.|mēne[sš]\w+)|\bjanv?\b\.?\s*[-–—]\s*dec\b\.?"
    rf"|(?:janvār|january)\w*\s*(?:{YEAR}\s*)?(?:[-–—]|līdz|to|until)\s*(?:{YEAR}\s*)?(?:decembr|december)\w*"
    r"|0?1\.\s?0?1\.(?:\s?\d{4}\.?)?\s*(?:[-–—]|līdz|to)\s*31\.\s?12\.(?:\s?\d{4}\.?)?"
)
TIME_OF_YEAR = Words(
    r"pusgad|ceturksn|ceturkšņ|kvartāl|semestr|mēne[sš]|mēneši|nedēļ|sezon|half.?year|quarter|semester|month|week|season"
)
"""A heading that promises parts of a year."""
NUMBERED = Words(
    r"\bprognoz\w*|\bforecast\w*|\bprojected\b|\bvidēj\w+|\baverage\w*|\bmean\b|\bmediān\w*|\bmedian\b|\bsimt(?:i|os|u|iem)\b"
    r"|\bdesmit(?:i|os)\b|\b(?-i:[Vv]id\.)"
    r"|\b(?:skait\w+|klient\w*|person\w*|izdevum\w*)\s+(?:vien[āa]\s+)?(?:mēnesī|nedēļā|dienā|diennaktī)\b"
    r"|\bhundreds\b|\btens\b|\b[x×]\s?10+\b|(?<=\s)[x×*]\s?10+\b|\bkumulatīv\w*|\bcumulative\b|\buzkrāj\w+"
    r"|\b(?:year[ -]to[ -]date|ytd)\b|\bno (?:gada|projekta|programmas|perioda) sākuma\b"
    r"|(?:19|20)\d\d\.?\s*[-–—]\s*(?:19|20)\d\d\.?\s*(?:g\.|gad\w*)?\s*(?:kopā|in total)\b"
)
"""Words that make other numbers of the numbers."""
LIMITING = re.compile(r"\b(?:tikai|only|bez|without|izņemot|except|excluding|neieskait\w*)\b", re.IGNORECASE)
"""Words by which a number is only a part of the whole."""
DOUBTED = Words(
    r"\bprovizor\w*|\bprovisional\b|\bpreliminary\b|\bnepiln\w+|\bincomplete\b|\bnav (?:galīg|piln|precīz|visi)\w*"
    r"|\baptuven\w*|\bapm\b\.?|[~≈]|\bdaļēj\w*|\bpartial\w*|\b(?:min|maks|max)\b\.?|=\s?100\b|\bcen(?:ās|ām)\b|\bprices\b"
    r"|\b(?:mēnesī|nedēļā|dienā|diennaktī|mēneša laikā)\b|\b(?:ik|katru)\s?(?:mēnes|dien|nedēļ|gad)\w*"
    r"|\bper (?:month|week|day)\b|\b(?:monthly|weekly|daily)\b|\bkur(?:i|as|iem|ām)\b"
    r"|\b(?:par|kopā|pēdēj\w+) (?:\d+|div\w+|trīs|trij\w*|četr\w+|piec\w+) gad(?:iem|os|u)\b"
    r"|\bapprox\w*|\bestimate\w*|\bnoapaļ\w+|\brounded\b|\btikai\b|\bonly\b|\bizņemot\b|\bexcept\b"
    r"|\bexcluding\b|\bbez\b|\bwithout\b|\bneieskait\w*|\bneiekļau\w*|\bt\.\s?sk\.|\btai skaitā|\bof which\b"
    r"|\bneskait\w*|\bkopš\b|\bsince\b|\bgada sākum\w*|\bvismaz\b|\bat least\b|\bne (?:mazāk|vairāk)\b|\bat most\b"
    r"|\bmaksimāl\w*|\bminimāl\w*|\baplēs\w*|\bizlases?\b|\baptauj\w*|\bapsekojum\w*|\bsurvey\w*|\brespondent\w*"
    r"|\bvairāk(?:kārt|as reizes|us pakalpojum|os pakalpojum)\w*|\bdubult\w*|\bnav salīdzinām\w*"
    r"|\bnot comparable\b|\bjāprecizē\w*"
    r"|\b\d+ (?:pašvaldīb|novad)\w* no \d+\b|\b\d+ no \d+ (?:pašvaldīb|novad)\w*"
    r"|\bprojekta laikā\b|\b(?:neto|bruto)\b|\b(?:ar|ieskaitot|iekļaujot) PVN\b|\bVAT\b"
    r"|\bprecizēja\w*|\bprecizēs\b|^\W*projekts\W*$|\bmelnrakst\w*|\buzmetum\w*|\bdraft\b"
)
"""Words that may make a number only a part of the whole."""
OTHERS = Words(
    r"\bgadījum(?:i|u|iem)\b|\breižu\b|\bapmeklējum\w*|\bpieteikum(?:i|u)\b|\bmājsaimniecīb\w*"
    r"|\b(?:cases|visits|applications|households)\b"
)
"""What is counted besides people: below a title of it, clients are perhaps none."""
LEGEND = Words(
    r"\bkrās[āu]\w*|\biekrāsot\w*|\b(?:slīprakst|kursīv|treknrakst|pasvītrot|aizēnot|pelēkot)\w*"
    r"|\bar (?:dzelten|sarkan|zaļ|zil|pelēk|oranž)\w+ (?:atzīm|iezīm|izcel)\w*"
    r"|\b(?:colou?red|highlighted|shaded|italics?|bold|underlined)\b|\bin (?:red|yellow|green|blue|grey)\b"
)
"""Words that say what a colour or a kind of letters means, of which a cell that is read says nothing."""
FROM_A_DAY = re.compile(r"\b(?:no|from|sākot ar)\s*$", re.IGNORECASE)
TO_A_DAY = re.compile(r"\b(?:līdz|lidz|until|up to)\s*$", re.IGNORECASE)

DRAFTED = Words(
    r"\bprojekts?\b(?!\w)\s*(?:[-–—:,(]|$)|\b(?:nav|ne)\s?(?:apstiprināt|saskaņot)\w*|\bprecizēt\w*|\baizstāj\w*"
    r"|\bkoriģēt\w*|\blabot(?:s|ais|ā|ie|i|a|as)\b|\bparaug\w*|\bpiemēr(?:s|a)\b|\btest[as]?\b|\bizdomāt\w*"
    r"|\bdraft\b|\bnot approved\b|\bunapproved\b|\bcorrected\b|\brevised\b|\breplaces\b|\bsample\b|\bexample\b"
)
"""Words of a title by which a file is a draft, an example, or one that mends another."""

MADE = Words(
    r"sagatav|iesnieg(?:t(?:s|i|a|as)\b|šan)|iesniedz|izdruk|parakst|eksport|aktualiz|izveidot(?:s|i|a|as)\b"
    r"|saņemt(?:s|i|a|as)\b|saņemšanas d|termiņ|\bdatums\b|apstiprin(?:āt(?:s|i|a|as)\b|āšan|u\b)|lēmum|protokol"
    r"|prepared|printed|exported|deadline|signed|decision|minutes"
    r"|(?:submitted|updated|created|received|approved)(?=\W*(?:on|at|by|in)?\W*\d)"
)
"""Words beside the day on which a file was made, decided or is due, which is not that of its numbers."""
MAKING = Words(
    rf"(?:{MADE.pattern})\w*(?:\W+(?:(?:{MADE.pattern})\w*|līdz|uz|no|on|by|in|at|nr\.?\s*[\w/-]+))*\W*"
    rf"(?:{YEAR}\s*)?(?:{ORDINAL}{SPAN}|(?:\d{{1,2}}\.\s*)?{MONTH}|{DAY})"
)
"""The time at which a file was made, with the word that says so."""


def part_of_year(text: str) -> str:
    """The words of ``text`` that say a part of a year, over which its numbers are counted; "" when none do.

    >>> part_of_year("Pārskats par 2025. gada 1. pusgadu"), part_of_year("I ceturksnis"), part_of_year("2025 Q1")
    ('1. pusgadu', 'I ceturksnis', 'Q1')
    >>> part_of_year("2025. gada 31. decembrī"), part_of_year("janvāris–decembris"), part_of_year("12 mēneši")
    ('', '', '')
    """
    rest = WHOLE_YEAR.sub(" | ", visible(text))
    for words, first, last in spans_in(rest):
        if (first.of_year, last.of_year) != ((1, 1), (12, 31)):
            return words
    # A day is no part of a year that is counted over.
    found = FROM_TO.search(rest) or PART_OF_YEAR.search(without_days(rest, " | "))
    return found[0].strip(" |") if found else ""


def other_numbers(text: str) -> str:
    """The words of ``text`` by which its numbers are those of a part of a year, an average, a forecast, hundreds.

    >>> other_numbers("Vidēji mēnesī"), other_numbers("Klienti x 1000"), other_numbers("Klienti gadā")
    ('Vidēji', 'x 1000', '')
    """
    found = NUMBERED.search(text)
    return part_of_year(text) or (found[0].strip() if found else "")


def without_making(text: str) -> str:
    """A text without the time at which its file was made, so that what is left is said of its numbers.

    >>> without_making("Sagatavots 2026. gada janvārī"), without_making("Par 1. pusgadu, sagatavots 15.07.2025.")
    (' ', 'Par 1. pusgadu,  ')
    """
    return MAKING.sub(" ", text)


def is_draft(text: str) -> bool:
    """Whether a title says that its numbers are not settled, invented, or mend others.

    >>> is_draft("PROJEKTS – nav apstiprināts"), is_draft("Precizēti dati"), is_draft("Projekta pakalpojumi")
    (True, True, False)
    """
    return bool(DRAFTED.search(text))


def may_change(text: str) -> str:
    """The words of ``text`` that may change what its numbers are.

    >>> may_change("bez Iecavas"), may_change("Provizoriski dati"), may_change("Bezmaksas pakalpojumi")
    ('bez', 'Provizoriski', '')
    """
    found = DOUBTED.search(text) or LEGEND.search(text) or OTHERS.search(text)
    return other_numbers(text) or (found[0].strip() if found else _within_a_year(text))


def _within_a_year(text: str) -> str:
    """The day of ``text`` from which on, or until which, something is counted; "" when it says none within a year.

    >>> [_within_a_year(f"{said} 01.07.2025.") for said in ("Dati no", "Dati līdz", "Vietas uz")]
    ['01.07.2025.', '01.07.2025.', '']
    """
    for each in days_in(text):
        before = text[: each.begin]
        if (FROM_A_DAY.search(before) and each.of_year != (1, 1)) or (
            TO_A_DAY.search(before) and each.of_year != (12, 31)
        ):
            return text[each.begin : each.end]
    return ""


IN_NAME = Words(
    r"(?<![\w.-])(?:0[1-9]|1[0-2])[.\s_-]\s?(?:19|20)\d\d(?![\d-])"
    r"|(?<![\d.-])(?:19|20)\d\d[.\s_-](?:0[1-9]|1[0-2])(?![\d.\s_-]*\d)"
    r"|\b(?:[369])(?-i:M)\b"
)
MONTH_ALONE = re.compile(
    r"^\W*(?:.*\b(?:par|for|periods?:?)\s+)?(?:0?[1-9]|1[0-2])\.\s?(?:19|20)\d\d\.?\W*$", re.IGNORECASE
)


def part_in_name(name: str) -> str:
    """The month or months that the name of a sheet or a file says in figures; "" when it says none.

    >>> part_in_name("01.2025"), part_in_name("2025_12"), part_in_name("9M 2025"), part_in_name("2025-12-31")
    ('01.2025', '2025_12', '9M', '')
    """
    found = IN_NAME.search(without_days(name))
    return found[0] if found else ""


def month_alone(text: str) -> str:
    """The month that a title is, in figures; "" when it is none.

    >>> month_alone("Dati par 03.2025."), month_alone("Lēmums Nr. 3.2025"), month_alone("31.12.2025.")
    ('Dati par 03.2025.', '', '')
    """
    found = MONTH_ALONE.search(without_days(text, " | "))
    return found[0].strip() if found else ""
