"""Tables of the review: what people said after the check, added row by row and, but for locks, never changed."""

from typing import Final

from geocensus.model import Text
from geocensus.workspace.schema import Column, Table
from geocensus.workspace.titles import title_of

__all__ = ["ATTACHMENTS", "AUDIT", "COMMENTS", "LOCKS", "REVIEWED", "REVIEWS", "SOURCE_VERSIONS"]


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "TEXT", "", title_of(name)) for name in names)


REVIEWS: Final = Table(
    "reviews",
    _columns("review_id", "flag_id", "decision_id", "verdict", "comment", "author", "time", "before", "after"),
    Text("复核记录", "what a second person said of decisions"),
    key="flag_id",
)
COMMENTS: Final = Table(
    "comments",
    _columns("comment_id", "flag_id", "author", "time", "text"),
    Text("疑点备注", "comments on flags"),
    key="flag_id",
)
LOCKS: Final = Table(
    "locks",
    _columns("flag_id", "author", "since", "until"),
    Text("处理中的疑点", "who works on which flag"),
    key="flag_id",
    unique=True,
)
SOURCE_VERSIONS: Final = Table(
    "source_versions",
    (
        Column("source_id", "TEXT", "", title_of("source_id")),
        Column("version", "INTEGER", "", title_of("version")),
        *_columns("time", "author", "decision_id", "kind", "values"),
    ),
    Text("污染源历史版本", "rows of sources as they were before each change"),
    key="source_id",
)
ATTACHMENTS: Final = Table(
    "attachments",
    (
        *_columns("attachment_id", "flag_id", "source_id", "name", "media_type"),
        Column("size", "INTEGER", "", title_of("size")),
        *_columns("sha256", "author", "time"),
    ),
    Text("附件", "stamped statements and other documents"),
    key="flag_id",
)
AUDIT: Final = Table(
    "audit",
    _columns("audit_id", "time", "author", "action", "target", "before", "after"),
    Text("操作记录", "who changed what, when"),
    key="target",
)

REVIEWED: Final = (REVIEWS, COMMENTS, LOCKS, SOURCE_VERSIONS, ATTACHMENTS, AUDIT)
