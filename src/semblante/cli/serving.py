"""What the commands that start the service share."""

from importlib.util import find_spec
from typing import Annotated, Final

import typer

from semblante.errors import MissingDependency
from semblante.i18n import tr

DEFAULT_PORT: Final = 8765
Port = Annotated[int, typer.Option(help=tr("The port; 0 takes any free one."), min=0, max=65535)]

_PACKAGES: Final = {
    "fastapi": "fastapi",
    "prometheus_client": "prometheus-client",
    "python_multipart": "python-multipart",
    "uvicorn": "uvicorn",
}
"""The module of each package that the service needs."""


def check_packages() -> None:
    """Raise `MissingDependency` where the extra `app` is not installed."""
    if missing := [name for module, name in _PACKAGES.items() if find_spec(module) is None]:
        raise MissingDependency("packages_missing", packages=missing, extra="app")
