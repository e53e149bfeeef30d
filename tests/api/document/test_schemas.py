"""Answers about the demo are what the document says of them, member by member."""

import json
from urllib.parse import quote

import jsonschema_rs
import pytest
from geocensus_api import Settings, create_app
from geocensus_api.openapi import definition
from geocensus_api.schemas import SCHEMAS
from starlette.testclient import TestClient

from geocensus.pipeline.demo import run_demo

TOKEN = "token-of-the-tests"
JSON = "application/json"


class Described:
    """Asks, and holds each answer against the document."""

    def __init__(self, app, client):
        self.document, self.client, self.seen = definition(app), client, set()

    def __call__(self, method, path, status=200, /, headers=None, names=None, **request):
        given = {name: quote(value, safe="") for name, value in (names or {}).items()}
        answer = self.client.request(method, path.format(**given), headers=headers or {}, **request)
        assert answer.status_code == status, (path, answer.text)
        content = self.document["paths"][path][method.lower()]["responses"][str(status)]["content"]
        schema = content[answer.headers["content-type"]]["schema"]
        return self.hold(schema, answer.json())

    def hold(self, schema, content):
        whole = {"components": self.document["components"], **schema}
        jsonschema_rs.validator_for(whole).validate(content)
        self.seen |= set(referred(schema, self.document["components"]["schemas"]))
        return content


def referred(schema, known):
    """Yield the names of the schemas that a schema is made of."""
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        name = schema["$ref"].rpartition("/")[2]
        yield name
        yield from referred(known[name], known)
    for part in parts:
        yield from referred(part, known)


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    run_demo("changshan", out=folder, rows=300)
    app = create_app(Settings(token=TOKEN), folder / "demo.gpkg")
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": JSON}
    with TestClient(app, headers=headers) as client:
        yield Described(app, client)


@pytest.fixture(scope="module")
def placed(ask):
    """Return a flag that a point offered would mend."""
    flags = ask("GET", "/flags/next", params={"near": "118.5,28.9", "limit": 100})["flags"]
    panels = [ask("GET", "/flags/{flag_id}", names={"flag_id": one["flag_id"]}) for one in flags]
    return next(
        one["flag"]["flag_id"]
        for one in panels
        for repair in one["repairs"]
        if repair["offered"] and repair["kind"] != "claim"
    )


def test_who_asks_what_there_is_and_how_many(ask):
    me = ask("GET", "/me")
    assert (me["background"], me["limits"]["bulk"]) == (None, Settings(token=TOKEN).bulk_max)
    ask("GET", "/collections")
    ask("GET", "/collections/{collection_id}", names={"collection_id": "sources"})
    ask("GET", "/counts")
    groups = ask("GET", "/counts", params={"collection": "flags", "by": "claimed_code_township,severity"})["groups"]
    assert any(group["name"] for group in groups)
    assert ask("GET", "/progress", params={"by": "township,rule"})["certainty"]["township"]["certain"] > 0
    for text in ("辉埠", "118.5,28.9", "电子", "no such thing"):
        ask("GET", "/search", params={"q": text})
    assert ask("GET", "/parse", params={"text": "118°31′12″E 28°54′00″N"})["lon"] == pytest.approx(118.52)
    assert ask("GET", "/parse", params={"text": "?"})["problem"]
    assert ask("POST", "/locate", json=[[118.5, 28.9], "?"])["results"][0]["names"]["county"] == "常山县"


def test_a_flag_and_all_that_happens_to_it(ask, placed):
    names = {"flag_id": placed}
    repairs = ask("GET", "/flags/{flag_id}", names=names)["repairs"]
    repair = next(one["repair_id"] for one in repairs if one["offered"] and one["kind"] != "claim")
    path = f"/flags/{placed}"
    assert ask.client.post(f"{path}/attachments", params={"name": "a.pdf"}, content=b"%PDF-1.4\n%%EOF").is_success
    assert ask("POST", "/flags/{flag_id}/lock", names=names)["lock"]["author"]
    assert ask("GET", "/queue")["locked"]["total"] == 1
    ask("POST", "/flags/{flag_id}/comments", 201, names=names, json={"text": "<b>"})
    wish = {"outcome": "corrected", "repair_id": repair}
    seen = {"If-Match": ask.client.get(path).headers["etag"]}
    source = ask("GET", "/flags/{flag_id}", names=names)["source"]["source_id"]
    done = ask("POST", "/flags/{flag_id}/decisions", 201, headers=seen, names=names, json=wish)
    late = ask("POST", "/flags/{flag_id}/undo", 412, headers=seen, names=names, json={})["difference"]
    assert [one["event"] for one in late["events"]] == ["decision"]
    assert late["values"]["review_state"] == {"seen": "open", "now": "decided"}
    assert len(late["source_versions"]) == 1
    verdict = {"verdict": "approved", "comment": "好"}
    ask("POST", "/flags/{flag_id}/reviews", 201, headers={"If-Match": done["etag"]}, names=names, json=verdict)
    panel = ask("GET", "/flags/{flag_id}", names=names)
    assert [len(panel[part]) for part in ("decisions", "reviews", "comments", "attachments")] == [1, 1, 1, 1]
    assert len(ask("GET", "/flags/{flag_id}/history", names=names)["events"]) == 4
    back = ask("POST", "/flags/{flag_id}/undo", headers={"If-Match": panel["etag"]}, names=names, json={})
    verdict = {"verdict": "rejected", "comment": "不对"}
    ask("POST", "/flags/{flag_id}/reviews", 201, headers={"If-Match": back["etag"]}, names=names, json=verdict)
    assert ask("GET", "/queue")["rejected"]["flags"][0]["reason"] == "不对"
    assert len(ask("GET", "/flags/{flag_id}/attachments", names=names)["attachments"]) == 1
    assert ask("GET", "/sources/{source_id}/versions", names={"source_id": source})["versions"]


