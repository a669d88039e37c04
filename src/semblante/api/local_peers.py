"""Which user of this machine made a connection: the system knows, and no program can pretend to be another.

A launch token stands among the arguments of the browser's process, which other users can list; and browsers
send a cookie to every port of a host, so another user's page on this machine may be sent that of a session.
Neither is of use to another user where the connection itself is checked. Only Linux tells; elsewhere it is
not known.
"""

import ipaddress
import os
import sys
from pathlib import Path
from typing import Final

_TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_USER_COLUMN: Final = 7
_ADMINISTRATOR: Final = 0

Address = tuple[str, int | None]
"""Host and port."""


def is_of_another_user(client: Address | None, server: Address | None) -> bool:
    """Whether a connection within this machine was made by another user, the administrator excepted.

    False where the system does not tell.
    """
    if sys.platform != "linux" or client is None or server is None or not _ip(client).is_loopback:
        return False
    user = user_of(client, server, _TABLES)
    return user is not None and user not in (_ADMINISTRATOR, os.getuid())


def user_of(client: Address, server: Address, tables: tuple[Path, ...]) -> int | None:
    """The number of the user whose socket is at the client's end, by the kernel's tables; None: not told."""
    ends = f" {_as_in_table(client)} {_as_in_table(server)} "
    for table in tables:
        try:
            lines = table.read_text("ascii").splitlines()
        except OSError:
            continue
        for line in lines:
            if ends in line:
                return int(line.split()[_USER_COLUMN])
    return None


def _ip(address: Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    found = ipaddress.ip_address(address[0].partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


def _as_in_table(address: Address) -> str:
    """Words of 32 bits in the machine's order, and the port, in hexadecimal."""
    packed = _ip(address).packed
    words = [packed[at : at + 4] for at in range(0, len(packed), 4)]
    if sys.byteorder == "little":
        words = [word[::-1] for word in words]
    return f"{b''.join(words).hex().upper()}:{address[1] or 0:04X}"
