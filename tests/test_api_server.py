"""The port that the service answers on."""

import asyncio
import socket

import pytest

pytest.importorskip("fastapi", reason="the service's packages are not installed")

from semblante.api import ServiceSettings
from semblante.api.server import bind


def test_no_part_of_an_answer_waits_for_the_one_before_to_be_acknowledged() -> None:
    listener, settings = bind(ServiceSettings(port=0))
    without_delay = asyncio.run(_without_delay(listener, settings.port))
    assert without_delay != 0


async def _without_delay(listener: socket.socket, port: int) -> int:
    """The option TCP_NODELAY of a connection that asyncio has taken."""
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken = writer.get_extra_info("socket")
        found.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(connected, sock=listener):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        option = await found
        writer.close()
        return option
