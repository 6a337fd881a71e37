"""Where sentences end, in the languages of the mail and in scripts without spaces. Pure."""

import re

# A sentence ends at its mark with closing quotes; scripts written without spaces need none after it.
_END = re.compile(r"(?:[.!?…؟।]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”’）]*)")
# A dot after these ends no sentence: one letter, letters with dots, and what newsrooms shorten.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘„«])(?:\w|(?:\w\.)+\w|mr|mrs|ms|dr|prof|st|sen|rep|gov|gen|no|vs|approx|dept|jr|sr|inc|ltd|co"
    r"|nr|ca|bzw|usw|evtl|mio|mrd|tel|abs|mme|mlle|av|env|sra|srta|ud|uds|ee|núm|aprox"
    r"|грн|тис|млн|млрд|ім|ст|вул|обл)\.$",
    re.IGNORECASE,
)
# German dates: the dot of "3. Oktober" makes an ordinal.
_DAY = re.compile(r"(?:^|\s)[0-3]?\d\.$")
_MONTH = re.compile(
    r"(?:januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\b",
    re.IGNORECASE,
)
_BEFORE, _AFTER = 24, 12


def sentence_ends(text: str) -> list[int]:
    """Where sentences end: after the mark, when what follows does not go on in small letters."""
    ends = []
    for match in _END.finditer(text):
        if match[0].startswith(("…", "...")):
            continue
        before, after = text[: match.end()][-_BEFORE:], text[match.end() :][:_AFTER].lstrip()
        goes_on = after[:1].islower() or (match[0] == "." and _is_shortened(before, after))
        if not goes_on:
            ends.append(match.end())
    return ends


def sentences(text: str) -> list[str]:
    """The whole sentences of `text`; what has no end is left out."""
    found, start = [], 0
    for end in sentence_ends(text):
        found.append(text[start:end].strip())
        start = end
    return [one for one in found if one]


def _is_shortened(before: str, after: str) -> bool:
    if _DAY.search(before):
        return bool(_MONTH.match(after))
    return bool(_ABBREVIATION.search(before))
