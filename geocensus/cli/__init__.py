"""The command line: one file per command, exit codes 0 done, 1 flags and --strict, 2 wrong use, 3 internal error."""

import sys

try:
    from geocensus.cli.main import main
except KeyboardInterrupt:  # stopped before it began: no traceback
    sys.exit(130)

__all__ = ["main"]
