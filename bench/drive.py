"""What the product is measured against, each as a process of its own.

python bench/drive.py bare FILE OUT COLUMNS    Polars, lossy text, to Parquet
python bench/drive.py typed FILE OUT COLUMNS   the same, numbers and dates typed
python bench/drive.py duckdb FILE OUT COLUMNS  DuckDB, exact text, to Parquet
python bench/drive.py scan PLAN                the stored columns of PLAN (JSON: {file pattern: columns})
python bench/drive.py rules STORE [ID ...]     rules (all, if none is named) on the stored tables, no report
python bench/drive.py parsed FILE              every line of a file, by `json` of the standard library
python bench/drive.py low STORE [ID ...]       the same with as little memory as can be
python bench/drive.py each STORE [ID ...]      only what rules search, the time of each, as JSON
python bench/drive.py twins STORE ID ...       the same questions to DuckDB, time and answer of each, as JSON
python bench/drive.py needs                    what each source and rule reads, as JSON
"""

import json
import sys
from pathlib import Path
from typing import Final

_AMOUNTS: Final = frozenset({"MontoTotalOC", "cantidad", "precioNeto", "totalLineaNeto"})
_DAYS: Final = frozenset({"FechaEnvio", "FechaAceptacion"})


def bare(file: str, out: str, columns: list[str], *, typed: bool = False) -> None:
    """Scan with Polars and write the columns; every accent is lost."""
    import polars as pl  # noqa: PLC0415

    schema = {name: pl.Decimal(20, 4) for name in _AMOUNTS} if typed else {}
    lines = pl.scan_csv(
        file,
        separator=";",
        encoding="utf8-lossy",
        infer_schema=False,
        null_values="NA",
        schema_overrides=schema | (dict.fromkeys(_DAYS, pl.Date) if typed else {}),
        decimal_comma=typed,
    )
    lines.select(columns).sink_parquet(out)


def duckdb(file: str, out: str, columns: list[str]) -> None:
    """Convert with DuckDB; the text is exact."""
    import duckdb as engine  # noqa: PLC0415

    names = ", ".join(f'"{name}"' for name in columns)
    engine.execute("SET threads = 2")
    engine.execute(
        f"COPY (SELECT {names} FROM read_csv($file, delim=';', quote='\"', escape='\"', header=true, "  # noqa: S608
        "all_varchar=true, encoding='latin-1', nullstr='NA', new_line='\\r\\n')) "
        f"TO '{out}' (FORMAT parquet, COMPRESSION zstd)",
        {"file": file},
    )


def parsed(file: str) -> None:
    """Read every line with the parser of the standard library, and keep nothing."""
    with Path(file).open("rb") as lines:
        for line in lines:
            json.loads(line)


def scan(plan: dict[str, list[str]]) -> None:
    """Read stored columns and keep nothing."""
    import polars as pl  # noqa: PLC0415

    for pattern, columns in plan.items():
        rows = pl.scan_parquet(pattern, hive_partitioning=True).select(columns)
        rows.select(pl.all().null_count()).collect(engine="streaming")


def rules(folder: str, ids: list[str], *, low_memory: bool = False) -> None:
    """Put rules to the stored tables and tell nobody."""
    from spendaudit.cli import thrift  # noqa: PLC0415

    thrift.begin(thrift.SPARING if low_memory else thrift.SEARCHING)
    from spendaudit.audit.run import audit  # noqa: PLC0415
    from spendaudit.ingest.store import Store  # noqa: PLC0415
    from spendaudit.load.tables import open_tables  # noqa: PLC0415
    from spendaudit.rules import load_rules  # noqa: PLC0415

    store = Store(Path(folder))
    inputs = [entry for entry, _ in store.entries()]
    asked = [rule for rule in load_rules().values() if not ids or rule.id in ids]
    audit(open_tables(inputs, store, numbered=True), inputs, asked, low_memory=low_memory)


def each(folder: str, ids: list[str]) -> None:
    """Put rules to the stored tables and tell the time of each."""
    from dataclasses import asdict  # noqa: PLC0415

    from each import timed  # noqa: PLC0415

    json.dump([asdict(one) for one in timed(Path(folder), ids)], sys.stdout)


def twins(folder: str, ids: list[str]) -> None:
    """Ask DuckDB what rules ask."""
    from dataclasses import asdict  # noqa: PLC0415

    from twins import answers  # noqa: PLC0415

    json.dump([asdict(one) for one in answers(Path(folder), ids)], sys.stdout)


def needs() -> None:
    """Tell which published columns the source reads, and which stored ones each rule does."""
    from spendaudit.model.tables import JOINED, PROVENANCE  # noqa: PLC0415
    from spendaudit.rules import load_rules  # noqa: PLC0415
    from spendaudit.sources import load_sources  # noqa: PLC0415

    read = {}
    for rule in load_rules().values():
        tables = {**rule.needs, **rule.uses}
        read[rule.id] = {
            table: [
                name
                for name in rule.columns(table)
                if name not in {*JOINED.get(table, {}), *PROVENANCE} - {"row"}
            ]
            for table in sorted(tables)
        }
    used = sorted(load_sources()["cl_mercado_publico_orders"].used)
    json.dump({"columns": used, "rules": read}, sys.stdout)


def main() -> None:
    """Do what the first word says."""
    what, *words = sys.argv[1:]
    if what == "needs":
        needs()
    elif what in {"rules", "low"}:
        rules(words[0], words[1:], low_memory=what == "low")
    elif what == "each":
        each(words[0], words[1:])
    elif what == "twins":
        twins(words[0], words[1:])
    elif what == "parsed":
        parsed(words[0])
    elif what == "scan":
        scan(json.loads(words[0]))
    else:
        file, out, columns = words[0], words[1], json.loads(words[2])
        if what == "duckdb":
            duckdb(file, out, columns)
        else:
            bare(file, out, columns, typed=what == "typed")


if __name__ == "__main__":
    main()
