"""The public edition of the picture: circles by village, no points, and every located source is told of."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from geocensus.maps import overview_png
from geocensus.maps.areas import area_table
from geocensus.maps.public_picture import draw_village_counts
from geocensus.maps.rows import drawable
from geocensus.maps.testing import small_world


def drawn(sources):
    basemap, _, _ = small_world()
    axes = Figure().add_subplot()
    FigureCanvasAgg(axes.figure)
    most, without = draw_village_counts(axes, sources, area_table(basemap), FontProperties())
    numbers = [int(text.get_text()) for text in axes.texts]
    places = [tuple(place) for collection in axes.collections for place in collection.get_offsets()]
    return most, without, numbers, places


def test_circles_and_those_without_one_add_up_to_the_located_sources():
    _, sources, _ = small_world()
    most, without, numbers, _places = drawn(sources)
    assert sum(numbers) + without == drawable(sources).sum()
    assert most == max(numbers)


def test_a_circle_stands_where_the_village_is_and_not_where_its_sources_are():
    _, sources, _ = small_world()
    moved = sources.assign(lon=sources["lon"] + 1e-5)  # still in the same village
    assert drawn(sources)[3] == drawn(moved)[3]
    points = {(x, y) for x, y in zip(sources["lon"], sources["lat"], strict=True)}
    assert not points & set(drawn(sources)[3])


def test_without_located_sources_nothing_is_drawn():
    _, sources, _ = small_world()
    assert drawn(sources[~drawable(sources)].reset_index(drop=True)) == (0, 0, [], [])


def test_the_picture_has_notes_below_its_heading_and_nothing_about_flags():
    basemap, sources, flags = small_world()
    figure = overview_png(basemap, sources, flags, lang="en", public=True, notes=["Limited to: class: x"])
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert "Limited to: class: x" in texts
    assert "Number of sources by village" in texts
    assert "Flags by severity" not in texts
