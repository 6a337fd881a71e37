"""Faults of the connection: slow, endless, broken off, not HTTP at all."""

from tests.faults.feeds.fault import Fault
from tests.ingest.server import (
    Handler,
    crumbs,
    cut_off,
    dripping,
    endless,
    endless_interim,
    gibberish,
    silent,
)

MB = 1024 * 1024
_LATE = "in time|longer than"


def _dripping_header(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.stopping.wait(0.02):
        handler.wfile.write(b"z")
        handler.wfile.flush()


def _endless_header(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"X-More: and more\r\n" * 100)


def _hang_up(handler: Handler) -> None:
    handler.close_connection = True


def _stop_in_the_middle(handler: Handler) -> None:
    handler.start(Content_Length="5000")
    handler.wfile.write(b"<rss version='2.0'>")
    handler.wfile.flush()
    handler.server.stopping.wait(60)


def _hundred_megabytes(handler: Handler) -> None:
    handler.start(Content_Length=str(100 * MB))
    for _time in range(100):
        handler.wfile.write(b" " * MB)


def _bad_chunks(handler: Handler) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.start(Transfer_Encoding="chunked")
    handler.wfile.write(b"ffffffffffffffffffff\r\n<rss>")


WIRE = (
    Fault("slow-header", silent, _LATE),
    Fault("dripping-header", _dripping_header, _LATE),
    Fault("endless-header", _endless_header, "proper HTTP"),
    Fault("endless-interim", endless_interim, f"too much work|{_LATE}"),
    Fault("slow-body", dripping, _LATE),
    Fault("stops-in-the-middle", _stop_in_the_middle, _LATE),
    Fault("endless-body", endless, "larger than 10 MB"),
    Fault("hundred-megabytes", _hundred_megabytes, "larger than 10 MB"),
    Fault("crumbs", crumbs, f"too much work|{_LATE}"),
    Fault("truncated", cut_off, "broke off early"),
    Fault("hangs-up", _hang_up, "broke off early"),
    Fault("gibberish", gibberish, "proper HTTP"),
    Fault("bad-chunks", _bad_chunks, "proper HTTP"),
)
