"""The receipt of forgetting as the result of a job."""

from pathlib import Path
from typing import Any

from semblante.pipeline import Receipt


def receipt_values(receipt: Receipt, folder: Path) -> dict[str, Any]:
    """When was searched, for how many of what, and each file of the data folder with what was found in it.

    A file that is encrypted was `decrypted` for the search. `named_in` counts the user's own words that name
    the person, and stay.
    """
    return {
        "at": receipt.at.isoformat(),
        "searched_for": {
            "names": receipt.names,
            "neurons": int(receipt.neuron),
            "faces": receipt.faces,
            "thumbnails": receipt.pictures,
        },
        "searched": [
            {
                "name": each.path.relative_to(folder).as_posix(),
                "bytes": each.size,
                "decrypted": each.decrypted,
                "found": each.found,
            }
            for each in receipt.files
        ],
        "left": receipt.left,
        "named_in": {"paths": receipt.paths, "notes": receipt.notes},
    }
