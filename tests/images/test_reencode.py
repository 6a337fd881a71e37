"""Our own copies of strangers' pictures, made by the real child process."""

import sys
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms, features

from newsletter.images.reencode import ImageRefused, reencode
from tests.images.drawing import gif_claiming, noise, photograph, png_claiming, read, written

LIMIT = 40 * 1024
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def refusal(body: bytes, seconds: float = 20) -> str:
    with pytest.raises(ImageRefused) as caught:
        reencode(body, seconds=seconds)
    return caught.value.reason


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_of_any_known_format_becomes_a_small_jpeg(format_: str) -> None:
    if format_ in ("WEBP", "AVIF") and not features.check(format_.lower()):
        pytest.skip(f"this Pillow knows no {format_}")
    copy = reencode(written(photograph(), format_))

    ours = read(copy.body)
    assert (ours.format, ours.size) == ("JPEG", (600, 400)) == ("JPEG", (copy.width, copy.height))
    assert len(copy.body) <= LIMIT
    assert copy.name.endswith(".jpg")


def test_the_same_picture_always_gives_the_same_bytes_and_name() -> None:
    body = written(photograph())

    assert reencode(body) == reencode(body)
    assert reencode(body).name != reencode(written(photograph(seed=2))).name


def test_even_noise_fits_and_is_made_smaller_rather_than_unsightly() -> None:
    copy = reencode(written(noise((900, 900)), "PNG"))

    assert 30 * 1024 < len(copy.body) <= LIMIT
    assert 200 < copy.width == copy.height < 600


def test_quality_is_as_good_as_the_limit_allows() -> None:
    plain = reencode(written(photograph((600, 400)).resize((60, 40)).resize((600, 400)), "PNG"))
    rich = reencode(written(photograph((600, 400), seed=3), "PNG"))

    assert (plain.width, rich.width) == (600, 600)
    # Quantisation tables tell the quality: the smaller the numbers, the better.
    tables = [sum(read(copy.body).quantization[0]) for copy in (plain, rich)]  # type: ignore[attr-defined]
    assert tables[0] <= tables[1]


def test_a_small_picture_is_not_enlarged() -> None:
    copy = reencode(written(photograph((240, 135))))

    assert (copy.width, copy.height) == (240, 135)


def test_a_tall_picture_is_not_taller_than_wide_pictures_are_wide() -> None:
    copy = reencode(written(photograph((800, 1600))))

    assert (copy.width, copy.height) == (300, 600)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_is_upright(orientation: int) -> None:
    upright = Image.new("RGB", (300, 200), "white")
    upright.paste("red", (0, 0, 150, 100))  # red in the corner that belongs on top, to the left
    undo: dict[int, Callable[[Image.Image], Image.Image]] = {
        2: lambda one: one.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda one: one.transpose(Image.Transpose.ROTATE_180),
        4: lambda one: one.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda one: one.transpose(Image.Transpose.TRANSPOSE),
        6: lambda one: one.transpose(Image.Transpose.ROTATE_90),
        7: lambda one: one.transpose(Image.Transpose.TRANSVERSE),
        8: lambda one: one.transpose(Image.Transpose.ROTATE_270),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = undo.get(orientation, lambda one: one)(upright)  # type: ignore[no-untyped-call]

    ours = read(reencode(written(stored, exif=exif)).body).convert("RGB")

    assert ours.size == (300, 200)
    corners = [ours.getpixel(at) for at in ((20, 20), (280, 20), (20, 180), (280, 180))]
    red, *white = [min(corner[1:]) < 90 for corner in corners if isinstance(corner, tuple)]
    assert (red, *white) == (True, False, False, False)


def test_nothing_but_pixels_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home by Ann"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}  # where
    polyglot = b"<script>alert(1)</script>"
    body = written(photograph(), exif=exif, comment=b"call 555-0100", dpi=(300, 300)) + polyglot

    copy = reencode(body)

    ours = read(copy.body)
    assert not ours.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp", "dpi"} & set(ours.info)
    for secret in (b"Ann", b"555", b"script"):
        assert secret in body
        assert secret not in copy.body


def test_what_shone_through_is_white() -> None:
    clear = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (0, 0, 150, 200))

    for body in (written(clear, "PNG"), written(clear, "WEBP", lossless=True), written(clear, "GIF")):
        ours = read(reencode(body).body)
        shown = ours.getpixel((250, 100))
        assert isinstance(shown, tuple)
        assert min(shown) > 245


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        (SRGB, (200, 80, 40)),
        # Red and blue exchanged: the numbers of this picture mean other colours than in sRGB.
        (SRGB.replace(b"rXYZ", b"_XYZ").replace(b"bXYZ", b"rXYZ").replace(b"_XYZ", b"bXYZ"), (40, 80, 200)),
        (b"nonsense", (200, 80, 40)),
        (SRGB[:200], (200, 80, 40)),
    ],
    ids=["sRGB", "another", "nonsense", "cut off"],
)
def test_colours_are_converted_to_srgb(profile: bytes, shown: tuple[int, ...]) -> None:
    body = written(Image.new("RGB", (300, 200), (200, 80, 40)), "PNG", icc_profile=profile)

    found = read(reencode(body).body).getpixel((100, 100))

    assert isinstance(found, tuple)
    assert all(abs(one - other) <= 6 for one, other in zip(found, shown, strict=True)), found


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "RGBA"])
def test_every_kind_of_pixel_is_read(mode: str) -> None:
    picture = photograph((300, 200))
    if mode == "I;16":
        deep = Image.frombytes("I;16", (300, 200), b"\x00\x80" * 300 * 200)
        ours = read(reencode(written(deep, "PNG")).body).convert("L")
        assert abs(int(str(ours.getpixel((9, 9)))) - 128) <= 3
        return
    copy = reencode(written(picture.convert(mode), "JPEG" if mode == "CMYK" else "PNG"))
    assert (copy.width, copy.height) == (300, 200)


