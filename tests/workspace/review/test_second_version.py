"""A workspace of version 2, which knew no review, is brought up to date at the first write."""

import sqlite3
from contextlib import closing

from geocensus.workspace import SCHEMA_VERSION, Decision, Workspace
from geocensus.workspace.review import review
from geocensus.workspace.schema import drop_table
from geocensus.workspace.tables_review import REVIEWED


def test_what_was_decided_before_waits_for_a_second_person(tmp_path, result):
    workspace = Workspace(tmp_path / "old.gpkg")
    workspace.write(result)
    workspace.decide(Decision("f1", "false_alarm", "王工"), Decision("f2", "cannot_decide", "王工"))
    with workspace.transaction() as db:
        for table in REVIEWED:
            drop_table(db, table.name)
        db.execute("ALTER TABLE flags DROP COLUMN review_state")
        db.execute("DELETE FROM gpkg_data_columns WHERE table_name = 'flags' AND column_name = 'review_state'")
        db.execute("UPDATE workspace_info SET value = '2' WHERE key = 'schema_version'")
    assert workspace.read_reviews().empty
    assert workspace.read_corrections().empty
    assert workspace.read_flags()["review_state"].tolist() == ["open"] * 3
    with workspace.transaction() as db:
        states = [row[0] for row in db.execute("SELECT review_state FROM flags ORDER BY flag_id")]
        assert states == ["decided", "unclear", "open"]
        review(db, "f1", "approved", author="李工")
    with closing(sqlite3.connect(workspace.path)) as db:
        version = db.execute("SELECT value FROM workspace_info WHERE key = 'schema_version'").fetchone()
        assert version == (str(SCHEMA_VERSION),)
        kept = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert {f"{name}_no_delete" for name in ("reviews", "comments", "source_versions", "audit")} <= kept
    workspace.write(result)
    assert workspace.read_flags()["review_state"].tolist() == ["approved", "unclear", "open"]
