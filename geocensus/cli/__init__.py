"""The command line: one file per command, exit codes 0 done, 1 flags and --strict, 2 wrong use, 3 internal error."""

from geocensus.cli.main import main

__all__ = ["main"]
