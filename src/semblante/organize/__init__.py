"""Photos of a person are put into a folder, or get sidecars; a journal lets each run be undone.

sort      the photos of a search, one by one
transfer  one photo: copy, hard link, symbolic link or sidecar
sidecar   what a sidecar says; xmp: where it says it
journal   what a run announced and did
undo      a run taken back
"""
