"""What a picture says of itself where it stands without its page: who published its numbers, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from socsvc_analysis.wording import Words

MOST_NAMED = 4
"""Publishers that are named; a picture that rests on more says how many others there are."""


def credit(sources: Sequence[str], words: Words) -> str:
    """Who published the numbers, those with the most publications first, and in which years.

    ``sources`` are codes of the table of sources; a code that is not in it is left out, and seen when a page is made.
    """
    known = words.reference.sources[words.reference.sources["source"].isin(sources)]
    count = Counter(known["publisher"])
    years = known.assign(year=known["published"].str[:4]).groupby("publisher", sort=False)["year"]
    named = [
        words.say("credit_publisher", publisher=publisher, years=", ".join(sorted({*said} - {""})))
        if any(said := years.get_group(publisher))
        else publisher
        for publisher, _ in count.most_common(MOST_NAMED)
    ]
    if more := len(count) - len(named):
        named.append(words.say("credit_more", n=more, count=words.number(more)))
    return f"{words.say('source_line')} {'; '.join(named)}"
