"""Values against the schemas that are published for inputs."""

import jsonschema
import pytest
from geocensus_api.errors import ProblemError
from geocensus_api.processes.descriptions import PROCESSES
from geocensus_api.processes.schema import mismatch, require
from hypothesis import given
from hypothesis import strategies as st

INPUTS = {f"{one.id}.{name}": given.schema for one in PROCESSES.values() for name, given in one.inputs.items()}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "people", "code", "lon"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("schema", INPUTS.values(), ids=INPUTS)
def test_each_published_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", ["split.teams", "split.lock", "split.within", "check.columns", "locate.points"])
@given(value=JSON)
def test_what_we_refuse_is_what_json_schema_refuses(name, value):
    schema = INPUTS[name]
    valid = jsonschema.Draft202012Validator(schema)
    # a whole number written with a point, and two forms that both fit, are the only places where we are of another mind
    if "2.0" not in repr(value) and not any(isinstance(each, float) and each.is_integer() for each in flat(value)):
        strict = valid.is_valid(value) or any(
            jsonschema.Draft202012Validator(one).is_valid(value) for one in schema.get("oneOf", ())
        )
        assert (mismatch(value, schema, name) is None) == strict


def flat(value):
    if isinstance(value, dict):
        value = list(value.values())
    return [one for each in value for one in flat(each)] if isinstance(value, list) else [value]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("split.within", [], "split.within: too short, at least 1"),
        ("split.within", ["330822", 5], "split.within[1]: string expected, not 5"),
        ("split.teams", 0, "split.teams: at least 1"),
        ("split.teams", True, "split.teams: integer expected, not True"),
        ("split.teams", [{"name": "一组"}], "split.teams[0]: people missing"),
        (
            "split.teams",
            [{"people": 2, "salary": 1}],
            "split.teams[0]: no 'salary' here; known: name, people, start_lon, start_lat, phone, owner",
        ),
        ("split.tolerance", 5, "split.tolerance: at most 1"),
        ("split.capacity", 0, "split.capacity: more than 0"),
        ("split.units", "town", "split.units: one of township, village, zone, block, cell"),
        ("check.columns", {"lon": 5}, "check.columns.lon: string expected, not 5"),
    ],
)
def test_a_message_names_place_and_wish(name, value, told):
    with pytest.raises(ProblemError) as wrong:
        require(value, INPUTS[name], name)
    assert wrong.value.status == 400
    assert wrong.value.detail.en == told
    assert wrong.value.detail.zh.startswith(name)
