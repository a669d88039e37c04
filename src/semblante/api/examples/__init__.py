"""Examples of what is sent and answered, by the schema's name: the description of the service shows them."""

from collections.abc import Mapping
from typing import Any, Final

from semblante.api.examples import faces, people, photos, service
from semblante.api.examples.requests import BODIES as BODIES
from semblante.api.examples.requests import FIELDS as FIELDS
from semblante.api.examples.requests import PARAMETERS as PARAMETERS

EXAMPLES: Final[Mapping[str, Any]] = {
    **faces.EXAMPLES,
    **people.EXAMPLES,
    **photos.EXAMPLES,
    **service.EXAMPLES,
}
