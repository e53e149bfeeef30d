"""Settings of the service: given to :func:`create_app`, never read at import."""

from dataclasses import dataclass
from pathlib import Path

from geocensus_api.background import Background

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """What an operator may choose.

    Attributes
    ----------
    token
        The operator's, who is the administrator of everything, beside the tokens of people; it may not be empty.
    lang
        "zh" or "en": titles and messages where the client states no language.
    limit_default
        Features of a page when the client asks for no number.
    limit_max
        Features of a page at most; larger wishes are clamped.
    points_max
        Points of one request to /locate at most.
    book_rows_max
        Rows of a workbook at most; CSV and GeoPackage hold any number.
    body_max
        Bytes of a request at most.
    upload_max
        Bytes of an uploaded file at most.
    upload_sum_max
        Bytes of all uploads of a person at most.
    unpacked_max
        Bytes that an uploaded workbook may have when it is unpacked.
    upload_days
        Days after which an upload is deleted.
    jobs_at_once
        Jobs that run at a time, each in a process of its own; others wait.
    jobs_waiting_max
        Jobs that a person may have running or waiting.
    job_days
        Days after which an ended job is deleted with its results.
    job_seconds_max
        Seconds after which a job is stopped.
    sync_seconds
        Seconds that a request waits for its job before it is answered with the job instead of the results.
    heartbeat_s
        Seconds after which a stream of events says that it is still there.
    attachment_max
        Bytes of an attached statement at most.
    attachments_most
        Attachments of one flag at most.
    bulk_max
        Flags of one bulk step at most.
    map_rows_max
        Sources on one map at most.
    map_bytes
        Bytes of drawn maps that are kept.
    forwarded_from
        Addresses of proxies whose X-Forwarded-Proto, -Host and -Prefix are believed.
    session_idle_s
        Seconds without a request after which a browser is logged out.
    failures_max
        Wrong tokens that an address may send within the window before it is told to wait.
    failures_window_s
        Length of that window, seconds.
    page_folder
        Folder of the built review page; by default the one in the package.
    cors_origins
        Origins ("https://map.example") whose pages may read answers in a browser; none by default.

    background
        Tiles from elsewhere behind the map of the review page; none by default.

    Raises
    ------
    ValueError
        When the token is empty or not plain text.

    Examples
    --------
    >>> Settings(token="secret").limit_max
    10000
    """

    token: str
    lang: str = "zh"
    limit_default: int = 100
    limit_max: int = 10_000
    points_max: int = 100_000
    book_rows_max: int = 200_000
    body_max: int = 8_000_000
    upload_max: int = 200_000_000
    upload_sum_max: int = 1_000_000_000
    unpacked_max: int = 2_000_000_000
    upload_days: float = 7
    jobs_at_once: int = 1
    jobs_waiting_max: int = 20
    job_days: float = 30
    job_seconds_max: float = 14_400
    sync_seconds: float = 60
    heartbeat_s: float = 15
    attachment_max: int = 20_000_000
    attachments_most: int = 20
    bulk_max: int = 20_000
    map_rows_max: int = 200_000
    map_bytes: int = 128_000_000
    forwarded_from: tuple[str, ...] = ("127.0.0.1", "::1")
    session_idle_s: int = 43_200
    failures_max: int = 10
    failures_window_s: float = 60.0
    page_folder: Path = Path(__file__).parent / "static"
    cors_origins: tuple[str, ...] = ()
    background: Background | None = None

    def __post_init__(self) -> None:
        if not self.token or self.token != self.token.strip() or not self.token.isprintable():
            raise ValueError("the token is empty or has blanks around it")

    def __repr__(self) -> str:
        return f"Settings(lang={self.lang!r})"  # no token in logs
