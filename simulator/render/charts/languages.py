"""Words of charts in French and Chinese; English is what the program is written in."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.render.charts.wording import Wording, wording

FRENCH: Mapping[str, str] = {
    "exchange": "taux de change",
    "inflation": "inflation",
    "post costs": "coût des postes",
    "vacancy": "vacance de postes",
    "income": "recettes",
    "inflows": "apports extrabudgétaires",
    "lines": "lignes du budget",
    "policy": "politique de change",
    "dependence": "dépendance",
    "proposed": "proposé",
    "initial": "initial",
    "first performance": "premier rapport sur l'exécution",
    "second performance": "second rapport sur l'exécution",
    "third performance": "troisième rapport sur l'exécution",
    "fourth performance": "quatrième rapport sur l'exécution",
    "{currency}": "{currency}",
    "hundred {currency}": "centaines de {currency}",
    "thousand {currency}": "milliers de {currency}",
    "million {currency}": "millions de {currency}",
    "{percent} % of draws": "{percent} % des tirages",
    "Median": "Médiane",
    "Known": "Connu",
    "Budget rate": "Taux budgétaire",
    "Proposed": "Proposé",
    "Fan chart: {what}. In {when}, nine draws out of ten lie between {low} and {high}; "
    "half lie below {middle}.": "Éventail : {what}. En {when}, neuf tirages sur dix se situent "
    "entre {low} et {high} ; la moitié sont inférieurs à {middle}.",
    "Part of the draws": "Part des tirages",
    "Draws up to the amount": "Tirages jusqu'au montant",
    "Probability of exceeding": "Probabilité de dépassement",
    "Distribution: {what}. Nine draws out of ten lie between {low} and {high}; half lie below "
    "{middle}. The outermost bars also hold all draws beyond them.": "Distribution : {what}. Neuf "
    "tirages sur dix se situent entre {low} et {high} ; la moitié sont inférieurs à {middle}. Les "
    "barres extrêmes contiennent aussi tous les tirages qui les dépassent.",
    "Probability of exceeding an amount: {what}.": "Probabilité de dépasser un montant : {what}.",
    "{name}, {amount}: {chance}.": "{name}, {amount} : {chance}.",
    "Part explained": "Part expliquée",
    "What moves it: {what}. {listed}.": "Ce qui la fait varier : {what}. {listed}.",
    "From one result to the other: {what}. {listed}.": "D'un résultat à l'autre : {what}. "
    "{listed}.",
    "Part of what is planned": "Part de ce qui est prévu",
    "Outputs at risk: {listed}.": "Produits en péril : {listed}.",
    "{mean} of {planned}, P95 {worst}": "{mean} sur {planned}, P95 {worst}",
    "{year}: mean {mean}, from {low} to {high} in nine draws out of ten": "{year} : moyenne "
    "{mean}, de {low} à {high} dans neuf tirages sur dix",
    "Receipts by year and window: {what}. {listed}.": "Versements par année et par guichet : "
    "{what}. {listed}.",
    "{pair}, monthly averages": "{pair}, moyennes mensuelles",
    "Contribution of {parent}, {currency}": "Contribution de {parent}, {currency}",
    "Contribution of {parent}, {currency}, {period}": "Contribution de {parent}, {currency}, "
    "{period}",
    "{what}: what is left open at each stage": "{what} : ce qui reste ouvert à chaque étape",
    "{what}: what moves it": "{what} : ce qui la fait varier",
    "{what}, mean: from {one} to {other}": "{what}, moyenne : de {one} à {other}",
    "Mean receipts by year and window, {period}": "Versements moyens par année et par guichet, "
    "{period}",
}

CHINESE: Mapping[str, str] = {
    "exchange": "汇率",
    "inflation": "通货膨胀",
    "post costs": "员额费用",
    "vacancy": "空缺率",
    "income": "收入",
    "inflows": "预算外收款",
    "lines": "预算项目",
    "policy": "汇率政策",
    "dependence": "相关性",
    "proposed": "拟议",
    "initial": "初步",
    "first performance": "第一次执行情况报告",
    "second performance": "第二次执行情况报告",
    "third performance": "第三次执行情况报告",
    "fourth performance": "第四次执行情况报告",
    "{currency}": "{currency}",
    "hundred {currency}": "百{currency}",
    "thousand {currency}": "千{currency}",
    "million {currency}": "百万{currency}",
    "{percent} % of draws": "{percent}%的抽样",
    "Median": "中位数",
    "Known": "已知",
    "Budget rate": "预算汇率",
    "Proposed": "拟议",
    "Fan chart: {what}. In {when}, nine draws out of ten lie between {low} and {high}; "
    "half lie below {middle}.": "扇形图：{what}。{when}，十分之九的抽样介于{low}与{high}之间；"
    "一半低于{middle}。",
    "Part of the draws": "抽样比例",
    "Draws up to the amount": "不超过该数额的抽样",
    "Probability of exceeding": "超过的概率",
    "Distribution: {what}. Nine draws out of ten lie between {low} and {high}; half lie below "
    "{middle}. The outermost bars also hold all draws beyond them.": "分布：{what}。十分之九的抽样"
    "介于{low}与{high}之间；一半低于{middle}。最外侧的柱也包含其外的所有抽样。",
    "Probability of exceeding an amount: {what}.": "超过某一数额的概率：{what}。",
    "{name}, {amount}: {chance}.": "{name}，{amount}：{chance}。",
    "Part explained": "所解释的比例",
    "What moves it: {what}. {listed}.": "变动因素：{what}。{listed}。",
    "From one result to the other: {what}. {listed}.": "从一个结果到另一个结果：{what}。{listed}。",
    "Part of what is planned": "占计划的比例",
    "Outputs at risk: {listed}.": "受影响的产出：{listed}。",
    "{mean} of {planned}, P95 {worst}": "{planned}之中{mean}，P95为{worst}",
    "{year}: mean {mean}, from {low} to {high} in nine draws out of ten": "{year}年：均值{mean}，"
    "十分之九的抽样介于{low}与{high}之间",
    "Receipts by year and window: {what}. {listed}.": "按年份和窗口分列的收款：{what}。{listed}。",
    "{pair}, monthly averages": "{pair}，月平均",
    "Contribution of {parent}, {currency}": "{parent}的缴款，{currency}",
    "Contribution of {parent}, {currency}, {period}": "{parent}的缴款，{currency}，{period}",
    "{what}: what is left open at each stage": "{what}：各阶段尚未确定的部分",
    "{what}: what moves it": "{what}：变动因素",
    "{what}, mean: from {one} to {other}": "{what}，均值：从{one}到{other}",
    "Mean receipts by year and window, {period}": "按年份和窗口分列的平均收款，{period}",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": {}, "fr": FRENCH, "zh": CHINESE}


def wording_of(code: str) -> Wording:
    """The words and numbers of charts in a language of `LANGUAGES`; KeyError for another."""
    texts = LANGUAGES[code]
    return wording(code, lambda text: texts.get(text, text))
