"""Number words of the languages of the mail: what newsrooms write out, up to twenty, and the tens. Data.

"One" counts within others alone ("twenty-one"); what is more often something else is not listed.
"""

_TENS = (20, 30, 40, 50, 60, 70, 80, 90, 100)


def _from(start: int, words: str) -> dict[str, int]:
    return {word: start + place for place, word in enumerate(words.split())}


def _tens(words: str) -> dict[str, int]:
    return dict(zip(words.split(), _TENS, strict=False))


WORDS: dict[str, dict[str, int]] = {
    "en": _from(
        2,
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen",
    )
    | _tens("twenty thirty forty fifty sixty seventy eighty ninety hundred")
    | {"zero": 0, "one": 1, "dozen": 12, "twice": 2},
    "de": _from(
        2,
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
        "siebzehn achtzehn neunzehn",
    )
    | _tens("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert")
    | {"null": 0, "eins": 1, "dutzend": 12, "zweimal": 2, "dreissig": 30},
    "fr": _from(
        2, "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    )
    | {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100}
    | {"zéro": 0, "un": 1}
    | {"quinzaine": 15, "dizaine": 10, "douzaine": 12, "vingtaine": 20, "trentaine": 30, "centaine": 100},
    "es": _from(
        2, "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
        "diecisiete dieciocho diecinueve veinte"
    )
    | {"treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80}
    | {"uno": 1, "noventa": 90}
    | {"cien": 100, "ciento": 100, "cero": 0, "docena": 12, "decena": 10, "centenar": 100},
    "uk": _from(
        2, "два три чотири п’ять шість сім вісім дев’ять десять одинадцять дванадцять"
    )
    | {"дві": 2, "двох": 2, "двоє": 2, "трьох": 3, "троє": 3, "чотирьох": 4, "четверо": 4}
    | {"двадцять": 20, "тридцять": 30, "сорок": 40, "п’ятдесят": 50, "сто": 100, "нуль": 0, "один": 1},
    "ar": _from(3, "ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة")
    | {"ثلاث": 3, "أربع": 4, "خمس": 5, "ست": 6, "سبع": 7, "ثماني": 8, "تسع": 9, "عشر": 10}
    | {"اثنان": 2, "اثنين": 2, "عشرون": 20, "عشرين": 20, "ثلاثون": 30, "ثلاثين": 30, "مئة": 100, "مائة": 100},
}  # fmt: skip

# From the third on: "second" is a time, "first" an order of telling.
ORDINALS: dict[str, dict[str, int]] = {
    "en": _from(3, "third fourth fifth sixth seventh eighth ninth tenth"),
    "de": {
        stem + end: number
        for stem, number in _from(3, "dritt viert fünft sechst siebt acht neunt zehnt").items()
        for end in ("e", "en", "er", "es")
    },
    "fr": _from(3, "troisième quatrième cinquième sixième septième huitième neuvième dixième"),
    "es": {
        stem + end: number
        for stem, number in _from(3, "tercer cuart quint sext séptim octav noven décim").items()
        for end in ("o", "a", "")
    },
}

_MILLION = 10**6
_BILLION, _TRILLION = 10**9, 10**12

# What a word after a number makes of it. Long scale where the language has it.
SCALES: dict[str, dict[str, int]] = {
    "en": {"k": 1000, "m": _MILLION, "mn": _MILLION, "bn": _BILLION, "b": _BILLION, "tn": _TRILLION}
    | {"hundred": 100, "hundreds": 100, "dozen": 12, "thousand": 1000, "million": _MILLION}
    | {"billion": _BILLION, "trillion": _TRILLION},
    "de": {"hundert": 100, "dutzend": 12, "tausend": 1000, "tsd": 1000, "mio": _MILLION, "mrd": _BILLION}
    | dict.fromkeys(("million", "millionen"), _MILLION)
    | dict.fromkeys(("milliarde", "milliarden"), _BILLION)
    | dict.fromkeys(("billion", "billionen", "bio"), _TRILLION),
    "fr": {"cents": 100, "mille": 1000, "milliers": 1000}
    | dict.fromkeys(("million", "millions"), _MILLION)
    | dict.fromkeys(("milliard", "milliards", "md", "mds"), _BILLION)
    | dict.fromkeys(("billion", "billions"), _TRILLION),
    "es": {"mil": 1000, "miles": 1000, "mil millones": _BILLION}
    | dict.fromkeys(("millón", "millones"), _MILLION)
    | dict.fromkeys(("billón", "billones"), _TRILLION),
    "uk": dict.fromkeys(("тис", "тисяча", "тисячі", "тисяч"), 1000)
    | dict.fromkeys(("млн", "мільйон", "мільйони", "мільйонів", "мільйона"), _MILLION)
    | dict.fromkeys(("млрд", "мільярд", "мільярди", "мільярдів", "мільярда"), _BILLION)
    | dict.fromkeys(("трлн", "трильйон", "трильйони", "трильйонів"), _TRILLION),
    "ar": dict.fromkeys(("ألف", "آلاف", "ألفا"), 1000)
    | dict.fromkeys(("مليون", "ملايين", "مليونا"), _MILLION)
    | dict.fromkeys(("مليار", "مليارات"), _BILLION)
    | dict.fromkeys(("تريليون", "تريليونات"), _TRILLION),
}  # fmt: skip
