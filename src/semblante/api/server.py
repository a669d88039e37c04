"""The service on a port of this machine until it is stopped: `bind` takes the port, `serve` answers on it."""

import signal
import socket
import ssl
import sys
from dataclasses import replace
from errno import EADDRINUSE
from typing import Final

import uvicorn

from semblante.api.app import create_app
from semblante.api.connections import Connection
from semblante.api.engine import Engine
from semblante.api.keys import KeyStore
from semblante.api.security import is_loopback
from semblante.api.settings import ServiceSettings
from semblante.errors import InvalidOption
from semblante.files import translate_os_errors

_BACKLOG: Final = 128
_STOPPING_S: Final = 3
"""So long a stopped service waits for what it is answering."""


def check_exposure(settings: ServiceSettings, keys: KeyStore) -> None:
    """Refuse to be reached by other machines without TLS and a key.

    Raises `InvalidOption`, and `FileAccessError` where the files of TLS cannot be read.
    """
    certificate, key = settings.tls_certificate, settings.tls_key
    if (certificate is None) != (key is None):
        raise InvalidOption("tls_needs_two_files")
    if certificate is not None:
        with translate_os_errors(certificate):
            try:
                ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
            except ssl.SSLError as error:
                raise InvalidOption("tls_files_unusable", problem=error.reason or str(error)) from error
    if is_loopback(settings.host):
        return
    if certificate is None:
        raise InvalidOption("exposed_without_tls", host=settings.host)
    if not keys.keys():
        raise InvalidOption("exposed_without_key", host=settings.host)


def bind(settings: ServiceSettings, or_any_port: bool = False) -> tuple[socket.socket, ServiceSettings]:
    """Take the port: callers may connect from now on, and are answered once `serve` runs.

    With `or_any_port`, another one where it is taken; the settings say which. Raises `InvalidOption`.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    for port in (settings.port, 0) if or_any_port else (settings.port,):
        # Only where the protocol is named does asyncio set TCP_NODELAY. Else the second part of each answer
        # waits 40 ms for the caller's acknowledgement of the first.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # On Windows, SO_REUSEADDR would let another program take the same port besides.
        if sys.platform == "win32":
            option = socket.SO_EXCLUSIVEADDRUSE
        else:
            option = socket.SO_REUSEADDR
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
        try:
            listener.bind((settings.host, port))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            taken = error
        else:
            return listener, replace(settings, port=listener.getsockname()[1])
    if taken.errno == EADDRINUSE:
        raise InvalidOption("port_taken", port=str(settings.port)) from taken
    raise InvalidOption(
        "address_unusable", host=settings.host, problem=taken.strerror or str(taken)
    ) from taken


def address(settings: ServiceSettings) -> str:
    """The address of the page."""
    scheme = "https" if settings.tls_certificate else "http"
    name = settings.host_names[0] if settings.host_names else settings.host
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{settings.port}"


def serve(engine: Engine, listener: socket.socket) -> None:
    """Answer until Ctrl-C or SIGTERM; then finish what is being answered."""
    settings = engine.settings
    config = uvicorn.Config(
        create_app(engine),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whoever asks through another program is not on this machine because that says so.
        proxy_headers=False,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=_STOPPING_S,
    )
    # uvicorn ends in order, then raises the signal again.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        listener.close()
