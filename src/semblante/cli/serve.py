"""`semblante serve`: the service for programs."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.options import BaseFolder, LibraryFolder
from semblante.cli.serving import DEFAULT_PORT, Port, check_packages
from semblante.errors import InvalidOption
from semblante.i18n import tr

HELP = tr("Serve what Semblante does to programs, by HTTP; beyond this machine only with TLS and a key.")


def command(
    host: Annotated[
        str, typer.Option(help=tr("The address to listen on; by default only this machine reaches it."))
    ] = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    host_name: Annotated[
        list[str] | None,
        typer.Option(help=tr("A name that others reach it by; may be repeated."), metavar=tr("NAME")),
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option(help=tr("The certificate, and those it needs, in PEM."))
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help=tr("The certificate's private key, in PEM."))] = None,
    new_key: Annotated[
        str | None,
        typer.Option(help=tr("Only make a key of this name, and print it."), metavar=tr("NAME")),
    ] = None,
    scope: Annotated[
        str,
        typer.Option(
            help=tr(
                "How far a new key goes: read, write (people and photos too) or admin (keys and vault too)."
            ),
            metavar="read|write|admin",
        ),
    ] = "read",
    library: LibraryFolder = None,
    base: BaseFolder = None,
) -> None:
    """Serve until Ctrl-C, or make a key."""
    check_packages()
    from semblante.api import Engine, ServiceSettings
    from semblante.api.keys import SCOPES, KeyStore
    from semblante.api.server import address, bind, check_exposure, serve
    from semblante.pipeline import data_folder

    keys = KeyStore(data_folder(library))
    if new_key is not None:
        chosen = next((each for each in SCOPES if each == scope), None)
        if chosen is None:
            raise InvalidOption("unknown_scope", value=scope)
        print_plain(results(), keys.create(new_key, chosen)[1])
        return
    settings = ServiceSettings(library, base, host, port, tuple(host_name or ()), tls_certificate, tls_key)
    check_exposure(settings, keys)
    listener, settings = bind(settings)
    with Engine(settings) as engine:
        engine.prepare()
        print_plain(results(), tr("The service: {address}", address=f"{address(settings)}/api/v1"))
        if not keys.keys():
            secret = engine.keys.create_for_this_run("run", "admin")
            print_plain(results(), tr("A key for this run: {key}", key=secret))
        print_plain(remarks(), tr("Ctrl-C ends it."))
        serve(engine, listener)
