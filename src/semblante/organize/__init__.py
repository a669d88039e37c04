"""Found photos get a place of their own, or a sidecar: journal, transfer, undo and XMP."""
