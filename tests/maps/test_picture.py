"""The overview picture: what it writes, Chinese fonts, sameness."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager

from geocensus.errors import DataNotFoundError
from geocensus.maps import fonts, overview_png, save_picture
from geocensus.maps.furniture import nice_length


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def pixels(figure):
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())


def test_writes_row_sum_classes_names_and_notice(world):
    written = texts(overview_png(*world, lang="zh", title="示例"))
    for expected in ("示例", "读入", "剔除", "6", "工业源", "东镇", "西乡", "北", "河流"):
        assert expected in written
    assert any("示意边界" in text for text in written)
    assert "生活源" not in written  # the only one is unlocated: nothing to explain


def test_english(world):
    written = texts(overview_png(*world, lang="en"))
    assert {"Tiny county", "read", "located", "Industrial", "N", "Error"} <= set(written)


def test_sources_beyond_the_frame_are_counted(world):
    basemap, sources, flags = world
    written = texts(overview_png(basemap, sources, flags))
    assert written[written.index("图框之外") + 1] == "1"
    near = overview_png(basemap, sources.assign(lon=sources["lon"].clip(upper=118.2)), flags)
    assert "图框之外" not in texts(near)


def test_long_headings_are_broken(world):
    written = texts(overview_png(*world, lang="en", title="Changshan County (schematic borders) and its sources"))
    assert "Changshan County" in written
    assert max(map(len, written[:3])) <= 24


def test_draws_something_of_every_kind(world):
    basemap, sources, flags = world
    with_all = pixels(overview_png(basemap, sources, flags))
    without = pixels(overview_png(basemap, sources, flags.iloc[:0]))
    empty = pixels(overview_png(basemap, sources.iloc[:0], flags.iloc[:0]))
    assert (with_all != without).any()
    assert (without != empty).any()


def test_no_global_state_and_the_same_file_twice(world, tmp_path):
    before = dict(mpl.rcParams)
    for name in ("a.png", "b.png"):
        save_picture(overview_png(*world), tmp_path / name)
    assert dict(mpl.rcParams) == before
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert b"matplotlib" not in (tmp_path / "a.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_no_chinese_font(world, monkeypatch):
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with pytest.raises(DataNotFoundError, match="fonts-wqy-microhei") as caught:
        overview_png(*world)
    assert "中文字体" in caught.value.message("zh")
    assert fonts.families(["no Chinese here"]) == ["DejaVu Sans"]


def test_font_installed_after_matplotlib_looked(monkeypatch):
    known = [font for font in font_manager.fontManager.ttflist if font.name not in fonts.FAMILIES]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", known)
    assert fonts.cjk_family() in fonts.FAMILIES


@pytest.mark.parametrize(
    ("metres", "length"), [(1, 1), (9.99, 5), (20, 20), (4999, 2000), (123456, 100000), (0.3, 0.2)]
)
def test_nice_length(metres, length):
    assert nice_length(metres) == pytest.approx(length)


@pytest.mark.parametrize("notes", [0, 4, 7])
def test_the_legend_ends_above_the_notice_however_much_is_said(world, notes):
    basemap, sources, flags = world
    figure = overview_png(
        basemap, sources, flags, lang="en", title="A county " * 8, notes=["limited to something"] * notes
    )
    figure.canvas.draw()
    texts = [text for text in figure.axes[1].texts if text.get_text()]
    foot = texts[-1]  # written last
    assert foot.get_text().endswith("CGCS2000") or "Code year" in foot.get_text()
    top = foot.get_window_extent().y1
    assert all(text.get_window_extent().y0 >= top for text in texts[:-1])
