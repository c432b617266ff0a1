"""`python -m app.cli`, where the `tiendo` command is not installed."""

from app.cli import main

main()
