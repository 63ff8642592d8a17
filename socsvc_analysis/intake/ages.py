"""Age groups and sexes as people write them: *0–17*, *<18*, *65 un vairāk*, *S* and *V*.

An age group is ``first-last`` in years, both counted, or ``first+``.  *Līdz 17* may count those of 17 or not, and *virs
65* those of 65: such a bound has a ``~``, and what stands beside it in the table decides (``parts``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from socsvc_analysis.intake.names import normal

AGED = r"(?:(?:vecum(?:s|ā|a grupa)|aged?)\s*)?"
YEARS = r"(?:\s*(?:gad\w*(?:\s+vecum\w*)?|g\.?\s?v(?:\.|\b)|g\.|years?(?:\s+old|\s+of age)?|yrs?\b))?"
SAID_YEARS = YEARS.removesuffix("?")
WHOLE = r"\s*\(?(?:ieskaitot|included|inclusive)\)?"
NUMBER = r"(\d{1,2})(?!\d|[.,]\d)"
SHAPES = (
    (rf"(?:no\s+|from\s+)?(?<![\d.,]){NUMBER}{YEARS}\s*(?:[-–—]|\.\.|līdz|to)\s*{NUMBER}{YEARS}", "{first}-{last}"),
    (
        rf"(?<![\d.,]){NUMBER}{YEARS}\s*(?:\+|un (?:vairāk|vecāk\w*|virs)|and (?:over|older|more|above)){YEARS}",
        "{first}+",
    ),
    (rf"(?:≥|>=|=>)\s*{NUMBER}{YEARS}", "{first}+"),
    (rf">\s*{NUMBER}{YEARS}", "{next}+"),
    (rf"(?:≤|<=|=<)\s*{NUMBER}{YEARS}", "0-{first}"),
    (rf"<\s*{NUMBER}{YEARS}", "0-{before}"),
    (rf"\b(?:līdz|up to)\s+{NUMBER}{YEARS}{WHOLE}", "0-{first}"),
    (rf"\b(?:zem|jaunāk\w+ par|younger than|under|below)\s+{NUMBER}{YEARS}", "0-{before}"),
    (rf"\b(?:līdz|up to)\s+{NUMBER}(?:{SAID_YEARS}|(?=\s*[)\]]?\s*$))", "0-~{first}"),
    (rf"\b(?:virs|vecāk\w+ par|older than|over|above)\s+{NUMBER}(?:{SAID_YEARS}|(?=\s*[)\]]?\s*$))", "~{first}+"),
    (rf"\b(?:no|from)\s+{NUMBER}{SAID_YEARS}", "{first}+"),
)
"""How age groups are written, the closer ways first; what may be a size or a day asks for years or stands last."""
AGES = tuple((re.compile(AGED + shape, re.IGNORECASE), code) for shape, code in SHAPES)
LONE = re.compile(r"(?:no|from)\s+(\d{1,2})", re.IGNORECASE)
LETTERS = {"s": "women", "v": "men", "f": "women", "m": "men", "z": "men"}
"""Letters for women and men: *sievietes, vīrieši*; *female, male*; *zēni* beside *meitenes*."""
PAIRS = (("s", "v"), ("f", "m"), ("m", "z"))
"""Letters for women and for men that belong together; *m* alone may be either."""


def ages_in(text: str) -> tuple[list[str], str]:
    """The age groups that ``text`` says, and what is left of it.

    >>> ages_in("Klienti (65 un vairāk)"), ages_in("Klienti <18"), ages_in("Klienti līdz 18 g.v.")
    ((['65+'], 'Klienti ( )'), (['0-17'], 'Klienti  '), (['0-~18'], 'Klienti  '))
    >>> ages_in("Vietas 31.12.2025"), ages_in("līdz 10 klientiem")
    (([], 'Vietas 31.12.2025'), ([], 'līdz 10 klientiem'))
    """
    found: list[str] = []
    for pattern, code in AGES:
        found += [_coded(match, code) for match in pattern.finditer(text)]
        text = pattern.sub(" ", text)
    return found, text


def age_of(text: str) -> str:
    """The age group that a text as a whole says; "" when it says none.

    >>> age_of("18–64 gadi"), age_of(">65"), age_of("līdz 17 gadiem (ieskaitot)"), age_of("no 18"), age_of("12 rue")
    ('18-64', '66+', '0-17', '18+', '')
    """
    text = text.strip().strip("()[] ")
    least = LONE.fullmatch(text)
    if least:
        return f"{int(least[1])}+"
    ages, rest = ages_in(text)
    return ages[0] if len(ages) == 1 and not re.search(r"\w", rest) else ""


def nearest_age(text: str) -> str:
    """How an age group may be written that has the numbers of ``text``; "" where it has none.

    >>> nearest_age("7 līdz nepilni 18"), nearest_age("17"), nearest_age("jaunieši")
    ('7-17', '0-17', '')
    """
    numbers = [int(each) for each in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)][:2]
    if not numbers or re.search(r"\d{3}", text):
        return ""
    before = "nepiln" in normal(text)
    last = numbers[-1] - before
    return f"{numbers[0]}-{last}" if len(numbers) > 1 else f"0-{last}"


def sex_of_letter(letter: str, beside: Iterable[str] = ()) -> str:
    """The sex that a letter means in a column of sexes whose cells are ``beside``; "" where it may be either.

    >>> sex_of_letter("S"), sex_of_letter("V."), sex_of_letter("M", ["F", "M"]), sex_of_letter("M", ["M", "Z"])
    ('women', 'men', 'men', 'women')
    >>> sex_of_letter("M", ["M"]), sex_of_letter("S", ["S", "F"])
    ('', '')
    """
    said = normal(letter).rstrip(".")
    letters = {normal(each).rstrip(".") for each in beside} & set(LETTERS) | {said}
    pairs = [pair for pair in PAIRS if letters <= set(pair)]
    meant = {("women", "men")[pair.index(said)] for pair in pairs if said in pair}
    return min(meant) if len(meant) == 1 else ""


def _coded(match: re.Match[str], code: str) -> str:
    first = int(match[1])
    numbers = {"first": first, "next": first + 1, "before": first - 1, "last": int(match[match.lastindex or 1])}
    return code.format(**numbers)
