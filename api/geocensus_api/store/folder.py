"""The folder beside the workspace: people and tokens, attachments, jobs; nothing of it is in the GeoPackage."""

from pathlib import Path

__all__ = ["service_folder"]


def service_folder(workspace: Path) -> Path:
    """Return the folder in which the service keeps what does not belong into the GeoPackage.

    The GeoPackage is handed on by mail and stick; hashes of tokens, stamped statements and results of jobs are not.

    Parameters
    ----------
    workspace
        The GeoPackage.

    Returns
    -------
    Path
        "ws.service" beside "ws.gpkg"; it need not be there yet.

    Examples
    --------
    >>> service_folder(Path("data/ws.gpkg")).as_posix()
    'data/ws.service'
    """
    return workspace.with_suffix(".service")
