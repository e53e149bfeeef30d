"""Answers of the review: flags, their sources, what people decided, steps on many."""

from typing import Final

from geocensus.workspace.review import STEPS
from geocensus_api.schemas.making import (
    COUNT,
    NUMBER,
    TEXT,
    TRUTH,
    Schema,
    changed,
    listed,
    mapped,
    members,
    named,
    or_null,
    ref,
)

__all__ = ["REVIEW"]

_SEVERITY: Final[Schema] = {**TEXT, "enum": ["error", "warning", "info"]}
_RAW: Final[Schema] = {"type": ["string", "number", "null"]}  # as the workspace has it: truth values are 0 and 1
_ANY: Final[Schema] = {}
_STATES: Final = named(TEXT, "flag_state", "review_state", "outcome")
_NOW: Final = {
    "lock": or_null(ref("Lock")),
    "etag": TEXT,
    "allowed": listed({**TEXT, "enum": list(STEPS)}),
}
_STANDING: Final = {
    "flag_id": TEXT,
    **_STATES,
    "decision_id": TEXT,
    **_NOW,
}
_EVIDENCE: Final = {
    "rank": COUNT,
    "cause": TEXT,
    "probability": NUMBER,
    **named(TEXT, "evidence_zh", "evidence_en"),
}
_OF_FLAG: Final = {
    "flag_id": TEXT,
    "source_id": or_null(TEXT),
    "rule": TEXT,
    "severity": ref("Severity"),
    **named(TEXT, "message_zh", "message_en"),
    "review_state": TEXT,
}
_SAID: Final = named(TEXT, "author", "time")


def _event(kind: str, name: str) -> Schema:
    return {"allOf": [members({"event": {**TEXT, "enum": [kind]}}), ref(name)]}


_RESULTS: Final = {
    **named(TEXT, "bulk_id", "action"),
    **named(COUNT, "ok", "skipped", "failed"),
    "results": listed(ref("BulkResult")),
}

REVIEW: Final[dict[str, Schema]] = {
    "Severity": _SEVERITY,
    "Lock": members({**named(TEXT, "author", "since", "until"), "seconds_left": NUMBER}),
    "Flag": members(
        {
            **_OF_FLAG,
            **_STATES,
            "decision_id": TEXT,
            "group": TEXT,
            **named(or_null(NUMBER), "lon", "lat"),
        },
        named(or_null(TEXT), "level", "status", "basis", "first_run", "last_run"),
    ),
    "Source": members({"source_id": TEXT, "collection": TEXT}, more=_RAW),
    "Cause": members({"source_id": TEXT, **_EVIDENCE}, {"record": _ANY}),
    "Repair": members(
        {
            **named(TEXT, "repair_id", "source_id", "flag_id"),
            **_EVIDENCE,
            "kind": TEXT,
            "offered": {**COUNT, "enum": [0, 1]},
            **named(TEXT, "reason_zh", "reason_en"),
            **named(or_null(TEXT), "lon_text", "lat_text", "proposed_code", "proposed_name"),
            **named(or_null(NUMBER), "margin", "lon", "lat", "stated_lon", "stated_lat", "moved_m"),
        }
    ),
    "Values": mapped(_RAW),
    "Decision": members(
        {**_SAID, **named(TEXT, "decision_id", "outcome", "comment"), **named(ref("Values"), "before", "after")},
        {"repair_id": or_null(TEXT)},
    ),
    "Review": members(
        {
            **_SAID,
            **named(TEXT, "review_id", "decision_id", "verdict", "comment"),
            "before": ref("Values"),
            "after": members({"verdict": TEXT}, {"values": ref("Values")}),
        }
    ),
    "Comment": members({**_SAID, **named(TEXT, "comment_id", "text")}),
    "Attachment": members(
        {**_SAID, **named(TEXT, "attachment_id", "name", "media_type", "sha256"), "size": COUNT},
        named(TEXT, "flag_id", "source_id"),
    ),
    "Attachments": members({"flag_id": TEXT, "attachments": listed(ref("Attachment"))}),
    "Panel": members(
        {
            "flag": ref("Flag"),
            "source": or_null(ref("Source")),
            "causes": listed(ref("Cause")),
            "repairs": listed(ref("Repair")),
            "decisions": listed(ref("Decision")),
            "reviews": listed(ref("Review")),
            "comments": listed(ref("Comment")),
            "attachments": listed(ref("Attachment")),
            "other_flags": listed(ref("OtherFlag")),
            "source_versions": COUNT,
            **_NOW,
            "time": TEXT,
        }
    ),
    "OtherFlag": members({**named(TEXT, "flag_id", "rule", "flag_state", "review_state"), "severity": ref("Severity")}),
    "Standing": members(_STANDING),
    "Event": {
        "anyOf": [_event(name.lower(), name) for name in ("Decision", "Review", "Comment", "Attachment")],
    },
    "FlagHistory": members({**_STANDING, "events": listed(ref("Event"))}),
    "FlagDifference": members(
        {
            "events": listed(ref("Event")),
            "values": mapped(members(named(or_null(TEXT), "seen", "now"))),
            "source_versions": listed(ref("SourceVersion")),
        }
    ),
    "FlagChanged": changed("FlagDifference"),
    "NearFlag": members(
        _OF_FLAG,
        {
            **named(or_null(NUMBER), "lon", "lat", "distance_m"),
            **named(or_null(TEXT), "outcome", "time", "until", "reason"),
            "lock": or_null(ref("Lock")),
        },
    ),
    "NextFlags": members({"flags": listed(ref("NearFlag"))}),
    "QueueList": members({"total": COUNT, "flags": listed(ref("NearFlag"))}),
    "Queue": members(named(ref("QueueList"), "locked", "awaiting_review", "rejected", "to_review")),
    "SourceVersion": members(
        {"version": COUNT, **named(TEXT, "time", "author", "decision_id", "kind"), "values": ref("Values")}
    ),
    "SourceVersions": members({"source_id": TEXT, "versions": listed(ref("SourceVersion"))}),
    "BulkPreview": members(
        {
            **named(TEXT, "token", "action"),
            **named(COUNT, "expires_in", "matched", "eligible", "without_place"),
            "not_eligible": listed(members({"reason": TEXT, "detail": TEXT, "n": COUNT})),
            "by_rule": listed(members({**named(TEXT, "rule", "severity"), **named(COUNT, "matched", "eligible")})),
        }
    ),
    "BulkResult": members(
        {"flag_id": TEXT, "result": {**TEXT, "enum": ["ok", "skipped", "failed"]}},
        named(or_null(TEXT), "step", "reason", "detail"),
    ),
    "BulkDone": members(_RESULTS, {**named(or_null(TEXT), "outcome", "author", "time"), "undone": TRUTH}),
}
