"""The receipt of forgetting, as `semblante forget` shows it."""

from typing import TYPE_CHECKING

from semblante.cli.console import print_plain, results
from semblante.i18n import as_line, ntr, tr

if TYPE_CHECKING:
    from semblante.library import Receipt


def print_receipt(receipt: "Receipt") -> None:
    """Say which files were searched for what, and what of it was left where."""
    files = len(receipt.files)
    print_plain(
        results(),
        ntr(
            "Receipt of {date}: {files} file of the library, {bytes} bytes, was searched byte for byte. "
            "Searched for: names: {names}, neurons: {neurons}, faces: {faces}, thumbnails: {pictures}.",
            "Receipt of {date}: {files} files of the library, {bytes} bytes, were searched byte for byte. "
            "Searched for: names: {names}, neurons: {neurons}, faces: {faces}, thumbnails: {pictures}.",
            files,
            date=f"{receipt.at.astimezone():%Y-%m-%d %H:%M}",
            files=files,
            bytes=sum(each.size for each in receipt.files),
            names=receipt.names,
            neurons=int(receipt.neuron),
            faces=receipt.faces,
            pictures=receipt.pictures,
        ),
    )
    if receipt.paths:
        print_plain(
            results(),
            ntr(
                "The name stands in {count} path of your photos and folders. Paths are not changed.",
                "The name stands in {count} paths of your photos and folders. Paths are not changed.",
                receipt.paths,
                count=receipt.paths,
            ),
        )
    if receipt.notes:
        print_plain(
            results(),
            ntr(
                "The name stands in {count} note on another person's consent. Notes are not changed.",
                "The name stands in {count} notes on other people's consents. Notes are not changed.",
                receipt.notes,
                count=receipt.notes,
            ),
        )
    if not receipt.left:
        is_named = receipt.paths or receipt.notes
        print_plain(results(), tr("Nothing else was left.") if is_named else tr("Nothing was left."))
    for each in receipt.files:
        if each.found:
            print_plain(results(), tr("left in {path}: {count}", path=as_line(each.path), count=each.found))
