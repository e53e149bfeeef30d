"""Whatever a client sends to any route of the API definition: no error of ours, and every error a problem."""

import json
import sqlite3
from contextlib import closing

import pytest
import schemathesis
from geocensus_api import Settings, create_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from .conftest import TOKEN


@pytest.fixture(scope="module")
def client(full_path, tmp_path_factory):
    """Return a client of a copy: some requests do change it."""
    path = tmp_path_factory.mktemp("fuzz") / "ws.gpkg"
    with closing(sqlite3.connect(full_path)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    app = create_app(Settings(token=TOKEN, limit_max=120), path)
    headers = {"Authorization": f"Bearer {TOKEN}".encode()}
    with TestClient(app, headers=headers, base_url="http://geo.test", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.filterwarnings("ignore:Glyph")  # a map of letters that no font has: they are drawn as boxes
def test_no_request_gives_a_server_error(client):
    document = client.get("/api").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [operation.ok() for operation in schema.get_all_operations()]
    assert len(operations) == sum(len(methods) for methods in document["paths"].values())
    known = {
        "collection_id": ["sources", "flags", "areas-township", "unlocated-sources", "repairs", "plans"],
        "feature_id": ["1", "8"],
        "flag_id": ["f0", "f1", "f2"],
        "source_id": ["S0001", "S0049"],
        "plan_id": ["甲方案", "b"],
    }

    for operation in operations:

        @settings(
            max_examples=14, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(), data=st.data())
        def run(case, data):
            for name, values in known.items():
                if name in (case.path_parameters or {}) and data.draw(st.booleans()):
                    case.path_parameters[name] = data.draw(st.sampled_from(values))
            sent = case.as_transport_kwargs(base_url="http://geo.test")
            headers = {
                key: value for key, value in (sent.get("headers") or {}).items() if key.lower() != "authorization"
            }
            answer = client.request(
                sent["method"], sent["url"], params=sent.get("params"), content=as_bytes(sent), headers=headers
            )
            assert answer.status_code < 500, (sent, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"

        run()


def as_bytes(sent):
    if sent.get("json") is not None:
        return json.dumps(sent["json"]).encode()
    data = sent.get("data")
    return data if isinstance(data, bytes) else None
