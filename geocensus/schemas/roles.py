"""Roles of columns in a list of sources, guessed from Chinese and English headers."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from geocensus.errors import SchemaError

__all__ = ["COORDINATE_ROLES", "ROLES", "TEXT_ROLES", "guess_roles", "normalise_header"]

# Per role the headers that mean it, best first; compared after normalise_header.
ROLES: Mapping[str, tuple[str, ...]] = {
    "id": (
        "普查对象编码",
        "普查对象代码",
        "普查编码",
        "对象编码",
        "污染源编码",
        "污染源代码",
        "源编码",
        "企业编码",
        "单位编码",
        "编码",
        "编号",
        "唯一编号",
        "唯一标识",
        "排放口编号",
        "sourceid",
        "objectid",
        "uid",
        "siteid",
        "facilityid",
        "registryid",
        "zip",
        "zipcode",
        "序号",
    ),
    "name": (
        "单位详细名称",
        "单位名称",
        "企业名称",
        "普查对象名称",
        "对象名称",
        "污染源名称",
        "详细名称",
        "名称",
        "养殖场名称",
        "设施名称",
        "sourcename",
        "sitename",
        "facilityname",
        "companyname",
        "plantname",
    ),
    "class": (
        "普查对象类别",
        "污染源类别",
        "源类别",
        "普查类别",
        "对象类别",
        "污染源类型",
        "类别",
        "类型",
        "sourceclass",
        "category",
        "type",
    ),
    "industry": (
        "行业",
        "行业名称",
        "行业代码",
        "行业类别",
        "行业类别代码",
        "行业类别名称",
        "国民经济行业",
        "sector",
        "naics",
        "sic",
    ),
    "credit_code": ("统一社会信用代码", "信用代码", "社会信用代码", "组织机构代码", "creditcode", "uscc"),
    "lon": (
        "经度",
        "经度坐标",
        "东经",
        "中心经度",
        "企业经度",
        "地理经度",
        "坐标经度",
        "经度十进制",
        "longitude",
        "long",
        "lng",
        "x",
        "x坐标",
        "坐标x",
        "横坐标",
        "point_x",
        "xcoord",
        "lon_dd",
    ),
    "lat": (
        "纬度",
        "纬度坐标",
        "北纬",
        "中心纬度",
        "企业纬度",
        "地理纬度",
        "坐标纬度",
        "纬度十进制",
        "latitude",
        "y",
        "y坐标",
        "坐标y",
        "纵坐标",
        "point_y",
        "ycoord",
        "lat_dd",
    ),
    "lon_deg": ("经度度", "东经度", "londegree", "londegrees", "longitudedegrees"),
    "lon_min": ("经度分", "东经分", "lonminute", "lonminutes", "longitudeminutes"),
    "lon_sec": ("经度秒", "东经秒", "lonsecond", "lonseconds", "longitudeseconds"),
    "lat_deg": ("纬度度", "北纬度", "latdegree", "latdegrees", "latitudedegrees"),
    "lat_min": ("纬度分", "北纬分", "latminute", "latminutes", "latitudeminutes"),
    "lat_sec": ("纬度秒", "北纬秒", "latsecond", "latseconds", "latitudeseconds"),
    "coordinate": (
        "坐标",
        "经纬度",
        "经纬度坐标",
        "地理坐标",
        "位置坐标",
        "中心坐标",
        "厂址中心经纬度",
        "coordinates",
        "latlon",
        "lonlat",
        "latlng",
        "lnglat",
        "location",
        "wkt",
    ),
    "claimed_code": (
        "区划代码",
        "行政区划代码",
        "行政区代码",
        "普查小区代码",
        "普查小区",
        "小区代码",
        "行政区划编码",
        "所在地区划代码",
        "统计用区划代码",
        "村代码",
        "乡镇代码",
        "区县代码",
        "divisioncode",
        "areacode",
        "adcode",
        "geoid",
        "fips",
        "countyfips",
        "villagecode",
        "townshipcode",
    ),
    "claimed_province_name": ("省", "省份", "省自治区直辖市", "省名称", "所在省", "province", "provincename", "state"),
    "claimed_prefecture_name": (
        "市",
        "地市",
        "地级市",
        "市名称",
        "地区市州盟",
        "所在市",
        "设区市",
        "prefecture",
        "prefecturename",
    ),
    "claimed_county_name": (
        "县",
        "区县",
        "县区",
        "县市区",
        "县区市旗",
        "县级",
        "县名称",
        "区县名称",
        "所在县",
        "所在区县",
        "county",
        "countyname",
        "district",
    ),
    "claimed_township_name": (
        "乡镇",
        "街道",
        "乡镇街道",
        "乡",
        "镇",
        "街镇",
        "乡镇名称",
        "所在乡镇",
        "所属乡镇",
        "乡镇街道名称",
        "所在乡镇街道",
        "township",
        "townshipname",
        "town",
        "townname",
    ),
    "claimed_village_name": (
        "村",
        "村社区",
        "社区",
        "行政村",
        "村居",
        "村居委会",
        "村委会",
        "村名称",
        "所在村",
        "所属村",
        "街村",
        "街村门牌号",
        "village",
        "villagename",
        "villname",
    ),
    "address": (
        "详细地址",
        "地址",
        "单位地址",
        "企业地址",
        "所在地详细地址",
        "单位所在地",
        "生产地址",
        "经营地址",
        "address",
        "streetaddress",
    ),
    "contact": ("联系人", "联系电话", "电话", "手机", "联系方式", "负责人", "contactname", "phone", "tel"),
    "accuracy_m": ("定位精度", "精度", "gps精度", "定位精度米", "accuracy", "gpsaccuracy", "hdop_m"),
    "parent_id": ("所属单位编码", "所属普查对象编码", "上级编码", "主体编码", "所属企业编码", "parentid", "siteparent"),
    "enumerator": ("普查员", "采集人", "调查员", "填表人", "普查员姓名", "enumeratorname", "surveyor", "collector"),
    "device": ("设备", "采集设备", "设备编号", "终端", "终端编号", "deviceid", "imei"),
    "import_group": ("导入批次", "批次", "来源文件", "数据来源", "importgroup", "batch"),
}

COORDINATE_ROLES = frozenset(
    {"lon", "lat", "coordinate"} | {f"{axis}_{part}" for axis in ("lon", "lat") for part in ("deg", "min", "sec")}
)
TEXT_ROLES = tuple(role for role in ROLES if role not in COORDINATE_ROLES and role != "id")

_IGNORED = re.compile(r"[\s_\-.:/*#()\[\]{}<>'\"、,]")
_NUMBERING = re.compile(r"^[0-9]+|[0-9]+$")
_UNIT = re.compile(r"\((?:°|′′|′|度|分|秒|m|米|deg|min|sec|十进制|小数|小数度|wgs84|cgcs2000)\)")
_UNIT_WORD = {
    "°": "度",
    "′": "分",
    "′′": "秒",
    "deg": "度",
    "min": "分",
    "sec": "秒",
    "度": "度",
    "分": "分",
    "秒": "秒",
}


def normalise_header(header: str) -> str:
    """Fold a header for comparison: width, case, blanks, punctuation, numbering; units in brackets become words.

    Parameters
    ----------
    header : str
        As written in the file.

    Returns
    -------
    str
        The folded text.

    Examples
    --------
    >>> normalise_header("３. 经度（度） *")
    '经度度'
    >>> normalise_header("Source_ID")
    'sourceid'
    """
    text = unicodedata.normalize("NFKC", str(header)).casefold()
    text = _UNIT.sub(lambda match: _UNIT_WORD.get(match.group()[1:-1], ""), text)
    return _NUMBERING.sub("", _IGNORED.sub("", text))


def guess_roles(headers: Sequence[str], overrides: Mapping[str, str] | None = None) -> dict[str, str]:
    """Find the column of each role.

    A header equal to a role's name always wins, then the user's own word, then the list of known headers in its
    order; a header serves one role at most.

    Parameters
    ----------
    headers : Sequence of str
        Column headers, unique.
    overrides : Mapping, optional
        Role to header, as the user stated them; they go before everything else.

    Returns
    -------
    dict
        Role to header, for the roles found.

    Raises
    ------
    SchemaError
        An override names a role or a header that does not exist.

    Examples
    --------
    >>> guess_roles(["企业名称", "经度", "纬度", "乡镇"])
    {'name': '企业名称', 'lon': '经度', 'lat': '纬度', 'claimed_township_name': '乡镇'}
    """
    chosen = _checked(overrides or {}, headers)
    taken = set(chosen.values())
    exact = {header: header for header in headers}
    folded: dict[str, str] = {}
    for header in headers:
        folded.setdefault(normalise_header(header), header)
    for lookup, candidates in ((exact, {role: (role,) for role in ROLES}), (folded, _FOLDED)):
        for role, words in candidates.items():
            hit = next((lookup[word] for word in words if word in lookup and lookup[word] not in taken), None)
            if hit is not None and role not in chosen:
                chosen[role] = hit
                taken.add(hit)
    return {role: chosen[role] for role in ROLES if role in chosen}


def _checked(overrides: Mapping[str, str], headers: Sequence[str]) -> dict[str, str]:
    for role, header in overrides.items():
        if role not in ROLES:
            known = ", ".join(ROLES)
            raise SchemaError(
                f"--column {role}={header}: there is no role {role!r}; roles are {known}",
                f"--column {role}={header}：没有名为“{role}”的列角色；可用角色：{known}",
            )
        if header not in headers:
            known = ", ".join(map(str, headers))
            raise SchemaError(
                f"--column {role}={header}: the file has no column {header!r}; its columns are {known}",
                f"--column {role}={header}：文件中没有“{header}”列；现有列：{known}",
            )
    return dict(overrides)


_FOLDED = {role: tuple(dict.fromkeys(map(normalise_header, (role, *words)))) for role, words in ROLES.items()}
