"""Words that fictional sources are named with, simplified and traditional; industries by GB/T 4754-2017."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CLASSES", "CONTACT_NAMES", "FIRST", "GIVEN", "SECOND", "SUMMARY_TABLES", "SURNAMES", "Class", "Trade"]


class Trade(NamedTuple):
    """What a source does: how its name ends, and its industry."""

    ending: str
    ending_hant: str
    industry: str


class Class(NamedTuple):
    """A class of sources: its share of the list, its letter in ids, the kind of credit code, and its trades."""

    title: str
    size: int  # published for Quzhou: 12,210 objects in six classes
    letter: str
    credit: str
    branded: bool  # named by an invented brand, else by the place
    trades: tuple[Trade, ...]


CLASSES: tuple[Class, ...] = (
    Class(
        "工业源",
        5163,
        "G",
        "91",
        branded=True,
        trades=(
            Trade("轴承有限公司", "軸承股份有限公司", "3451 滚动轴承制造"),
            Trade("机械制造有限公司", "機械工業有限公司", "3484 机械零部件加工"),
            Trade("钙业有限公司", "碳酸鈣工業有限公司", "3012 石灰和石膏制造"),
            Trade("新型建材有限公司", "建材股份有限公司", "3031 粘土砖瓦及建筑砌块制造"),
            Trade("观赏石加工厂", "石材加工廠", "3032 建筑用石加工"),
            Trade("胡柚食品有限公司", "食品工業有限公司", "1373 水果和坚果加工"),
            Trade("山茶油有限公司", "茶油製造有限公司", "1331 食用植物油加工"),
            Trade("木业有限公司", "木業有限公司", "2039 软木制品及其他木制品制造"),
            Trade("竹制品厂", "竹藝品工廠", "2041 竹制品制造"),
            Trade("纺织有限公司", "紡織股份有限公司", "1711 棉纺纱加工"),
            Trade("服饰有限公司", "成衣有限公司", "1821 运动机织服装制造"),
            Trade("塑料制品有限公司", "塑膠工業有限公司", "2926 塑料包装箱及容器制造"),
            Trade("五金制品厂", "五金企業社", "3389 其他金属制日用品制造"),
            Trade("精细化工有限公司", "化學工業股份有限公司", "2662 专项化学用品制造"),
            Trade("电子科技有限公司", "電子科技股份有限公司", "3985 电子专用材料制造"),
            Trade("混凝土有限公司", "預拌混凝土有限公司", "3021 水泥制品制造"),
        ),
    ),
    Class(
        "规模化畜禽养殖场",
        1346,
        "N",
        "93",
        branded=True,
        trades=(
            Trade("生猪养殖场", "養豬場", "0313 猪的饲养"),
            Trade("蛋鸡养殖场", "蛋雞場", "0321 鸡的饲养"),
            Trade("肉鸡养殖专业合作社", "肉雞場", "0321 鸡的饲养"),
            Trade("蛋鸭养殖场", "養鴨場", "0322 鸭的饲养"),
            Trade("肉牛养殖场", "肉牛牧場", "0311 牛的饲养"),
            Trade("生态家庭农场", "生態牧場", "0313 猪的饲养"),
        ),
    ),
    Class(
        "集中式污染治理设施",
        3788,
        "J",
        "12",
        branded=False,
        trades=(
            Trade("农村生活污水处理终端", "生活污水處理設施", "4620 污水处理及其再生利用"),
            Trade("生活污水处理站", "污水處理站", "4620 污水处理及其再生利用"),
            Trade("生活垃圾中转站", "垃圾轉運站", "7820 环境卫生管理"),
        ),
    ),
    Class(
        "生活源",
        1619,
        "S",
        "92",
        branded=True,
        trades=(
            Trade("土菜馆", "小吃店", "6210 正餐服务"),
            Trade("饭店", "餐廳", "6210 正餐服务"),
            Trade("宾馆", "旅館", "6121 经济型连锁酒店"),
            Trade("民宿", "民宿", "6130 民宿服务"),
            Trade("浴室", "溫泉會館", "8051 洗浴服务"),
            Trade("洗衣店", "洗衣店", "8030 洗染服务"),
            Trade("豆制品作坊", "豆腐店", "1392 豆制品制造"),
        ),
    ),
    Class(
        "移动源",
        255,
        "Y",
        "91",
        branded=True,
        trades=(
            Trade("加油站", "加油站", "5265 机动车燃油零售"),
            Trade("油库", "油庫", "5941 油气仓储"),
        ),
    ),
)
SUMMARY_TABLES = 39  # of Quzhou's 12,210: rows that sum sources up and are none

FIRST = "恒天正金鸿德华永瑞万盛宏康泰兴和润安嘉顺宝隆益昌信裕富祥福东"
SECOND = "源达丰发利通成业辉鑫旺茂宇阳顺诚和龙泰盛运昊晟杰峰林凯伟强"
SURNAMES = "徐王张李陈汪吴周余刘胡方程江郑姜毛叶占樊"
GIVEN = "建国伟芳敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
CONTACT_NAMES = ("先生", "女士")
