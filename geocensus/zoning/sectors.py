"""Names of sectors: the divisions (大类) of GB/T 4754-2017 in which pollution sources lie."""

from __future__ import annotations

from typing import Final

from geocensus.model import Text

__all__ = ["SECTORS", "sector_title"]

SECTORS: Final[dict[str, Text]] = {
    "01": Text("农业", "crops"),
    "02": Text("林业", "forestry"),
    "03": Text("畜牧业", "livestock"),
    "04": Text("渔业", "fishing"),
    "05": Text("农、林、牧、渔专业及辅助性活动", "services to farming"),
    "06": Text("煤炭开采和洗选业", "coal mining"),
    "07": Text("石油和天然气开采业", "oil and gas extraction"),
    "08": Text("黑色金属矿采选业", "ferrous ores"),
    "09": Text("有色金属矿采选业", "non-ferrous ores"),
    "10": Text("非金属矿采选业", "other mining"),
    "11": Text("开采专业及辅助性活动", "services to mining"),
    "12": Text("其他采矿业", "mining, others"),
    "13": Text("农副食品加工业", "processing of farm products"),
    "14": Text("食品制造业", "food"),
    "15": Text("酒、饮料和精制茶制造业", "drinks and tea"),
    "16": Text("烟草制品业", "tobacco"),
    "17": Text("纺织业", "textiles"),
    "18": Text("纺织服装、服饰业", "clothing"),
    "19": Text("皮革、毛皮、羽毛及其制品和制鞋业", "leather and shoes"),
    "20": Text("木材加工和木、竹、藤、棕、草制品业", "wood and bamboo"),
    "21": Text("家具制造业", "furniture"),
    "22": Text("造纸和纸制品业", "paper"),
    "23": Text("印刷和记录媒介复制业", "printing"),
    "24": Text("文教、工美、体育和娱乐用品制造业", "culture, sports, toys"),
    "25": Text("石油、煤炭及其他燃料加工业", "petroleum, coke and fuels"),
    "26": Text("化学原料和化学制品制造业", "chemicals"),
    "27": Text("医药制造业", "medicines"),
    "28": Text("化学纤维制造业", "chemical fibres"),
    "29": Text("橡胶和塑料制品业", "rubber and plastics"),
    "30": Text("非金属矿物制品业", "non-metallic minerals"),
    "31": Text("黑色金属冶炼和压延加工业", "iron and steel"),
    "32": Text("有色金属冶炼和压延加工业", "non-ferrous metals"),
    "33": Text("金属制品业", "metal products"),
    "34": Text("通用设备制造业", "general machinery"),
    "35": Text("专用设备制造业", "special machinery"),
    "36": Text("汽车制造业", "cars"),
    "37": Text("铁路、船舶、航空航天和其他运输设备制造业", "other transport equipment"),
    "38": Text("电气机械和器材制造业", "electrical machinery"),
    "39": Text("计算机、通信和其他电子设备制造业", "computers and electronics"),
    "40": Text("仪器仪表制造业", "instruments"),
    "41": Text("其他制造业", "other manufacturing"),
    "42": Text("废弃资源综合利用业", "recycling"),
    "43": Text("金属制品、机械和设备修理业", "repair of machinery"),
    "44": Text("电力、热力生产和供应业", "electricity and heat"),
    "45": Text("燃气生产和供应业", "gas supply"),
    "46": Text("水的生产和供应业", "water supply"),
    "51": Text("批发业", "wholesale"),
    "52": Text("零售业", "retail"),
    "59": Text("装卸搬运和仓储业", "storage"),
    "61": Text("住宿业", "hotels"),
    "62": Text("餐饮业", "restaurants"),
    "77": Text("生态保护和环境治理业", "environmental protection"),
    "78": Text("公共设施管理业", "public facilities"),
    "80": Text("居民服务业", "personal services"),
    "81": Text("机动车、电子产品和日用产品修理业", "repair of cars and goods"),
    "84": Text("卫生", "health"),
}


def sector_title(code: str) -> Text:
    """Return a sector's code with its name.

    Parameters
    ----------
    code : str
        Two digits; "" for sources without an industry.

    Returns
    -------
    Text
        The code alone where no name is known.

    Examples
    --------
    >>> sector_title("26").zh, sector_title("99").en, sector_title("").en
    ('26 化学原料和化学制品制造业', '99', 'no sector given')
    """
    if not code:
        return Text("未填行业", "no sector given")
    if code not in SECTORS:
        return Text(code, code)
    return Text(f"{code} {SECTORS[code].zh}", f"{code} {SECTORS[code].en}")
