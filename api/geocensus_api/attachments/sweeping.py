"""What a crash left behind among the attachments is removed when the service starts."""

import logging

from geocensus.errors import GeocensusError
from geocensus_api.attachments.records import known_hashes
from geocensus_api.attachments.shelf import Shelf
from geocensus_api.resources import Resources

__all__ = ["sweep"]

_log = logging.getLogger("geocensus.api")


def sweep(shared: Resources) -> int:
    """Remove files that no row names; nothing happens where the workspace cannot be read.

    Parameters
    ----------
    shared
        The workspace and its folder.

    Returns
    -------
    int
        Files removed.
    """
    folder = shared.folder / "attachments"
    if not folder.is_dir():
        return 0
    try:
        with shared.reading() as connection:
            known = known_hashes(connection)
    except GeocensusError as error:  # without the rows nothing can be told to be forgotten
        _log.warning("attachments were not swept: %s", error)
        return 0
    return Shelf(folder).sweep(known)
