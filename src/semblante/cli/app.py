"""`semblante app`: the page, in the browser of this machine."""

import webbrowser
from typing import Annotated

import typer

from semblante.cli.console import print_plain, remarks, results
from semblante.cli.options import BaseFolder, LibraryFolder
from semblante.cli.serving import DEFAULT_PORT, Port, check_packages
from semblante.i18n import tr

HELP = tr(
    "Open the page in the browser: teach, recognise, look through your photos. Only this machine sees it."
)


def command(
    port: Port = DEFAULT_PORT,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help=tr("Open the browser, or only name the address."))
    ] = True,
    library: LibraryFolder = None,
    base: BaseFolder = None,
) -> None:
    """Serve the page until Ctrl-C. Where the port is taken, any other one will do."""
    check_packages()
    from semblante.api import Engine, ServiceSettings
    from semblante.api.server import address, bind, serve

    listener, settings = bind(ServiceSettings(library, base, port=port), or_any_port=True)
    with Engine(settings) as engine:
        engine.prepare()
        # Behind #, the token is not sent anywhere, and stands in no log.
        page = f"{address(settings)}/#launch={engine.sessions.new_launch_token()}"
        print_plain(results(), tr("The page: {address}", address=page))
        print_plain(remarks(), tr("This address opens it once. Ctrl-C ends it."))
        if browser:
            webbrowser.open(page)
        serve(engine, listener)
