"""The page as text: self-contained, safe, complete, the same every time."""

import re
from html.parser import HTMLParser

import folium
import pandas as pd
import pytest

from geocensus.errors import SchemaError
from geocensus.maps import map_page

HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ 7 * 7 }}{% raw %}",
    "O'Neil & <b>Söhne</b> \u2028 \\u003c",
]


class References(HTMLParser):
    """Collect every attribute that could make a browser fetch something."""

    def __init__(self):
        super().__init__()
        self.found, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        names = {"src", "href", "srcset", "action", "data", "poster", "background", "formaction"}
        self.found += [(tag, name, value) for name, value in attrs if name in names]


def parse(page):
    parser = References()
    parser.feed(page)
    return parser


@pytest.mark.parametrize("public", [False, True])
def test_refers_to_nothing_outside_itself(world, public):
    page = map_page(*world, title="小县", summary={}, public=public)
    parser = parse(page)
    assert parser.found == []
    assert not {"link", "iframe", "object", "embed", "base"} & set(parser.tags)
    assert re.findall(r"url\((?!data:image/png;base64,|#)[^)]*\)", page) == []
    assert "@import" not in page
    assert "sourceMappingURL" not in page
    addresses = set(re.findall(r"https?://[\w./-]+", page))
    assert addresses <= {
        "http://www.w3.org/2000/svg",
        "https://leafletjs.com",
    }  # a namespace; a comment and a dead default


def test_tells_the_browser_to_fetch_nothing(world):
    page = map_page(*world, title="小县", summary={})
    assert "Content-Security-Policy\" content=\"default-src 'none'" in page


def test_same_input_same_page(world):
    first, second = (map_page(*world, title="小县", summary={}) for _ in range(2))
    assert first == second


def test_leaves_folium_as_it_was(world):
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    map_page(*world, title="小县", summary={})
    assert (folium.Map.default_js, folium.Map.default_css) == before


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(world, payload_of, name):
    basemap, sources, flags = world
    sources = sources.assign(name=name)
    page = map_page(basemap, sources, flags.assign(message_zh=name), title=name, summary={})
    assert payload_of(page)["sources"]["name"] == [name] * len(sources)
    assert payload_of(page)["flags"]["text"] == [name] * len(flags)
    assert parse(page).tags == parse(map_page(*world, title="小县", summary={})).tags
    assert "49" not in re.search(r"<title>.*?</title>", page)[0]


def test_row_sum_is_the_tables(world, payload_of):
    page = map_page(*world, title="小县", summary={"rows": 6, "located": 4, "unlocated": 1, "excluded": 1})
    assert payload_of(page)["rows"] == [6, 4, 1, 1]


@pytest.mark.parametrize("summary", [{"rows": 7}, {"unlocated": 0}, {"excluded": 2}])
def test_lost_rows_are_refused(world, summary):
    with pytest.raises(SchemaError, match="pass all rows read"):
        map_page(*world, title="小县", summary=summary)


def test_every_row_is_in_the_page(world, payload_of):
    sources = payload_of(map_page(*world, title="小县", summary={}))["sources"]
    assert sources["id"] == ["a", "b", "c", "d", "e", "f"]
    assert [x is None for x in sources["x"]] == [False] * 4 + [True] * 2
    assert sources["state"] == [0, 0, 0, 0, 1, 2]
    assert sources["problem"][4] == "坐标缺失"
    assert sources["reason"][5] == "合计或小计行"


def test_languages_differ_in_every_word_people_read(world, payload_of):
    zh, en = (payload_of(map_page(*world, title="t", summary={}, lang=lang)) for lang in ("zh", "en"))
    assert [key for key in zh["texts"] if zh["texts"][key] == en["texts"][key]] == []
    assert zh["notice"] == "示意边界，仅供演示"
    assert en["notice"] == "Schematic borders, for show only"
    assert en["flags"]["text"][0] == "In 丙村, 4.9 km outside the claimed 东镇"
    assert [name for _, name in en["levels"]] == ["County", "Township", "Village"]


def test_facts_say_crs_time_and_assumption(world, payload_of):
    summary = {"crs": "cgcs2000", "crs_assumed": True, "time": "2018-06-30", "outside_claimed": 2}
    facts = dict(payload_of(map_page(*world, title="t", summary=summary, lang="en"))["facts"])
    assert facts["Reference system"] == "CGCS2000 (ASSUMED: the list does not say)"
    assert facts["Data as of"] == "2018-06-30"
    assert facts["Outside the claimed area"] == "2"
    assert facts["Code year"] == "2023"


@pytest.mark.parametrize("column", ["source_id", "state", "lon", "lat"])
def test_missing_column_is_named(world, column):
    basemap, sources, flags = world
    with pytest.raises(SchemaError, match=f"lacks the columns {column}"):
        map_page(basemap, sources.drop(columns=column), flags, title="t", summary={})


def test_unknown_state_is_refused(world):
    basemap, sources, flags = world
    with pytest.raises(SchemaError, match="exactly one state"):
        map_page(basemap, sources.assign(state="lost"), flags, title="t", summary={})


def test_empty_tables_make_a_page(world, payload_of):
    basemap, sources, flags = world
    page = map_page(basemap, sources.iloc[:0], flags.iloc[:0], title="t", summary={"rows": 0})
    assert payload_of(page)["rows"] == [0, 0, 0, 0]
    assert payload_of(page)["lines"] == {"source": [], "x": [], "y": []}


def test_only_the_needed_columns_make_a_page(world, payload_of):
    basemap, sources, flags = world
    few = sources[["source_id", "state", "lon", "lat"]]
    columns = payload_of(map_page(basemap, few, flags, title="t", summary={}))["sources"]
    assert columns["claimed"] == [-1] * 6
    assert columns["name"] == [None] * 6


def test_row_order_and_index_of_the_tables_do_not_matter(world, payload_of):
    basemap, sources, flags = world
    turned = sources.iloc[::-1]
    columns = payload_of(map_page(basemap, turned, flags.iloc[::-1], title="t", summary={}))
    assert columns["sources"]["id"] == ["f", "e", "d", "c", "b", "a"]
    named = [columns["sources"]["id"][row] if row >= 0 else "" for row in columns["flags"]["source"]]
    assert named == ["", "e", "d", "c"]
    assert isinstance(sources, pd.DataFrame)
    assert sources["source_id"].tolist() == ["a", "b", "c", "d", "e", "f"]
