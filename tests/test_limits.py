"""Limits as a person writes them, whom they hold for, and the plan for a new address."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.config import SettingsError, load_settings
from newsletter.limits import UNLIMITED, Limit, read_limit
from newsletter.providers import DomainLimits, provider_of, read_domain_limits
from newsletter.warmup import PLAN, WarmUp

NOWHERE = Path("no-such-env-file")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("20/s 8", Limit(per_second=20, connections=8)),
        ("0.5/s", Limit(per_second=0.5)),
        ("90/m", Limit(per_second=1.5)),
        ("500/h 4000/d", Limit(per_hour=500, per_day=4000)),
        (" 12 ", Limit(connections=12)),
        ("off", UNLIMITED),
    ],
)
def test_a_limit_is_read_as_it_is_written(text: str, limit: Limit) -> None:
    assert read_limit(text) == limit


@pytest.mark.parametrize(
    "text", ["", "off 3", "20/x", "0/s", "0", "-1/s", "1/s 2/s", "60/m 1/s", "1.5/h", "٣", "1e3/s"]
)
def test_what_is_no_limit_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"limit|bounds"):
        read_limit(text)


@given(some.text(max_size=30))
def test_any_text_is_a_limit_or_a_plain_refusal(text: str) -> None:
    try:
        limit = read_limit(text)
    except ValueError:
        return
    assert limit or text.split() == ["off"]


@pytest.mark.parametrize(
    ("domain", "provider"),
    [
        ("googlemail.com", "gmail.com"),
        ("msn.com", "outlook.com"),
        ("hotmail.co.uk", "outlook.com"),
        ("live.nl", "outlook.com"),
        ("yahoo.com.br", "yahoo.com"),
        ("yahoo.de", "yahoo.com"),
        ("aol.com", "yahoo.com"),
        ("me.com", "icloud.com"),
        ("web.de", "gmx.net"),
        ("ya.ru", "yandex.ru"),
        ("example.org", "example.org"),
        ("live.example.org", "live.example.org"),
        ("yahoo.com.example.net", "yahoo.com.example.net"),
        ("notyahoo.com", "notyahoo.com"),
    ],
)
def test_all_names_of_a_provider_are_one(domain: str, provider: str) -> None:
    assert provider_of(domain) == provider


def test_large_providers_are_limited_without_any_setting_and_others_are_not() -> None:
    limits = DomainLimits()
    for domain in ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "web.de", "mail.ru"):
        assert limits.of(provider_of(domain)).per_second
    assert not limits.of("example.org")


def test_what_is_set_is_laid_over_what_is_built_in() -> None:
    limits = read_domain_limits("googlemail.com=5/s 2, Intern.Example.org = off, *=50/s 10,")
    assert limits.of("gmail.com") == Limit(per_second=5, connections=2)
    assert limits.of("intern.example.org") == UNLIMITED
    assert limits.of("example.net") == Limit(per_second=50, connections=10)
    assert limits.of("outlook.com") == DomainLimits().of("outlook.com")


def test_off_alone_lifts_every_limit() -> None:
    limits = read_domain_limits(" off ")
    assert not any(limits.of(name) for name in ("gmail.com", "outlook.com", "example.org"))


@pytest.mark.parametrize(
    "text",
    ["gmail.com", "gmail=20/s", "=20/s", "a b.example=1/s", "gmail.com=1/s,googlemail.com=2/s", "..=1/s"],
)
def test_a_faulty_domain_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"domain|twice"):
        read_domain_limits(text)


def test_an_international_domain_is_meant_by_its_ascii_name() -> None:
    assert read_domain_limits("bücher.example=1/s").of("xn--bcher-kva.example") == Limit(per_second=1)


def test_a_plan_grows_by_the_days_of_its_zone_and_ends() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    plan = WarmUp(date(2026, 11, 22), (50, 100), berlin)
    first_night = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # 00:30 on the 22nd in Berlin
    assert plan.limit(first_night - timedelta(hours=1)) == UNLIMITED
    assert plan.limit(first_night) == Limit(per_day=50, zone=berlin)
    assert plan.limit(first_night + timedelta(days=1)).per_day == 100
    assert plan.limit(first_night + timedelta(days=2)) == UNLIMITED


def test_settings_hold_limits_and_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_DOMAIN_LIMITS", "gmail.com=7/s")
    monkeypatch.setenv("NEWSLETTER_WARM_UP_FROM", "2026-11-22")
    monkeypatch.setenv("NEWSLETTER_WARM_UP_PLAN", "10, 20,40")
    settings = load_settings(NOWHERE)
    assert settings.domain_limits.of("gmail.com") == Limit(per_second=7)
    assert settings.warm_up == WarmUp(date(2026, 11, 22), (10, 20, 40), ZoneInfo("UTC"))


def test_without_settings_providers_are_limited_and_nothing_is_warmed_up() -> None:
    settings = load_settings(NOWHERE)
    assert settings.domain_limits.of("gmail.com").per_second
    assert settings.warm_up is None
    assert settings.warm_up_plan == PLAN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOMAIN_LIMITS", "gmail.com=fast"),
        ("WARM_UP_FROM", "soon"),
        ("WARM_UP_PLAN", "50,0"),
        ("WARM_UP_PLAN", ","),
    ],
)
def test_a_faulty_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"NEWSLETTER_{name}", value)
    with pytest.raises(SettingsError, match=f"NEWSLETTER_{name}"):
        load_settings(NOWHERE)
