"""What the routes of processes share: uploads and jobs, in the service's folder beside the workspace."""

from fastapi import Request

from geocensus_api.processes.jobs import Jobs
from geocensus_api.processes.uploads import Uploads
from geocensus_api.resources import Resources
from geocensus_api.settings import Settings

__all__ = ["Work", "work"]


class Work:
    """Uploads and jobs of one service.

    Parameters
    ----------
    settings
        Limits.
    shared
        The workspace and the folder beside it.
    """

    def __init__(self, settings: Settings, shared: Resources) -> None:
        self.uploads = Uploads(
            shared.folder / "uploads",
            size_max=settings.upload_max,
            sum_max=settings.upload_sum_max,
            unpacked_max=settings.unpacked_max,
            days=settings.upload_days,
        )
        self.jobs = Jobs(
            shared.folder / "jobs",
            shared.workspace,
            at_once=settings.jobs_at_once,
            waiting_max=settings.jobs_waiting_max,
            days=settings.job_days,
            seconds_max=settings.job_seconds_max,
        )

    def open(self) -> None:
        """Take up what an earlier service has left."""
        self.uploads.open()
        self.jobs.open()

    def close(self) -> None:
        """End what runs."""
        self.jobs.close()


def work(request: Request) -> Work:
    """Return uploads and jobs.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    Work
        Of the application.
    """
    shared: Work = request.app.state.work
    return shared
