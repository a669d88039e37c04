"""`python -m semblante` is the command `semblante`."""

from semblante.cli import main

main()
