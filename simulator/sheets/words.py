"""The words of header cells: a field's name in English, French or Chinese.

A header is matched without regard to capitals, accents, and spaces or hyphens in place of `_`,
part by part: `Reçu.2031` and `收到.2031` are `received.2031`. Other words stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

LANGUAGES = ("en", "fr", "zh")
"""Of headers; English ones are the fields themselves."""

WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # posts and their changes
    "office": (("bureau",), ("办公室",)),
    "fund": (("fonds",), ("基金",)),
    "grade": (("classe",), ("职等",)),
    "posts": (("postes",), ("员额",)),
    "reconciliation": (("rapprochement",), ("调节",)),
    "change": (("changement",), ("变动",)),
    "from_grade": (("classe_antérieure",), ("原职等",)),
    "from_office": (("bureau_antérieur",), ("原办公室",)),
    # pledges
    "name": (("nom",), ("名称",)),
    "window": (("guichet",), ("窗口",)),
    "currency": (("monnaie", "devise"), ("货币", "币种")),
    "amount": (("montant",), ("数额",)),
    "probability": (("probabilité",), ("概率",)),
    "stage": (("étape",), ("阶段",)),
    "received": (("reçu",), ("收到",)),
    "delay_months": (("retard_mois",), ("延迟月数",)),
    # numbers, their sources and their laws
    "value": (("valeur",), ("数值",)),
    "source": (("source",), ("来源",)),
    "as_of": (("en_date_du",), ("截至",)),
    "assumption": (("hypothèse",), ("假设",)),
    "approved_by": (("approuvé_par",), ("批准人",)),
    "approved_on": (("approuvé_le",), ("批准日期",)),
    "expires": (("expire_le",), ("到期日",)),
    "note": (("note", "remarque"), ("备注", "注")),
    "min": (("min", "minimum"), ("最小值",)),
    "max": (("max", "maximum"), ("最大值",)),
    "central": (("central",), ("中心值",)),
    "mode": (("mode",), ("众数",)),
    "mean": (("moyenne",), ("均值",)),
    "median": (("médiane",), ("中位数",)),
    "sd": (("écart_type",), ("标准差",)),
    "log_sd": (("écart_type_log",), ("对数标准差",)),
    "p": (("p",), ("单次概率",)),
    "p10": (("p10",), ("第10百分位",)),
    "p50": (("p50",), ("第50百分位",)),
    "p90": (("p90",), ("第90百分位",)),
    "values": (("valeurs",), ("数值列",)),
    "weight": (("poids",), ("权重",)),
    "weights": (("pondérations",), ("权重列",)),
    "alpha": (("alpha",), ("阿尔法",)),
    "beta": (("bêta",), ("贝塔",)),
    "normal": (("normale",), ("正态",)),
    "lognormal": (("lognormale",), ("对数正态",)),
    "pert": (("pert",), ("计划评审",)),
    "triangular": (("triangulaire",), ("三角",)),
    "uniform": (("uniforme",), ("均匀",)),
    "discrete": (("discrète",), ("离散",)),
    "bernoulli": (("bernoulli",), ("伯努利",)),
    "empirical": (("empirique",), ("经验",)),
    # published figures
    "id": (("identifiant",), ("编号",)),
    "where": (("endroit",), ("位置",)),
    "what": (("objet",), ("内容",)),
    "period": (("période",), ("期间",)),
    "unit": (("unité",), ("单位",)),
    "printed": (("imprimé",), ("印数",)),
    "rule": (("règle",), ("规则",)),
    "quantum": (("arrondi",), ("舍入",)),
    "fault": (("faute",), ("错误",)),
    "should_print": (("devrait_être",), ("应为",)),
    "row": (("ligne",), ("行",)),
    "column": (("colonne",), ("列",)),
    # rates and inflation
    "month": (("mois",), ("月份",)),
    "date": (("date",), ("日期",)),
    "base": (("monnaie_de_base",), ("基准货币",)),
    "pair": (("paire",), ("货币对",)),
    "rate": (("taux",), ("汇率",)),
    "kind": (("type",), ("类型",)),
    "known_on": (("connu_le",), ("知悉日期",)),
    "year": (("année",), ("年份",)),
    "country": (("pays",), ("国家",)),
    "inflation": (("inflation",), ("通货膨胀",)),
    "inflation_pct": (("inflation_pct",), ("通货膨胀百分比",)),
    "comment": (("commentaire",), ("说明",)),
    "days": (("jours",), ("天数",)),
    "licence": (("licence",), ("许可",)),
}
"""Words of each field: French, Chinese. The first of each is the one to show."""


def folded(word: str) -> str:
    """A word without capitals, accents and outer spaces; spaces and hyphens are `_`."""
    apart = unicodedata.normalize("NFKD", word.strip()).casefold()
    return re.sub(r"[\s\-]+", "_", "".join(x for x in apart if not unicodedata.combining(x)))


FIELDS = {
    folded(word): field
    for field, languages in WORDS.items()
    for word in (field, *languages[0], *languages[1])
}
"""The field that each word means, whatever its language."""


def field_of(header: str) -> str:
    """The field that a header cell names; parts that are no word of ours stay as they are."""
    return ".".join(FIELDS.get(folded(part), part.strip()) for part in header.split("."))


def column_label(field: str, header: str) -> str:
    """How a message names a column: its field, and the header as it stands when that differs."""
    return field if header.strip() == field or not header.strip() else f'{field} ("{header}")'


def header_of(field: str, language: str) -> str:
    """A field as a header in `en`, `fr` or `zh`: the first of its words, part by part."""
    if language == "en":
        return field
    at = LANGUAGES[1:].index(language)
    parts = field.split(".")
    return ".".join(WORDS[part][at][0] if part in WORDS else part for part in parts)
