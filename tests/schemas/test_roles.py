import pytest

from geocensus.errors import SchemaError
from geocensus.schemas import ROLES, guess_roles, normalise_header


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["企业名称", "经度", "纬度"], {"name": "企业名称", "lon": "经度", "lat": "纬度"}),
        (
            ["*3. 经度（度）", "经度(分)", "经度（″）"],
            {"lon_deg": "*3. 经度（度）", "lon_min": "经度(分)", "lon_sec": "经度（″）"},
        ),
        (["经度度", "经度分", "经度秒"], {"lon_deg": "经度度", "lon_min": "经度分", "lon_sec": "经度秒"}),
        (["Longitude", "LATITUDE"], {"lon": "Longitude", "lat": "LATITUDE"}),
        (["X", "Y", "NAME"], {"name": "NAME", "lon": "X", "lat": "Y"}),
        (["统一社会信用代码", "区划代码"], {"credit_code": "统一社会信用代码", "claimed_code": "区划代码"}),
        (
            ["乡（镇、街道）", "村（社区）"],
            {"claimed_township_name": "乡（镇、街道）", "claimed_village_name": "村（社区）"},
        ),
        (["经纬度"], {"coordinate": "经纬度"}),
        (["foo", "bar"], {}),
        (["经度(E)", "纬度(N)"], {"lon": "经度(E)", "lat": "纬度(N)"}),
        (["GPS经度", "GPS纬度"], {"lon": "GPS经度", "lat": "GPS纬度"}),
        (["经度X", "纬度Y", "经度精度"], {"lon": "经度X", "lat": "纬度Y"}),
        (["E", "N"], {"lon": "E", "lat": "N"}),
        (["坐标", "N"], {"coordinate": "坐标"}),
        (["坐标", "x"], {"coordinate": "坐标"}),
        (["排放口经度", "企业纬度A", "企业经度A", "排放口纬度"], {"lon": "排放口经度", "lat": "排放口纬度"}),
        (["排放口经度", "纬度误差", "是否有纬度"], {}),
        (
            ["排口经度（度）", "排口经度（分）", "排口纬度（度）", "排口纬度（分）"],
            {
                "lon_deg": "排口经度（度）",
                "lon_min": "排口经度（分）",
                "lat_deg": "排口纬度（度）",
                "lat_min": "排口纬度（分）",
            },
        ),
        (["普查小区编码"], {"claimed_code": "普查小区编码"}),
        (["行政区划"], {"claimed_code": "行政区划"}),
        (["所属区县代码"], {"claimed_code": "所属区县代码"}),
        (["code"], {"claimed_code": "code"}),
        (["Admin code"], {"claimed_code": "Admin code"}),
        (["镇街"], {"claimed_township_name": "镇街"}),
        (["镇（街道）"], {"claimed_township_name": "镇（街道）"}),
        (["普查对象类型"], {"class": "普查对象类型"}),
        (["序号"], {}),
    ],
)
def test_headers_are_recognised(headers, expected):
    assert guess_roles(headers) == expected


def test_a_header_equal_to_a_role_wins():
    assert guess_roles(["经度", "lon", "lat"])["lon"] == "lon"
    assert guess_roles(["单位名称", "name"])["name"] == "name"


def test_every_role_is_found_by_its_own_name():
    assert guess_roles(list(ROLES)) == {role: role for role in ROLES}


def test_overrides_go_first_and_free_no_header_twice():
    roles = guess_roles(["经度", "纬度", "GPS经"], {"lon": "GPS经"})
    assert roles["lon"] == "GPS经"
    assert list(roles.values()).count("GPS经") == 1


@pytest.mark.parametrize(("overrides", "said"), [({"lng": "经度"}, "no role 'lng'"), ({"lon": "东"}, "no column '东'")])
def test_wrong_overrides_name_what_there_is(overrides, said):
    with pytest.raises(SchemaError, match=said) as error:
        guess_roles(["经度", "纬度"], overrides)
    assert "lon" in error.value.en
    assert error.value.zh != error.value.en


def test_folding_of_headers():
    assert normalise_header(" Source_ID 1 ") == "sourceid"
    assert normalise_header("经度(十进制)") == "经度"


@pytest.mark.parametrize(
    ("header", "encoding", "role"),
    [
        ("区划代", "utf-8", "claimed_code"),
        ("企业名", "utf-8", "name"),
        ("行政区划代", "gb18030", "claimed_code"),
        ("单位详细名", "gb18030", "name"),
        ("facilitynam", "utf-8", None),
        ("CompanyNam", "utf-8", "name"),
        ("普查对", "utf-8", None),  # goes on as a name, a class and an id
        ("facility", "utf-8", None),
        ("单位详", "gb18030", None),  # six bytes: not cut
    ],
)
def test_headers_cut_at_ten_bytes(header, encoding, role):
    assert guess_roles([header], cut=encoding) == ({} if role is None else {role: header})
    assert guess_roles([header]) == {}


def test_whole_headers_go_before_cut_ones():
    assert guess_roles(["企业名", "名称"], cut="utf-8")["name"] == "名称"
