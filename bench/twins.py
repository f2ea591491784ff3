"""The same questions in SQL: what DuckDB is asked where a rule is measured against it.

Every query answers with one row: how many findings, on how many rows, and what they add up to. Their rows are
listed as a rule lists them, so that neither engine is spared anything.
"""
# Constants are put together here, nothing that anyone types.
# ruff: noqa: S608

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: What rules on contracts begin with: contracts that came to nothing are no spending.
_STANDING: Final = "NOT coalesce(is_void, false)"
_YEAR: Final = "year(decision_date) AS year"
_ANSWER: Final = "SELECT count(*), coalesce(sum(len(members)), 0), coalesce(sum(amount), 0) FROM found"


def _known(*columns: str) -> str:
    return " AND ".join(f"{name} IS NOT NULL" for name in columns)


def _quartile(number: int, values: str) -> str:
    """Hyndman and Fan's type 8, as `rules/_cohorts.py` has it."""
    twelfths = f"({3 * number} * count + {number + 4})"
    low, high = f"{values}[{twelfths} // 12]", f"{values}[{twelfths} // 12 + 1]"
    return f"CAST(({low} * (12 - {twelfths} % 12) + {high} * ({twelfths} % 12)) / 12 AS DOUBLE)"


#: By rule.
TWINS: Final[Mapping[str, str]] = {
    "CON003": f"""
        WITH purchases AS (
            SELECT source, buyer_key, currency, {_YEAR}, supplier_key, amount, row FROM contracts
            WHERE amount > 0 AND {_STANDING} AND {_known("buyer_key", "supplier_key", "currency")}
            AND decision_date IS NOT NULL
        ), suppliers AS (
            SELECT source, buyer_key, currency, year, CAST(sum(amount) * 10000 AS HUGEINT) AS spent,
                count(*) AS n
            FROM purchases GROUP BY source, buyer_key, currency, year, supplier_key
        ), buyers AS (
            SELECT *, sum(spent) OVER (PARTITION BY source, buyer_key, currency, year) AS total FROM suppliers
        ), tight AS (
            SELECT source, buyer_key, currency, year FROM buyers GROUP BY ALL
            HAVING sum(n) >= 20 AND sum(CAST(spent * 1000000 // total AS HUGEINT) ** 2) >= 0.25 * 1e12
        ), found AS (
            SELECT list(row ORDER BY row) AS members, sum(amount) AS amount
            FROM purchases JOIN tight USING (source, buyer_key, currency, year)
            GROUP BY source, buyer_key, currency, year
        ) {_ANSWER}""",
    "CON005": f"""
        WITH judged AS (
            SELECT source, supplier_key, buyer_key, decision_date, amount, currency, row FROM contracts
            WHERE {_STANDING} AND {_known("buyer_key", "supplier_key", "decision_date")}
        ), wide AS (
            SELECT source FROM judged GROUP BY source HAVING count(DISTINCT buyer_key) >= 5
        ), captive AS (
            SELECT source, supplier_key FROM judged GROUP BY ALL
            HAVING count(*) >= 4 AND min(buyer_key) = max(buyer_key)
            AND max(decision_date) - min(decision_date) >= 365
        ), found AS (
            SELECT list(row ORDER BY row) AS members,
                CASE WHEN count(DISTINCT currency) = 1 THEN sum(amount) END AS amount
            FROM judged JOIN captive USING (source, supplier_key) JOIN wide USING (source)
            GROUP BY source, supplier_key
        ) {_ANSWER}""",
    "CON010": f"""
        WITH purchases AS (
            SELECT source, currency, supplier_key, {_YEAR}, amount, row FROM contracts
            WHERE amount > 0 AND {_STANDING} AND {_known("supplier_key", "currency", "decision_date")}
        ), years AS (
            SELECT source, currency, supplier_key, year, sum(amount) AS spent, count(*) AS n
            FROM purchases GROUP BY ALL
        ), everyone AS (
            SELECT source, currency, year, sum(spent) AS spent FROM years GROUP BY ALL
        ), growth AS (
            SELECT a.source, a.currency, a.year, greatest(1.0, a.spent::DOUBLE / b.spent::DOUBLE) AS growth
            FROM everyone a JOIN everyone b
            ON a.source = b.source AND a.currency = b.currency AND a.year = b.year + 1
        ), surges AS (
            SELECT a.source, a.currency, a.supplier_key, a.year
            FROM years a JOIN years b ON a.source = b.source AND a.currency = b.currency
                AND a.supplier_key = b.supplier_key AND a.year = b.year + 1
            JOIN growth g ON a.source = g.source AND a.currency = g.currency AND a.year = g.year
            WHERE a.n >= 3 AND a.spent::DOUBLE >= b.spent::DOUBLE * 5 * round(growth, 4)
        ), found AS (
            SELECT list(row ORDER BY row) AS members, sum(amount) AS amount
            FROM purchases JOIN surges USING (source, currency, supplier_key, year)
            GROUP BY source, currency, supplier_key, year
        ) {_ANSWER}""",
    "DQ014": """
        WITH judged AS (
            SELECT source, buyer_key, title, amount, currency, row FROM contracts WHERE title IS NOT NULL
        ), buyers AS (
            SELECT source, buyer_key, count(*) AS n FROM judged GROUP BY ALL
        ), titles AS (
            SELECT source, buyer_key, title, count(*) AS alike FROM judged GROUP BY ALL HAVING count(*) >= 10
        ), found AS (
            SELECT list(row ORDER BY row) AS members,
                CASE WHEN count(DISTINCT currency) = 1 THEN sum(amount) END AS amount
            FROM judged JOIN titles USING (source, buyer_key, title) JOIN buyers USING (source, buyer_key)
            WHERE alike >= 0.4 * n GROUP BY source, buyer_key, title
        ) """
    + _ANSWER,
    "DQ002": f"""
        WITH found AS (
            SELECT list(row ORDER BY row) AS members, sum(amount) - max(amount) AS amount
            FROM contracts WHERE contract_id IS NOT NULL
            GROUP BY source, contract_id HAVING count(*) > 1
        ) {_ANSWER}""",
    "PAY007": """
        WITH found AS (
            SELECT list(row ORDER BY row) AS members, sum(amount) AS amount FROM payments
            WHERE isodow(date) >= 6 AND date != last_day(date) AND amount > 0 AND currency IS NOT NULL
            GROUP BY payer_key, currency, date
        ) """
    + _ANSWER,
    "PRC004": f"""
        WITH lines AS (
            SELECT source, item_scheme, item_code, unit, currency, unit_price, amount, row FROM items
            WHERE unit_price > 0 AND {_known("item_code", "unit", "currency")}
        ), sorted AS (
            SELECT source, item_scheme, item_code, unit, currency, count(*) AS count,
                list(unit_price ORDER BY unit_price) AS prices
            FROM lines GROUP BY ALL HAVING count(*) >= 10
        ), usual AS (
            SELECT source, item_scheme, item_code, unit, currency, {_quartile(1, "prices")} AS lower,
                {_quartile(2, "prices")} AS median, {_quartile(3, "prices")} AS upper
            FROM sorted
        ), found AS (
            SELECT list(row ORDER BY row) AS members, sum(amount) AS amount
            FROM lines JOIN usual ON lines.source = usual.source
                AND lines.item_scheme IS NOT DISTINCT FROM usual.item_scheme
                AND lines.item_code = usual.item_code AND lines.unit = usual.unit
                AND lines.currency = usual.currency
            WHERE unit_price >= 3 * median AND unit_price > upper * (upper / lower) ** 3
            GROUP BY lines.source, lines.item_scheme, lines.item_code, lines.unit, lines.currency
        ) {_ANSWER}""",
    "PRC007": f"""
        WITH judged AS (
            SELECT buyer_key, supplier_key, currency, amount, row,
                amount % (10 ** (length(CAST(floor(amount) AS BIGINT)::VARCHAR) // 2 + 1))::BIGINT = 0 AS even
            FROM contracts
            WHERE amount >= 10000 AND {_STANDING} AND {_known("buyer_key", "supplier_key", "currency")}
        ), pairs AS (
            SELECT buyer_key, supplier_key, currency FROM judged GROUP BY ALL
            HAVING count(*) >= 10 AND count(*) FILTER (even) >= 0.9 * count(*)
        ), found AS (
            SELECT list(row ORDER BY row) AS members, sum(amount) AS amount
            FROM judged JOIN pairs USING (buyer_key, supplier_key, currency) WHERE even
            GROUP BY buyer_key, supplier_key, currency
        ) {_ANSWER}""",
    "SUP013": f"""
        WITH judged AS (
            SELECT buyer_key, supplier_key, currency, decision_date, amount, row FROM contracts
            WHERE amount > 0 AND {_STANDING} AND {_known("buyer_key", "supplier_key", "currency")}
            AND decision_date IS NOT NULL
        ), usual AS (
            SELECT buyer_key, currency, quantile_disc(amount, 0.9) AS usual FROM judged GROUP BY ALL
            HAVING count(*) >= 20
        ), began AS (
            SELECT buyer_key, min(decision_date) AS began FROM judged GROUP BY ALL
        ), met AS (
            SELECT buyer_key, supplier_key, min(decision_date) AS met FROM judged GROUP BY ALL
        ), found AS (
            SELECT [row] AS members, amount FROM judged JOIN usual USING (buyer_key, currency)
            JOIN began USING (buyer_key) JOIN met USING (buyer_key, supplier_key)
            WHERE amount > 5 * usual AND decision_date = met AND decision_date - began >= 365
        ) {_ANSWER}""",
    "TIM010": f"""
        WITH purchases AS (
            SELECT buyer_key, currency, {_YEAR}, month(decision_date) AS month, amount, row FROM contracts
            WHERE amount > 0 AND {_STANDING} AND {_known("buyer_key", "currency", "decision_date")}
        ), rushes AS (
            SELECT buyer_key, currency, year FROM purchases GROUP BY ALL
            HAVING count(*) >= 10 AND count(DISTINCT month) >= 6
            AND coalesce(sum(amount) FILTER (month = 12), 0) * 4 >= sum(amount)
        ), found AS (
            SELECT list(row ORDER BY row) AS members, sum(amount) AS amount
            FROM purchases JOIN rushes USING (buyer_key, currency, year) WHERE month = 12
            GROUP BY buyer_key, currency, year
        ) {_ANSWER}""",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """One rule's question: how long DuckDB took, and its answer."""

    rule: str
    wall: float
    cpu: float
    findings: int
    #: Rows that findings name, each as often as it is named.
    rows: int
    #: What they add up to.
    amount: str


def answers(store: Path, rules: Iterable[str]) -> list[Answered]:
    """Ask DuckDB what rules are asked, of the tables as they are stored."""
    import duckdb as engine  # noqa: PLC0415

    engine.execute("SET threads = 2")
    for table in ("contracts", "items", "payments"):
        files = store / "tables" / table / "**" / "*.parquet"
        engine.execute(
            f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{files}', hive_partitioning = true)"
        )
    told = []
    for rule in rules:
        wall, cpu = time.perf_counter(), time.process_time()
        findings, rows, amount = engine.execute(TWINS[rule]).fetchall()[0]
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        told.append(Answered(rule, *spent, findings, rows, f"{amount:.4f}"))
    return told