def test_of_an_animation_the_first_frame_is_shown() -> None:
    red, blue = Image.new("RGB", (200, 200), "red"), Image.new("RGB", (200, 200), "blue")
    for format_ in ("GIF", "WEBP"):
        body = written(red, format_, save_all=True, append_images=[blue] * 5)
        shown = read(reencode(body).body).getpixel((50, 50))
        assert isinstance(shown, tuple)
        assert shown[0] > 200 > shown[2] + 100


def test_a_bomb_of_pixels_is_refused_before_it_goes_off() -> None:
    # Four billion pixels in a few kilobytes.
    assert "million pixels" in refusal(png_claiming(65_000, 65_000, b"\0" * 1_000_000))
    assert "million pixels" in refusal(png_claiming(8_000, 8_000, b"\0" * 100_000))


def test_an_animated_bomb_costs_one_frame_or_is_refused() -> None:
    assert "million pixels" in refusal(gif_claiming(60_000, 60_000, frames=3))
    copy = reencode(gif_claiming(400, 300, frames=200_000))
    assert (copy.width, copy.height) == (400, 300)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_that_breaks_off_is_refused(format_: str) -> None:
    whole = written(photograph((600, 400)), format_)

    assert refusal(whole[: len(whole) // 2]).startswith(("It is damaged", "It is not a picture"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "It is empty."),
        (b"not a picture at all", "It is not a picture"),
        (b"<!DOCTYPE html><title>Not found</title>", "It is a web page"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'></svg>", "It is an SVG"),
        (b"%PDF-1.7", "It is not a picture"),
        (b"\xff\xd8\xff\xe0", "It is"),
        (b"\x89PNG\r\n\x1a\n", "It is"),
        (png_claiming(0, 0), "It is"),
        (png_claiming(300, 300, b""), "It is damaged"),
        (written(Image.new("RGB", (300, 300)), "BMP"), "It is not a picture"),
        (written(Image.new("RGB", (300, 300)), "TIFF"), "It is not a picture"),
        (written(Image.new("RGB", (1, 1)), "GIF"), "smaller than 100 pixels"),
        (written(photograph((800, 99))), "smaller than 100 pixels"),
        (written(photograph((900, 120))), "banner"),
    ],
    ids=lambda value: value[:14].hex() if isinstance(value, bytes) else value,
)
def test_what_is_no_picture_for_a_story_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    assert reason in refusal(body)


def test_what_is_called_one_thing_and_is_another_is_known_by_its_content() -> None:
    assert reencode(written(photograph(), "PNG")).name.endswith(".jpg")
    page_first = b"<html><script>alert(1)</script>" + written(photograph())
    assert "It is a web page" in refusal(page_first)


def test_a_picture_that_takes_too_long_is_stopped() -> None:
    assert refusal(written(photograph()), seconds=0.001) == "Reading it took longer than 0.001 seconds."


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a child's memory")
def test_a_picture_that_takes_too_much_memory_is_stopped() -> None:
    # An animated WebP's canvas is made at once, twice, whatever is drawn on it.
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    body = bytearray(written(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    at = body.index(b"VP8X") + 12
    body[at : at + 6] = (16_000 - 1).to_bytes(3, "little") * 2

    assert refusal(bytes(body)).startswith(
        ("It takes more memory", "It is", "It has", "Reading it took more")
    )


def test_a_logo_keeps_its_transparency_and_is_drawn_for_dense_screens() -> None:
    sign = Image.new("RGBA", (1000, 250), (0, 0, 0, 0))
    sign.paste((20, 80, 60, 255), (0, 0, 500, 250))

    copy = reencode(written(sign, "PNG"), "logo")

    ours = read(copy.body)
    assert (ours.format, copy.width, copy.height) == ("PNG", 240, 60)
    assert ours.size == (480, 120)
    assert ours.convert("RGBA").getpixel((470, 60)) == (0, 0, 0, 0)
    assert len(copy.body) <= LIMIT


def test_a_logo_too_rich_for_its_place_is_drawn_with_less() -> None:
    sign = noise((900, 300))
    copy = reencode(written(sign, "PNG"), "logo")

    assert len(copy.body) <= LIMIT
    assert (copy.width, copy.height) == (180, 60)
    assert read(copy.body).format == "PNG"
