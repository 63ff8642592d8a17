"""The names of target groups in the cases in which offices write them: *pensijas vecuma personu*, *bērniem ar FT*."""

from __future__ import annotations

import re

from socsvc_analysis.territories.declension import PARADIGMS

HEADS = re.compile(
    r"\b(?P<stem>person|bērn|cilvēk|senior|pensionār|jaunieš|bezpajumtniek|invalīd|iedzīvotāj|pārstāvj|vecāk|aizbildņ)(?P<end>as|i)\b"
)
"""The noun that a name is about, in the nominative plural."""
GROUPS = re.compile(r"(?P<stem>(?:ne)?pilngadīg|pieauguš)(?P<end>ie|ās)\b")
"""Words that stand for such a noun."""
NOUNS = {first: (of, *others) for first, of, others in PARADIGMS if (first, of) in (("as", "u"), ("i", "u"))}
"""Genitive, dative, accusative and locative plural by the nominative: the declensions IV, and I and II."""
ADJECTIVES = {
    **NOUNS,
    "ās": ("o", "ajām", "ās", "ajās"),
    "ie": ("o", "ajiem", "os", "ajos"),
}
AGREEING = {"as": ("as", "ās"), "i": ("i", "ie")}
"""How adjectives before a noun end in the nominative plural."""


def cases_of(text: str) -> tuple[str, ...]:
    """A name in small letters in the other cases of its plural; none for a name whose noun is not known here.

    >>> cases_of("pilngadīgas personas ar grt")[:2], cases_of("pilngadīgie")[:2]
    (('pilngadīgu personu ar grt', 'pilngadīgām personām ar grt'), ('pilngadīgo', 'pilngadīgajiem'))
    >>> cases_of("pensijas vecuma personas")[0], cases_of("homeless persons")
    ('pensijas vecuma personu', ())
    """
    head = HEADS.search(text)
    if not head:
        alone = GROUPS.match(text)
        ends = ADJECTIVES[alone["end"]] if alone else ()
        return tuple(f"{alone['stem']}{end}{text[alone.end() :]}" for end in ends) if alone else ()
    before = text[: head.start()].split()
    agreeing = 0
    while agreeing < len(before) and before[-1 - agreeing].endswith(AGREEING[head["end"]]):
        agreeing += 1
    fixed, agree = before[: len(before) - agreeing], before[len(before) - agreeing :]
    return tuple(
        " ".join((*fixed, *(_of_case(each, at) for each in agree), f"{head['stem']}{end}{text[head.end() :]}"))
        for at, end in enumerate(NOUNS[head["end"]])
    )


def _of_case(adjective: str, case: int) -> str:
    end = next(each for each in ("ās", "ie", "as", "i") if adjective.endswith(each))
    return adjective.removesuffix(end) + ADJECTIVES[end][case]
