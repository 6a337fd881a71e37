"""What topics are about, learnt from articles whose topics are known."""

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.topic_model import Example, SpoiltModel, TopicModel, unpack
from newsletter.editions.topic_training import train

WORDS = {
    topic: words.split()
    for topic, words in {
        "business": "shares profit bank merger quarter market investors bond earnings factory",
        "science": "telescope species fossil vaccine particle orbit genome climate reef laboratory",
        "politika": "парламент вибори уряд закон депутат міністр бюджет коаліція президент реформа",
        "riyada": "مباراة هدف فريق بطولة مدرب ملعب كأس لاعب دوري فوز",
    }.items()
}
PLAIN = ["today", "after", "new", "says", "more", "than", "first", "over", "week", "city"]


def examples(count: int = 400) -> list[Example]:
    chance = random.Random(3)
    told = []
    for number in range(count):
        topic = list(WORDS)[number % len(WORDS)]
        title = chance.sample(WORDS[topic], 3) + chance.sample(PLAIN, 3)
        chance.shuffle(title)
        told.append(Example(" ".join(title), "", frozenset({topic})))
    chance.shuffle(told)
    return told


@pytest.fixture(scope="module")
def model() -> TopicModel:
    learnt = train(examples())
    assert learnt is not None
    return learnt


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Bank merger lifts shares in second quarter", "business"),
        ("New telescope finds orbit of a lost species of comet", "science"),
        ("Уряд подав бюджет, парламент голосує за закон", "politika"),
        ("فريق المدينة يحقق فوز جديد في الدوري بعد هدف متأخر", "riyada"),
    ],
)
def test_words_in_any_alphabet_lead_to_their_topic_and_say_so(
    model: TopicModel, title: str, topic: str
) -> None:
    best, *others = model.decide(title, "")
    assert (best.topic, best.belongs) == (topic, True)
    assert best.words
    assert not any(one.belongs for one in others)


def test_what_fits_no_topic_goes_nowhere(model: TopicModel) -> None:
    for title in ("Brass band plays in the old town hall", "", "!!!", "City says more today"):
        assert not any(one.belongs for one in model.decide(title, ""))


def test_an_article_of_two_subjects_may_belong_to_both(model: TopicModel) -> None:
    title = "Bank shares and profit rise as vaccine laboratory maps genome"
    assert {one.topic for one in model.decide(title, "") if one.belongs} == {"business", "science"}


def test_a_topic_with_too_few_articles_is_not_learnt() -> None:
    told = [one for one in examples() if one.topics != {"science"}]
    few = [one for one in examples() if one.topics == {"science"}][:20]
    learnt = train(told + few)
    assert learnt is not None
    assert learnt.topics == ("business", "politika", "riyada")
    assert train(few) is None
    assert train([]) is None


def test_a_correction_outweighs_what_sources_say_and_touches_no_other_topic() -> None:
    said = Example(
        "Harbour festival draws investors", "", frozenset(), apart=frozenset({"business"}), weight=20
    )
    before, after = train(examples()), train([*examples(), *[said] * 3])
    assert before is not None
    assert after is not None
    fit = {one.topic: one.fit for one in before.decide(said.title, "")}
    then = {one.topic: one.fit for one in after.decide(said.title, "")}
    assert then["business"] < fit["business"]
    assert abs(then["science"] - fit["science"]) < 0.1


def test_what_was_learnt_survives_being_stored(model: TopicModel) -> None:
    again = unpack(model.pack())
    title = "Parliament reef bank fossil"
    assert again.decide(title, "profit") == model.decide(title, "profit")
    assert again.precision == model.precision


@given(st.binary(max_size=60))
def test_spoilt_bytes_are_refused(spoilt: bytes) -> None:
    with pytest.raises(SpoiltModel):
        unpack(spoilt)
    with pytest.raises(SpoiltModel):
        unpack(zlib.compress(spoilt))
