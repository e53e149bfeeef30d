"""The review of flags: locks, decisions that are carried out, the second person, what everybody has to do next."""

from geocensus.workspace.corrections import CORRECTING, standing_corrections
from geocensus.workspace.review.allowing import STEPS, steps_allowed
from geocensus.workspace.review.finding import LISTS, Near, nearest_open, queue_of
from geocensus.workspace.review.locking import HOLD, Lock, flag_row, lock, lock_of, release
from geocensus.workspace.review.second_person import VERDICTS, review
from geocensus.workspace.review.steps import Decided, comment, decide
from geocensus.workspace.review.undoing import undo
from geocensus.workspace.review.versions import etag_of, history, require_seen, source_history
from geocensus.workspace.review.writing import row_of

__all__ = [
    "CORRECTING",
    "HOLD",
    "LISTS",
    "STEPS",
    "VERDICTS",
    "Decided",
    "Lock",
    "Near",
    "comment",
    "decide",
    "etag_of",
    "flag_row",
    "history",
    "lock",
    "lock_of",
    "nearest_open",
    "queue_of",
    "release",
    "require_seen",
    "review",
    "row_of",
    "source_history",
    "standing_corrections",
    "steps_allowed",
    "undo",
]
