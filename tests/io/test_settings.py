import re

import pytest

from geocensus.checks import Place, Settings, Stack
from geocensus.errors import CRSMismatchError, DataNotFoundError, SchemaError, UnreadableError
from geocensus.io import open_basemap, read_crosswalk, read_settings, read_sources, settings_toml
from geocensus.zoning.loads import LoadSettings
from geocensus.zoning.visit_settings import VisitSettings


def test_no_file_means_the_defaults():
    assert read_settings(None) == Settings()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_printed_reads_back(tmp_path, lang):
    settings = Settings(
        boundary_m={**Settings().boundary_m, "village": 12.5},
        stack_size=4,
        imprecise_m=float("inf"),
        exact_inside=True,
        offices=(Place("县“局”\\", 118.5, 28.9),),
        allowed_stacks=(Stack("园区", 118, 28, 75.5), Stack("市场", 118.1, 28.1)),
    )
    path = tmp_path / "s.toml"
    path.write_text(settings_toml(settings, lang).replace("Infinity", "inf"), encoding="utf-8-sig")
    assert read_settings(path) == settings


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_setting_has_a_comment_in_the_language(lang):
    text = settings_toml(Settings(), lang)
    comments = [line for line in text.splitlines() if line.startswith("# ") and "[[" not in line]
    described = (Settings, LoadSettings, VisitSettings)
    assert len(comments) == sum(len(kind.__dataclass_fields__) for kind in described)
    chinese = [any("一" <= c <= "鿿" for c in line) for line in comments]
    assert all(chinese) if lang == "zh" else not any(chinese)


def test_part_of_the_settings_is_enough(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("stack_size = 5\n[boundary_m]\nvillage = 7\n", encoding="utf-8")
    settings = read_settings(path)
    assert settings.stack_size == 5
    assert settings.boundary_m == {**Settings().boundary_m, "village": 7.0}


def test_a_crosswalk_lies_beside_the_settings(tmp_path):
    (tmp_path / "moves.csv").write_text("old_code,new_code\n330822009,330822100\n", encoding="gbk")
    (tmp_path / "s.toml").write_text("crosswalk = 'moves.csv'", encoding="utf-8")
    info = open_basemap("changshan").info
    crosswalk = read_crosswalk(read_settings(tmp_path / "s.toml"), info)
    assert crosswalk.successors(["330822009"])["new_code"].tolist() == ["330822100"]
    assert read_crosswalk(Settings(), info) is None
    with pytest.raises(DataNotFoundError, match="not there"):
        read_crosswalk(Settings(crosswalk=str(tmp_path / "none.csv")), info)
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_crosswalk(Settings(crosswalk=str(tmp_path)), info)
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"wrong.csv: .*old_code"):
        read_crosswalk(Settings(crosswalk=str(tmp_path / "wrong.csv")), info)


def test_parameters_of_an_older_datum_are_a_setting(tmp_path):
    given = Settings(datum_parameters=(20.0, -120.0, -40.0, 0.0, 0.0, 0.0, 0.0))
    (tmp_path / "s.toml").write_text(settings_toml(given), encoding="utf-8")
    assert read_settings(tmp_path / "s.toml") == given
    path = tmp_path / "list.csv"
    path.write_text("编号,经度,纬度\na,118.5,28.9\n", encoding="utf-8")
    with pytest.raises(CRSMismatchError, match="datum_parameters"):
        read_sources(path, crs="EPSG:4214")
    moved = read_sources(path, crs="EPSG:4214", parameters=given.datum_parameters)
    assert 20 < abs(moved["lon"][0] - 118.5) * 97_500 < 200  # metres


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_minutes_of_work_are_written_and_read_back(tmp_path, lang):
    settings = Settings(
        load=LoadSettings(minutes={"farm": 90}, key_industries=("22",), key_column="重点", speed_kmh=20)
    )
    (tmp_path / "s.toml").write_text(settings_toml(settings, lang), encoding="utf-8")
    assert read_settings(tmp_path / "s.toml") == settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("load = 3", "wrong kind"),
        ("[load]\nminutes = 3", "wrong kind"),
        ("[load]\nfoo = 3", "unknown load setting foo"),
        ("[load.minutes]\nfoo = 3", "unknown class foo"),
        ("[load]\nvillage_minutes = -3", "must be 0 or more"),
        ('[load]\nspeed_kmh = "fast"', "wrong kind"),
    ],
)
def test_wrong_minutes_of_work_name_the_file(tmp_path, text, message):
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match=message) as caught:
        read_settings(tmp_path / "s.toml")
    assert "s.toml" in caught.value.message("zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_working_hours_and_supervisors_are_written_and_read_back(tmp_path, lang):
    settings = Settings(
        visits=VisitSettings(day_minutes=360, day_start="9:00", crew_size=3), enumerators_per_supervisor=8
    )
    (tmp_path / "s.toml").write_text(settings_toml(settings, lang), encoding="utf-8")
    assert read_settings(tmp_path / "s.toml") == settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[visits]\nday_minute = 100", "s.toml: unknown setting of visits day_minute; known ones are day_minutes"),
        ("[visits]\nday_minutes = 0", "s.toml: visits: day_minutes must be a number above 0, not 0"),
        ('[visits]\nspeed_kmh = "fast"', "s.toml: visits: speed_kmh must be a number above 0, not fast"),
        ('[visits]\nday_start = "25:00"', "s.toml: visits: day_start must be a time such as 08:30"),
        ("visits = 3", "s.toml"),
        ("enumerators_per_supervisor = 0", "s.toml: setting enumerators_per_supervisor: must be above 0"),
        ('enumerators_per_supervisor = "ten"', "s.toml"),
        ("enumerators_per_supervisor = true", "s.toml"),
    ],
)
def test_wrong_hours_and_supervisors_are_named(tmp_path, text, message):
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match=re.escape(message)):
        read_settings(tmp_path / "s.toml")


@pytest.mark.parametrize(
    "line",
    [
        "isolated_m = -1",
        "isolated_m = nan",
        "isolated_factor = -1",
        "isolated_group = 2",
        "isolated_group = 7.5",
        "outlet_far_m = -5",
        "moved_m = inf",
        "mixed_share = 1.5",
        "mixed_rows = 0",
    ],
)
def test_settings_of_the_rules_on_neighbours_and_groups_are_tested(tmp_path, line):
    path = tmp_path / "s.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(SchemaError, match=line.split(" ")[0]):
        read_settings(path)
