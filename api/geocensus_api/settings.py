"""Settings of the service: given to :func:`create_app`, never read at import."""

from dataclasses import dataclass

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """What an operator may choose.

    Attributes
    ----------
    token
        Every request but /healthz must carry it; it may not be empty.
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
    forwarded_from
        Addresses of proxies whose X-Forwarded-Proto, -Host and -Prefix are believed.
    cors_origins
        Origins ("https://map.example") whose pages may read answers in a browser; none by default.

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
    forwarded_from: tuple[str, ...] = ("127.0.0.1", "::1")
    cors_origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.token or self.token != self.token.strip() or not self.token.isprintable():
            raise ValueError("the token is empty or has blanks around it")

    def __repr__(self) -> str:
        return f"Settings(lang={self.lang!r})"  # no token in logs
