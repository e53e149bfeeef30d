"""One step on many flags: f1 of S0001 in A (error), f0 of S0049 claimed for A (warning), f3 of S0200 in B, f2 of a group."""

import sqlite3
import time
from contextlib import closing

import numpy as np
import pytest
import shapely
from geocensus_api.bulk.previews import LIFE_S, Previews
from geocensus_api.errors import ProblemError

from geocensus.workspace import Workspace

A, B = "330822001", "330822100"
FALSE = {"action": "decide", "outcome": "false_alarm", "comment": "现场核实无误"}


def preview(client, **wish):
    answer = client.post("/flags/bulk", json={"preview": True, **wish})
    assert answer.status_code == 200, answer.text
    return answer.json()


def execute(client, told):
    answer = client.post("/flags/bulk", json={"token": told["token"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


def run(client, **wish):
    return execute(client, preview(client, **wish))


def states(path):
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT flag_id, flag_state || ' ' || review_state FROM flags"))


def results(done):
    return {row["flag_id"]: (row["result"], row.get("reason", "")) for row in done["results"]}


def test_a_preview_counts_and_changes_nothing(towns, client_as):
    client = client_as(towns, "qa")
    told = preview(client, **FALSE, values={"severity": ["error", "warning"]})
    assert (told["matched"], told["eligible"], told["not_eligible"]) == (3, 3, [])
    assert told["by_rule"] == [
        {"rule": "coordinate.missing", "severity": "warning", "matched": 1, "eligible": 1},
        {"rule": "place.stacked", "severity": "error", "matched": 1, "eligible": 1},
        {"rule": "place.stacked", "severity": "warning", "matched": 1, "eligible": 1},
    ]
    assert set(states(towns).values()) == {"open open"}


def test_execution_touches_exactly_the_previewed_flags(towns, client_as):
    client = client_as(towns, "qa")
    done = run(client, **FALSE, filter="rule = 'place.stacked'")
    assert (done["ok"], done["skipped"], done["failed"]) == (2, 0, 0)
    assert states(towns) == {"f0": "open open", "f1": "closed decided", "f2": "open open", "f3": "closed decided"}
    with Workspace(towns).snapshot() as state:
        decisions = state.read_table("decisions")
    assert decisions[["flag_id", "outcome", "author", "comment"]].to_numpy().tolist() == [
        ["f1", "false_alarm", "王工", "现场核实无误"],
        ["f3", "false_alarm", "王工", "现场核实无误"],
    ]
    assert [row["step"] for row in done["results"]] == decisions["decision_id"].tolist()


def test_what_changed_since_the_preview_is_left_alone_and_told(towns, client_as):
    client = client_as(towns, "qa")
    told = preview(client, **FALSE, flag_ids=["f1", "f0", "f3"])
    run(client_as(towns, "qa", name="李工"), action="decide", outcome="cannot_decide", flag_ids=["f1"])
    run(client_as(towns, "qa", name="李工"), action="lock", flag_ids=["f3"])
    done = execute(client, told)
    assert results(done) == {"f0": ("ok", ""), "f1": ("skipped", "changed"), "f3": ("skipped", "locked")}
    assert "李工" in next(row["detail"] for row in done["results"] if row["flag_id"] == "f3")
    again = client.get(f"/flags/bulk/{done['bulk_id']}").json()
    by_flag = [sorted(one["results"], key=lambda row: row["flag_id"]) for one in (done, again)]
    assert (by_flag[0], again["skipped"]) == (by_flag[1], 2)
    assert states(towns)["f1"] == "open unclear"


def test_who_is_not_eligible_is_said_before(towns, client_as):
    client = client_as(towns, "qa")
    run(client, **FALSE, flag_ids=["f1"])
    run(client_as(towns, "qa", name="李工"), action="lock", flag_ids=["f3"])
    told = preview(client, **FALSE, flag_ids=["f0", "f1", "f3", "nobody's"])
    assert (told["matched"], told["eligible"]) == (3, 1)
    assert {row["reason"]: row["n"] for row in told["not_eligible"]} == {"closed": 1, "locked": 1}
    assert (
        preview(client, action="decide", outcome="statement_attached", flag_ids=["f0"])["not_eligible"][0]["reason"]
        == "no_statement"
    )
    client.post("/flags/f0/attachments", params={"name": "a.pdf"}, content=b"%PDF-1.4\n%%EOF")
    assert run(client, action="decide", outcome="statement_attached", flag_ids=["f0"])["ok"] == 1


@pytest.mark.parametrize(
    ("shape", "inside"),
    [
        (shapely.box(118.05, 28.05, 118.1, 28.1), {"f1"}),  # on its corner
        (shapely.box(118.05, 28.05, 118.0999999, 28.1), set()),
        (shapely.Polygon([(118.0, 28.0), (118.2, 28.2), (118.0, 28.2)]), {"f1"}),  # on its edge
        (shapely.box(118.0, 28.0, 118.4, 28.2) - shapely.box(118.05, 28.05, 118.15, 28.15), {"f3"}),  # in its hole
        (
            shapely.MultiPolygon([shapely.box(118, 28, 118.15, 28.15), shapely.box(118.3, 28.1, 118.4, 28.2)]),
            {"f1", "f3"},
        ),
    ],
)
def test_a_polygon_is_exact_and_its_border_counts_as_inside(towns, client_as, shape, inside):
    client = client_as(towns, "qa")
    told = preview(client, **FALSE, polygon=shapely.geometry.mapping(shape))
    assert told["without_place"] == 2  # f0 and f2 lie nowhere
    assert set(results(execute(client, told))) == inside


def test_a_preview_is_carried_out_once_by_the_person_who_saw_it(towns, client_as):
    client = client_as(towns, "qa")
    told = preview(client, **FALSE, flag_ids=["f1"])
    other = client_as(towns, "qa", name="李工")
    assert other.post("/flags/bulk", json={"token": told["token"]}).status_code == 409
    done = execute(client, told)
    again = client.post("/flags/bulk", json={"token": told["token"]})
    assert (again.status_code, again.json()["bulk_id"]) == (409, done["bulk_id"])
    assert client.post("/flags/bulk", json={"token": "forged"}).status_code == 409


def test_a_preview_ends(towns):
    now = [0.0]
    previews = Previews(lambda: now[0])

    class Who:
        name, role, scope = "a", "qa", None

    token = previews.add(None, (), Who)
    now[0] = LIFE_S + 1
    with pytest.raises(ProblemError):
        previews.get(token, Who)


def test_scope_holds_whatever_the_ids_say(towns, client_as):
    of_a = client_as(towns, "qa", (A,))
    told = preview(of_a, **FALSE, flag_ids=["f0", "f1", "f2", "f3", "none"])
    assert told["matched"] == 2
    assert results(execute(of_a, told)) == {"f0": ("ok", ""), "f1": ("ok", "")}
    assert states(towns)["f3"] == "open open"


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("planner", 403), ("qa", 200), ("reviewer", 200), ("admin", 200)]
)
def test_roles(towns, client_as, role, status):
    client = client_as(towns, role)
    assert client.post("/flags/bulk", json={"preview": True, **FALSE, "flag_ids": ["f1"]}).status_code == status
    wish = {"preview": True, "action": "review", "verdict": "approved", "flag_ids": ["f1"]}
    assert client.post("/flags/bulk", json=wish).status_code == (403 if role == "qa" else status)


def test_a_second_person_approves_many(towns, client_as):
    run(client_as(towns, "reviewer", name="李工"), **FALSE, flag_ids=["f1"])
    run(client_as(towns, "qa"), **FALSE, flag_ids=["f3"])
    reviewer = client_as(towns, "reviewer", name="李工")
    told = preview(reviewer, action="review", verdict="approved", values={"severity": ["error", "warning"]})
    assert {row["reason"]: row["n"] for row in told["not_eligible"]} == {"own_work": 1, "not_awaiting": 1}
    assert results(execute(reviewer, told)) == {"f3": ("ok", "")}
    assert states(towns)["f3"] == "closed approved"


def test_a_whole_step_is_taken_back_but_for_what_was_done_since(towns, client_as):
    client = client_as(towns, "qa")
    before = states(towns)
    done = run(client, **FALSE, values={"severity": ["error", "warning"]})
    assert done["ok"] == 3
    run(client_as(towns, "reviewer", name="李工"), action="review", verdict="approved", flag_ids=["f3"])
    other = client_as(towns, "qa", name="李工")
    assert other.post(f"/flags/bulk/{done['bulk_id']}/undo").status_code == 404
    undone = client.post(f"/flags/bulk/{done['bulk_id']}/undo").json()
    assert results(undone) == {"f0": ("ok", ""), "f1": ("ok", ""), "f3": ("skipped", "not_last")}
    assert states(towns) == before | {"f3": "closed approved"}
    read = client.get(f"/flags/bulk/{done['bulk_id']}").json()
    assert (read["ok"], read["undone"], read["outcome"], read["author"]) == (3, True, "false_alarm", "王工")
    again = client.post(f"/flags/bulk/{done['bulk_id']}/undo").json()
    assert again["ok"] == 0


def test_reviews_and_locks_are_taken_back_and_comments_stay(towns, client_as):
    run(client_as(towns, "qa"), **FALSE, flag_ids=["f1", "f3"])
    reviewer = client_as(towns, "reviewer", name="李工")
    rejected = run(reviewer, action="review", verdict="rejected", comment="照片不清", flag_ids=["f1", "f3"])
    assert states(towns)["f1"] == "open rejected"
    assert reviewer.post(f"/flags/bulk/{rejected['bulk_id']}/undo").json()["ok"] == 2
    assert states(towns)["f1"] == "closed decided"
    locked = run(reviewer, action="lock", flag_ids=["f0", "f2"])
    assert run(client_as(towns, "qa"), action="lock", flag_ids=["f0"])["results"] == []
    assert reviewer.post(f"/flags/bulk/{locked['bulk_id']}/undo").json()["ok"] == 2
    assert run(client_as(towns, "qa"), action="lock", flag_ids=["f0"])["ok"] == 1
    assert run(client_as(towns, "qa"), action="unlock", flag_ids=["f0", "f1"])["ok"] == 1
    said = run(reviewer, action="comment", comment="待核实", flag_ids=["f0", "f1"])
    assert said["ok"] == 2
    assert reviewer.post(f"/flags/bulk/{said['bulk_id']}/undo").status_code == 409


def test_each_transaction_is_told_to_the_audit_trail(towns, client_as):
    done = run(client_as(towns, "qa"), **FALSE, flag_ids=["f1", "f3"])
    with closing(sqlite3.connect(towns)) as connection:
        rows = connection.execute("SELECT author, action FROM audit WHERE target = ?", (done["bulk_id"],)).fetchall()
    assert rows == [("王工", "bulk.decide")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({}, 400),
        ({"preview": True, **FALSE}, 400),  # of which flags?
        ({**FALSE, "flag_ids": ["f1"]}, 400),  # without a preview
        ({"preview": False, **FALSE, "flag_ids": ["f1"]}, 400),
        ({"preview": "yes", **FALSE, "flag_ids": ["f1"]}, 400),
        ({"preview": True, "action": "delete", "flag_ids": ["f1"]}, 400),
        ({"preview": True, "action": "decide", "outcome": "corrected", "flag_ids": ["f1"]}, 400),
        ({"preview": True, "action": "review", "verdict": "rejected", "flag_ids": ["f1"]}, 400),
        ({"preview": True, "action": "comment", "comment": " ", "flag_ids": ["f1"]}, 400),
        ({"preview": True, "action": "comment", "comment": "x" * 5000, "flag_ids": ["f1"]}, 400),
        ({"preview": True, **FALSE, "flag_ids": "f1"}, 400),
        ({"preview": True, **FALSE, "flag_ids": [1]}, 400),
        ({"preview": True, **FALSE, "filter": "rule ="}, 400),
        ({"preview": True, **FALSE, "filter": 7}, 400),
        ({"preview": True, **FALSE, "values": {"colour": "red"}}, 400),
        ({"preview": True, **FALSE, "values": ["error"]}, 400),
        ({"preview": True, **FALSE, "polygon": {"type": "Point", "coordinates": [118, 28]}}, 400),
        ({"preview": True, **FALSE, "polygon": {"type": "Polygon", "coordinates": []}}, 400),
        ({"preview": True, **FALSE, "polygon": {"type": "Polygon", "coordinates": [[["a", 1]]]}}, 400),
        (
            {
                "preview": True,
                **FALSE,
                "polygon": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]},
            },
            400,
        ),
        ({"preview": True, **FALSE, "polygon": "POLYGON((0 0,1 1,0 1,0 0))"}, 400),
        ({"token": 7}, 400),
        ({"token": "x", "action": "decide"}, 400),
    ],
)
def test_wrong_wishes_are_told_and_change_nothing(towns, client_as, body, status):
    answer = client_as(towns, "qa").post("/flags/bulk", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert set(states(towns).values()) == {"open open"}


def test_more_flags_than_allowed_are_refused_and_not_cut_off(towns, client_as):
    client = client_as(towns, "qa", bulk_max=2)
    answer = client.post("/flags/bulk", json={"preview": True, **FALSE, "values": {"flag_state": "open"}})
    assert answer.status_code == 413


def test_unknown_steps_are_not_found(towns, client_as):
    client = client_as(towns, "admin")
    assert client.get("/flags/bulk/none").status_code == 404
    assert client.post("/flags/bulk/none/undo").status_code == 404


@pytest.fixture
def many(towns):
    """Return the two towns with 10,000 flags more, on a grid in both."""
    n = 10_000
    lon, lat = 118.0 + 0.4 * (np.arange(n) % 100) / 100, 28.0 + 0.2 * (np.arange(n) // 100) / 100
    rows = zip((f"g{number:05d}" for number in range(n)), lon.tolist(), lat.tolist(), strict=True)
    with Workspace(towns).transaction() as connection:
        connection.executemany(
            "INSERT INTO flags (flag_id, source_id, rule, severity, basis, flag_state, review_state, outcome,"
            " decision_id, lon, lat) VALUES (?, 'S0001', 'test.grid', 'info', 'b', 'open', 'open', '', '', ?, ?)",
            rows,
        )
    return towns


@pytest.mark.quiet
def test_ten_thousand_flags_take_less_than_ten_seconds(many, client_as):
    client = client_as(many, "qa")
    start = time.perf_counter()
    shape = shapely.geometry.mapping(shapely.box(117.9, 27.9, 118.5, 28.3))
    told = preview(client, **FALSE, filter="rule = 'test.grid'", polygon=shape)
    done = execute(client, told)
    took = time.perf_counter() - start
    assert done["ok"] == 10_000
    assert took < 10
    assert client.post(f"/flags/bulk/{done['bulk_id']}/undo").json()["ok"] == 10_000