def test_flags_of_a_group_and_of_sources_without_a_place(ask):
    for rule in ("group.shift", "coordinate.missing", "list.duplicate_id", "claim.unknown"):
        found = ask.client.get("/collections/flags/items", params={"rule": rule, "limit": 1}).json()["features"]
        for one in found:
            ask("GET", "/flags/{flag_id}", names={"flag_id": one["properties"]["flag_id"]})


def test_a_step_on_many_flags(ask):
    wish = {"preview": True, "action": "decide", "outcome": "false_alarm", "values": {"rule": ["place.isolated"]}}
    token = ask("POST", "/flags/bulk", json=wish)["token"]
    done = ask("POST", "/flags/bulk", json={"token": token})
    assert done["ok"] > 0
    ask("GET", "/flags/bulk/{bulk_id}", names={"bulk_id": done["bulk_id"]})
    ask("POST", "/flags/bulk/{bulk_id}/undo", names={"bulk_id": done["bulk_id"]})
    assert ask("GET", "/queue")["awaiting_review"]["total"] == 0


def test_plans_their_units_edits_and_differences(ask):
    head = ask("GET", "/plans")["plans"][0]
    names = {"plan_id": head["id"]}
    ask("GET", "/plans/{plan_id}", names=names)
    tag = ask.client.get(f"/plans/{head['id']}").headers["etag"]
    ask("POST", "/plans/{plan_id}/copy", 201, names=names, json={"name": "二"})
    units = ask("GET", "/plans/{plan_id}/units", names=names)["units"]
    unit = next(one for one in units if one["may_go_to"])
    wish = {"units": [unit["code"]], "field_zone": unit["may_go_to"][0]}
    assert ask("POST", "/plans/{plan_id}/move", headers={"If-Match": tag}, names=names, json=wish)["edit"]
    late = ask("POST", "/plans/{plan_id}/move", 412, headers={"If-Match": tag}, names=names, json=wish)["difference"]
    assert (len(late["edits"]), list(late["units"])) == (1, [unit["code"]])
    assert ask("GET", "/plans/{plan_id}/history", names=names)["edits"]
    told = ask("GET", "/plans/compare", params={"a": "二", "b": head["plan"]})
    assert told["moved_units"] == 1


def test_jobs(ask):
    body = {"inputs": {"points": [[118.5, 28.9]]}}
    headers = {"Prefer": "respond-async"}
    job = ask(
        "POST", "/processes/{process_id}/execution", 201, headers=headers, names={"process_id": "locate"}, json=body
    )
    ask("GET", "/jobs/{job_id}", names={"job_id": job["jobID"]})
    with ask.client.stream("GET", f"/jobs/{job['jobID']}/events") as stream:
        events = [line.removeprefix("data: ") for line in stream.iter_lines() if line.startswith("data: ")]
    for event in events:
        ask.hold({"$ref": "#/components/schemas/JobEvent"}, json.loads(event))
    assert events
    assert ask("GET", "/jobs")["jobs"]


def test_uploads(ask):
    ask("POST", "/uploads", 201, params={"name": "名单.csv"}, content="经度,纬度\n118.5,28.9\n".encode())
    upload = ask("GET", "/uploads")["uploads"][0]
    assert ask("GET", "/uploads/{upload_id}", names={"upload_id": upload["id"]})["title"] == "名单.csv"


def test_every_schema_was_seen_in_an_answer(ask):  # the last one: of those that are named here
    assert set(SCHEMAS) - ask.seen - {"Background"} == set()


def test_a_wrong_answer_would_be_noticed(ask):
    whole = {"components": ask.document["components"], "$ref": "#/components/schemas/Standing"}
    validator = jsonschema_rs.validator_for(whole)
    assert not validator.is_valid({"flag_id": "f"})
