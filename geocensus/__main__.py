"""Entry point of the command `geocensus`."""

from geocensus.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
