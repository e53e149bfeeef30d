"""POST /locate."""

import pytest
from geocensus_api import Settings


def locate(client, body):
    answer = client.post("/locate", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def test_every_way_of_writing_a_point(client):
    points = [
        [118.1, 28.1],
        {"lon": "118°06′00″", "lat": 28.1},
        "118°6′E 28°6′N",
        {"lon": 118.1, "lat": "28.1", "id": "x"},
    ]
    for result in locate(client, points):
        assert (result["lon"], result["lat"]) == (pytest.approx(118.1), pytest.approx(28.1))
        assert result["codes"] == {"county": "330822", "township": "330822001"}
        assert result["names"] == {"county": "常山县", "township": "甲街道"}
        assert (result["on_border"], result["problem"]) == (False, None)


def test_a_shared_border_goes_to_the_lowest_code(client):
    (result,) = locate(client, {"points": [[118.2, 28.1]]})
    assert (result["codes"]["township"], result["on_border"]) == ("330822001", True)


def test_outside_everything(client):
    (result,) = locate(client, [[0.5, 0.5]])
    assert result["codes"] == {"county": None, "township": None}
    assert result["names"] == {"county": None, "township": None}


def test_how_far_a_point_lies_from_the_area_that_it_is_claimed_for(client):
    claimed = "330822001"  # 118.0 to 118.2 east
    inside, outside, other, nowhere = locate(
        client,
        {
            "points": [[118.19, 28.1], [118.21, 28.1], {"lon": 118.21, "lat": 28.1, "claimed_code": "330822100"}, "?"],
            "claimed_code": claimed,
        },
    )
    degree = 98_300  # metres of a hundredth of a degree of longitude here, times 100
    assert inside["distance_m"] == pytest.approx(-degree / 100, rel=0.01)
    assert outside["distance_m"] == pytest.approx(degree / 100, rel=0.01)
    assert other["distance_m"] == pytest.approx(-degree / 100, rel=0.01)
    assert nowhere["distance_m"] is None
    assert "distance_m" not in locate(client, [[118.1, 28.1]])[0]
    assert locate(client, {"points": [[118.1, 28.1]], "claimed_code": "9"})[0]["distance_m"] is None


def test_no_distance_to_an_area_out_of_scope(towns, client_as):
    person = client_as(towns, "qa", ("330822001",))
    points = [{"lon": 118.19, "lat": 28.1, "claimed_code": code} for code in ("330822001", "330822100")]
    assert [one["distance_m"] is None for one in locate(person, points)] == [False, True]


@pytest.mark.parametrize(
    ("point", "problem"),
    [
        ([200, 28], "out_of_range"),
        (["abc", "28"], "unparsable"),
        ("", "missing"),
        ([0, 0], "zero"),
        ({"lon": None, "lat": 28}, "missing"),
    ],
)
def test_points_that_cannot_be_read_say_why_and_keep_their_place(client, point, problem):
    first, second = locate(client, [point, [118.1, 28.1]])
    assert (first["problem"], first["lon"], first["codes"]["county"]) == (problem, None, None)
    assert second["codes"]["township"] == "330822001"


def test_an_empty_list(client):
    assert locate(client, []) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[NaN]",
        b"7",
        b"{}",
        b'{"points": 7}',
        b"[[1]]",
        b"[[1,2,3]]",
        b"[true]",
        b"[[true,1]]",
        b"[{}]",
        b"[null]",
        b'[{"lon":{}}]',
        b"\xff",
    ],
)
def test_bodies_that_make_no_sense_are_400_problems(client, body):
    answer = client.post("/locate", content=body)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_many_points_or_bytes(client, app):
    small = Settings(token=app.state.settings.token, points_max=2, body_max=200)
    usual, app.state.settings = app.state.settings, small
    try:
        assert client.post("/locate", json=[[118, 28]] * 3).status_code == 413
        assert client.post("/locate", json=["x" * 300]).status_code == 413
    finally:
        app.state.settings = usual
