"""Every route tells what it is for: summary, description, tag, examples, media types, errors."""

import jsonschema_rs
import pytest
from geocensus_api.answers import ANSWERS
from geocensus_api.describing import TAGS
from geocensus_api.openapi import definition

_METHODS = ("get", "post", "put", "patch", "delete")
_EMPTY = {"204", "303", "304"}


@pytest.fixture(scope="module")
def document(app):
    return definition(app)


@pytest.fixture(scope="module")
def routes(document):
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    }


def lacking(routes, test):
    return [name for name, operation in routes.items() if not test(operation)]


@pytest.fixture(scope="module")
def parameters(document, routes):
    shared = document["components"]["parameters"]
    return {
        (name, one.get("name") or one["$ref"]): shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for name, operation in routes.items()
        for one in operation.get("parameters", ())
    }


def test_every_route_has_summary_description_and_a_name_of_its_own(routes):
    assert lacking(routes, lambda operation: operation.get("summary")) == []
    assert lacking(routes, lambda operation: operation.get("description", "").strip()) == []
    names = [operation["operationId"] for operation in routes.values()]
    assert sorted(names) == sorted(set(names))


def test_every_route_has_one_of_the_tags_and_tags_are_told_in_both_languages(document, routes):
    assert lacking(routes, lambda operation: len(operation.get("tags", ())) == 1) == []
    used = {operation["tags"][0] for operation in routes.values()}
    assert [tag["name"] for tag in document["tags"]] == [name for name in TAGS if name in used]
    assert all(TAGS[tag["name"]].zh in tag["description"] for tag in document["tags"])


def test_every_parameter_has_a_description_and_an_example(parameters):
    undescribed = [key for key, one in parameters.items() if not one.get("description")]
    exampled = {"example", "examples", "default", "enum"}
    without = [key for key, one in parameters.items() if not exampled & (set(one) | set(one["schema"]))]
    assert (undescribed, without) == ([], [])


def test_every_body_has_an_example(routes):
    def shown(operation):
        contents = operation.get("requestBody", {}).get("content", {})
        return all(
            {"example", "examples"} & set(content) or content["schema"].get("format") == "binary"
            for content in contents.values()
        )

    assert lacking(routes, shown) == []


def test_every_answer_has_a_media_type_with_a_schema(routes):
    def typed(operation):
        good = {status: answer for status, answer in operation["responses"].items() if status[0] in "23"}
        return good and all(
            status in _EMPTY or (answer.get("content") and all(one.get("schema") for one in answer["content"].values()))
            for status, answer in good.items()
        )

    assert lacking(routes, typed) == []


def test_every_error_is_a_problem(routes):
    def problems(operation):
        errors = [answer for status, answer in operation["responses"].items() if status[0] in "45"]
        return errors and all("application/problem+json" in answer["content"] for answer in errors)

    assert lacking(routes, problems) == []
    guessed = [name for name, one in routes.items() if "HTTPValidationError" in str(one["responses"])]
    assert guessed == []  # FastAPI's own form, which nobody gets


def test_every_reference_leads_somewhere(document):
    def references(entry):
        if isinstance(entry, dict):
            if isinstance(entry.get("$ref"), str):
                yield entry["$ref"]
            entry = list(entry.values())
        if isinstance(entry, list):
            for one in entry:
                yield from references(one)

    for reference in set(references(document["paths"])):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def test_the_document_says_what_it_is_in_the_client_s_words(client):
    told = client.get("/api").json()
    assert told["components"]["parameters"]["limit"]["schema"]["maximum"] == 120  # where QGIS and GDAL look for it
    assert told["servers"] == [{"url": "http://geo.test"}]


_SAMPLES = {
    "/collections/{collection_id}/items/{feature_id}": {"collection_id": "sources", "feature_id": "1"},
    "/search": {"q": "甲"},
    "/parse": {"text": "118.5,28.9"},
}
_TESTED = sorted(path for method, path in ANSWERS if method == "get")


@pytest.mark.parametrize("path", _TESTED)
def test_answers_are_what_the_document_says(document, two_towns_path, client_as, path):
    client = client_as(two_towns_path)
    given = {"collection_id": "sources", **_SAMPLES.get(path, {})}
    query = {name: value for name, value in given.items() if f"{{{name}}}" not in path and name != "collection_id"}
    answer = client.get(path.format(**given), params=query, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    kinds = document["paths"][path]["get"]["responses"]["200"]["content"]
    described = kinds.get(answer.headers["content-type"]) or kinds["application/json"]
    validator = jsonschema_rs.validator_for({"components": document["components"], **described["schema"]})
    validator.validate(answer.json())
    if "example" in described:
        validator.validate(described["example"])
        assert set(described["example"]) <= set(answer.json())
