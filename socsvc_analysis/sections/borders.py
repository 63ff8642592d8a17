"""What of a planning region's borders changed with the reform of municipalities, in sentences."""

from __future__ import annotations

from socsvc_analysis.codes import lookup
from socsvc_analysis.reference import COUNTRY_REGION
from socsvc_analysis.territories import REFORM, moved_between_regions
from socsvc_analysis.wording import Words

KIND = {"lv": " novads", "en": " Municipality"}
"""What ends the name of a rural municipality; said once for several."""


def moved_municipalities(*, region: str, words: Words) -> list[str]:
    """Which former municipalities left ``region`` or came to it, and which figures follow which borders.

    Nothing where none did; all that moved for the country.
    """
    moved = moved_between_regions(words.reference.municipalities)
    if region != COUNTRY_REGION:
        moved = moved[(moved["region_then"] == region) | (moved["region"] == region)]
    if moved.empty:
        return []
    code = lookup(words.reference.regions, "region", "code")
    sentences = [
        words.say(
            "borders_moved",
            n=min(len(rows), 2),  # one, or several however many
            names=words.listed(
                words.title("municipalities", each).removesuffix(KIND[words.language]) for each in rows["code"]
            ),
            year=REFORM[:4],
            then=words.place(code[str(before)], "locative"),
            now=words.place(code[str(after)], "locative"),
        )
        for (before, after), rows in moved.groupby(["region_then", "region"])
    ]
    return [*sentences, words.say("borders_followed")]
