"""Where the service finds its data, where it listens, and what it refuses."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from semblante.cores import usable_cores

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class ServiceSettings:
    """What a service is started with.

    `folder` is the data folder and `base` the model's; None is the usual place and the bundled model. `host`
    and `port` are those of its address. A request has at most `max_body_bytes`, or `max_json_bytes` where it
    holds no images, and `max_images` images, each of at most `max_pixels`, and arrives within `max_body_s`;
    all that are being read take `max_held_bytes` of memory at most. So many `threads` answer requests at
    once, with one core each; at most `max_waiting` requests wait for one. `host_names` are further names that
    the service is reached by; with `tls_certificate` and `tls_key`, files in PEM, it speaks HTTPS.
    """

    folder: Path | None = None
    base: Path | None = None
    host: str = LOOPBACK
    port: int = 8765
    host_names: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    max_body_bytes: int = 200_000_000
    max_json_bytes: int = 1_000_000
    max_held_bytes: int = 800_000_000
    max_images: int = 200
    max_pixels: int = 100_000_000
    max_body_s: float = 60.0
    threads: int = field(default_factory=usable_cores)
    max_waiting: int = 64
