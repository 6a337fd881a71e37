"""What runs in the child: a picture from stdin, our copy to stdout, within bounds the kernel keeps.

The answer is a line of JSON (`{"suffix", "width", "height"}`, or `{"refused"}`), then the copy's bytes.
"""

import json
import sys
import warnings

MEMORY_BYTES = 512 * 1024 * 1024
SECONDS = 6


def main() -> None:
    """Encode what stands on stdin; the first argument says as what: `story` or `logo`."""
    _limit()
    body = sys.stdin.buffer.read()
    told, encoded = _answer(sys.argv[1], body)
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + encoded)


def _answer(kind: str, body: bytes) -> tuple[dict[str, str | int], bytes]:
    from newsletter.images.encode import encode_logo, encode_story
    from newsletter.images.picture import Refused

    # Pillow warns of doubtful pictures; doubtful is refused.
    warnings.simplefilter("error")
    try:
        copy = (encode_logo if kind == "logo" else encode_story)(body)
    except Refused as refusal:
        return {"refused": str(refusal)}, b""
    except MemoryError:
        return {"refused": "It takes more memory than a picture may."}, b""
    except Exception as error:  # whatever a decoder stumbles over is this picture's failure
        return {"refused": f"It is damaged, or breaks off early ({type(error).__name__})."}, b""
    return {"suffix": copy.suffix, "width": copy.width, "height": copy.height}, copy.body


def _limit() -> None:
    """Bound memory and processor time, and let nothing be written: not to a file, not as a core dump."""
    import resource

    limits = [(resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, MEMORY_BYTES))
    for which, limit in limits:
        resource.setrlimit(which, (limit, limit))
