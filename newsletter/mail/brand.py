"""How a publication looks: its accent colour in light and dark, and its logo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that stands for the publication's name; size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours as `#rrggbb`, of enough contrast on the mail's backgrounds (WCAG 2.2, 1.4.3)."""

    accent: str
    on_accent: str
    accent_dark: str
    on_accent_dark: str
    logo: Logo | None = None


DEFAULT_BRAND = Brand(accent="#98281a", on_accent="#ffffff", accent_dark="#f0937f", on_accent_dark="#1d1a17")
