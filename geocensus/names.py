"""Column names: one word, one meaning (docs/glossary.md)."""

from typing import Final

# areas
CODE: Final = "code"
NAME: Final = "name"
PARENT_CODE: Final = "parent_code"
LEVEL: Final = "level"

# who a source is
SOURCE_ID: Final = "source_id"
CLASS: Final = "class"

# where a source is, as read
STATE: Final = "state"  # located | unlocated | excluded: exactly one per row read
EXCLUDED_REASON: Final = "excluded_reason"
LON: Final = "lon"  # usable longitude, CGCS2000 degrees; NaN when unlocated
LAT: Final = "lat"
LON_TEXT: Final = "lon_text"  # raw text as written (parts joined by one space)
LAT_TEXT: Final = "lat_text"
LON_PARSED: Final = "lon_parsed"  # number read from the text, before any range test, in the list's own CRS
LAT_PARSED: Final = "lat_parsed"
LON_FORMAT: Final = "lon_format"
LAT_FORMAT: Final = "lat_format"
RESOLUTION_M: Final = "resolution_m"  # half a step of the last written digit, metres
COORDINATE_PROBLEM: Final = "coordinate_problem"  # "" or the rule that the text fails, without "coordinate."
FLOAT_DAMAGE: Final = "float_damage"  # decimals that a spreadsheet's arithmetic has spoilt
CORRECTION: Final = "correction"  # the accepted place in words, where a person corrected the written one
ROW: Final = "row"  # row number in the file, as Excel counts (header is row 1)
RAW_PREFIX: Final = "raw:"  # the user's own columns, untouched

# claim and result of a source
CLAIMED_CODE: Final = "claimed_code"
CLAIMED_LEVEL: Final = "claimed_level"
LOCATED_CODE: Final = "located_code"
ON_BORDER: Final = "on_border"
DISTANCE_M: Final = "distance_m"  # signed, to the claimed area: negative inside
TOLERANCE_M: Final = "tolerance_m"
STATUS: Final = "status"

# flags
FLAG_ID: Final = "flag_id"
BASIS: Final = "basis"
RULE: Final = "rule"
SEVERITY: Final = "severity"
GROUP: Final = "group"
REVIEW_STATE: Final = "review_state"  # open | unclear | decided | disputed | approved | rejected
FLAG_STATE: Final = "flag_state"  # open | closed (a decision holds) | reopened (decided on another basis)

# causes, repairs and decisions
CAUSE: Final = "cause"
RANK: Final = "rank"
PROBABILITY: Final = "probability"
OFFERED: Final = "offered"
REPAIR_ID: Final = "repair_id"
DECISION_ID: Final = "decision_id"
