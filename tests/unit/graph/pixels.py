"""Reads the pixels of a PNG as the renderer writes it: eight bits for each channel, with alpha."""

import struct
import zlib
from collections.abc import Iterator

_CHANNELS = 4

type Pixel = tuple[int, int, int]


def rows(png: bytes) -> list[list[Pixel]]:
    """Return the rows of a picture, without alpha."""
    chunks = list(_chunks(png))
    width, _, depth, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    assert (depth, colour) == (8, 6)
    data = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    return [
        [(row[at], row[at + 1], row[at + 2]) for at in range(0, len(row), _CHANNELS)] for row in _lines(data, width)
    ]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _lines(data: bytes, width: int) -> Iterator[bytes]:
    stride = width * _CHANNELS
    above = bytes(stride)
    for at in range(0, len(data), stride + 1):
        above = _unfiltered(data[at], data[at + 1 : at + 1 + stride], above)
        yield above


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    out = bytearray(line)
    for at in range(len(line)):
        left, corner = (out[at - _CHANNELS], above[at - _CHANNELS]) if at >= _CHANNELS else (0, 0)
        guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[kind]
        out[at] = (line[at] + guess) % 256
    return bytes(out)


def _paeth(left: int, above: int, corner: int) -> int:
    return min((left, above, corner), key=lambda value: abs(left + above - corner - value))
