# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each kind of fault is carried out on an aiohttp connection."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Iterator

from aiohttp import web

from .faults import ALTERING, Fault, Kind

Answer = Callable[[], Awaitable[web.StreamResponse]]

HANG_SECONDS = 86400.0
CHUNK = 65536

HTML_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


async def inject(request: web.Request, fault: Fault, answer: Answer) -> web.StreamResponse:
    """Answer a request the way the fault wants; ``answer`` handles it for real."""
    if fault.kind is Kind.DELAY and not fault.after_effect:
        await asyncio.sleep(fault.seconds)
    real = await answer() if fault.has_effect else None
    if real is not None and fault.kind in ALTERING:
        return await _altered(request, fault, real)
    if fault.kind is Kind.DROP:
        return _drop(request)
    if fault.kind is Kind.HANG:
        await asyncio.sleep(HANG_SECONDS)
    if fault.kind in (Kind.OVERSIZED, Kind.GZIP_BOMB):
        return await _oversized(request, fault)
    return _made_up(fault)


async def _altered(request: web.Request, fault: Fault, real: web.StreamResponse) -> web.StreamResponse:
    if fault.kind is Kind.TRUNCATED:
        return await _truncated(request, real)
    if fault.kind is Kind.DRIP:
        return await _drip(request, real, fault.seconds)
    if fault.kind is Kind.DUPLICATED:
        return _duplicated(real)
    if fault.kind is Kind.CONTENT_TYPE:
        real.headers["Content-Type"] = "text/html; charset=utf-8"
    if fault.kind is Kind.DELAY and fault.after_effect:
        await asyncio.sleep(fault.seconds)
    return real


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _made_up(fault: Fault) -> web.Response:
    json_type = {"Content-Type": "application/json; charset=utf-8"}
    if fault.kind is Kind.HTML:
        return web.Response(status=fault.status or 502, text=HTML_PAGE, content_type="text/html", headers=fault.headers)
    if fault.kind is Kind.REDIRECT:
        return web.Response(status=fault.status or 302, headers={"Location": fault.location, **fault.headers})
    if fault.kind is Kind.INVALID_JSON:
        return web.Response(body=b'{"object":"list","data":[{"id":', headers=json_type)
    if fault.kind is Kind.INVALID_UTF8:
        return web.Response(body=b'{"object":"\xff\xfe\x80"}', headers=json_type)
    if fault.kind is Kind.DEEP_JSON:
        return web.Response(body=b"[" * (fault.size // 2) + b"]" * (fault.size // 2), headers=json_type)
    if isinstance(fault.body, (str, bytes)):
        body = fault.body.encode() if isinstance(fault.body, str) else fault.body
        return web.Response(status=fault.status or 500, body=body, headers=fault.headers)
    headers = {**json_type, **fault.headers}
    return web.Response(status=fault.status or 500, body=json.dumps(fault.body).encode(), headers=headers)


async def _oversized(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Send a JSON string of the fault's size, packed or not, which is never in memory as a whole."""
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    pack: Callable[[bytes], bytes] = bytes
    if fault.kind is Kind.GZIP_BOMB:
        response.headers["Content-Encoding"] = "gzip"
        packer = zlib.compressobj(wbits=31)
        pack = packer.compress
    await response.prepare(request)
    for chunk in _long_text(fault.size):
        if packed := pack(chunk):
            await response.write(packed)
        # So that the loop may learn that the client has gone.
        await asyncio.sleep(0)
    if fault.kind is Kind.GZIP_BOMB:
        await response.write(packer.flush())
    await response.write_eof()
    return response


def _long_text(size: int) -> Iterator[bytes]:
    yield b'"'
    for position in range(0, size - 2, CHUNK):
        yield b"x" * min(CHUNK, size - 2 - position)
    yield b'"'


def _content(real: web.StreamResponse) -> bytes:
    if not isinstance(real, web.Response) or not isinstance(real.body, (bytes, bytearray, type(None))):
        raise TypeError("this fault needs an answer with its whole body in memory")
    return bytes(real.body or b"")


def _duplicated(real: web.StreamResponse) -> web.StreamResponse:
    try:
        value = json.loads(_content(real))
    except ValueError:
        return real
    if isinstance(value, dict):
        value = {name: item * 2 if isinstance(item, list) else item for name, item in value.items()}
    headers = {name: text for name, text in real.headers.items() if name.lower() != "content-length"}
    doubled = value * 2 if isinstance(value, list) else value
    return web.Response(status=real.status, body=json.dumps(doubled).encode(), headers=headers)


async def _truncated(request: web.Request, real: web.StreamResponse) -> web.StreamResponse:
    content = _content(real)
    response = await _begin(request, real, len(content) or 1)
    await response.write(content[: len(content) // 2])
    await asyncio.sleep(0.01)
    if request.transport is not None:
        request.transport.close()
    return response


async def _drip(request: web.Request, real: web.StreamResponse, seconds: float) -> web.StreamResponse:
    content = _content(real)
    response = await _begin(request, real, len(content))
    for position in range(len(content)):
        await asyncio.sleep(seconds)
        await response.write(content[position : position + 1])
    await response.write_eof()
    return response


async def _begin(request: web.Request, real: web.StreamResponse, length: int) -> web.StreamResponse:
    response = web.StreamResponse(status=real.status, headers=real.headers)
    response.content_length = length
    await response.prepare(request)
    return response
