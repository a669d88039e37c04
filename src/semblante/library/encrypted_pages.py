"""The pages of an encrypted database as SQLite sees them, so that they can be searched byte for byte.

SQLCipher (format 4) leaves a page its size: the content, encrypted by AES-256 in CBC mode, then the random
initialisation vector and the authentication code, 80 bytes of both. The first 16 bytes of the file are a
salt. The data key is the key of AES itself, since SQLCipher is given it as a raw key.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from semblante.files import translate_os_errors
from semblante.library.key_file import DataKey

_PAGE_BYTES: Final = 4096
_SALT_BYTES: Final = 16
_IV_BYTES: Final = 16
_RESERVED_BYTES: Final = 80


def decrypted_pages(path: Path, key: DataKey) -> Iterator[bytes]:
    """The content of each page, less the salt in the first; what was changed comes out as noise."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    with translate_os_errors(path), path.open("rb") as file:
        begin = _SALT_BYTES
        while len(page := file.read(_PAGE_BYTES)) == _PAGE_BYTES:
            end = _PAGE_BYTES - _RESERVED_BYTES
            decryptor = Cipher(AES(key.value), CBC(page[end : end + _IV_BYTES])).decryptor()
            yield decryptor.update(page[begin:end]) + decryptor.finalize()
            begin = 0
