"""Times as feeds write them that feedparser does not understand: other languages' months, more zones."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

# By the first three or four letters, without accents: English, German, French, Spanish, Portuguese,
# Italian, Dutch, the languages of Scandinavia, Polish, Russian.
_MONTHS = {
    start: number
    for number, starts in enumerate(
        (
            "jan ene gen sty янв", "feb fev lut фев", "mar mrt maa мар", "apr abr avr kwi апр",
            "may mai mag mei maj мая маи", "jun juin giu cze июн", "jul juil lug lip июл",
            "aug ago aou sie авг", "sep set wrz сен", "oct okt out ott paz окт", "nov lis ноя",
            "dec dez dic des gru дек",
        ),
        1,
    )
    for start in starts.split()
}  # fmt: skip
# Hours east of Greenwich of the zones that go by names feedparser takes for Greenwich.
_ZONES = {
    "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3,
    "TRT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "WIB": 7, "ICT": 7, "HKT": 8, "SGT": 8, "AWST": 8, "PHT": 8,
    "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5,
    "BRT": -3, "ART": -3, "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
_AMERICAN = {"EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8}
_MOST = 100
_WRITTEN = re.compile(
    r"(?:^|\D)(\d{1,2})(?:\.|º|er)?\s+(?:de\s+)?([^\W\d]{3,})\.?,?\s+(?:de\s+)?(\d{4})\b"
    r"(?:\D{1,10}(\d{1,2})[:h.](\d{2})(?::(\d{2}))?)?\s*(.*)"
)
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+-])(\d{2}):?(\d{2})")


def read_date(told: str) -> datetime | None:
    """A date with the name of a month in one of the languages above, in UTC; None for anything else."""
    found = _WRITTEN.search(told[:_MOST])
    month = _month(found[2]) if found else None
    if found is None or month is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.group(4, 5, 6))
    try:
        local = datetime(int(found[3]), month, int(found[1]), hour, minute, min(second, 59), tzinfo=UTC)
        return local - _zone(found[7])
    except (ValueError, OverflowError):
        return None


def zone_unknown(told: str) -> timedelta:
    """How far east of Greenwich a time is whose zone feedparser takes for Greenwich, by its name's end."""
    name = told[-5:].rpartition(" ")[2]
    return timedelta(hours=_ZONES.get(name, 0))


def _month(name: str) -> int | None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3])


def _zone(told: str) -> timedelta:
    offset = _OFFSET.match(told)
    if offset:
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return -size if offset[1] == "-" else size
    name = told.strip().upper()
    return timedelta(hours=_ZONES.get(name) or _AMERICAN.get(name, 0))
