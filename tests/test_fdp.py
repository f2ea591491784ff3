"""Files with a Fiscal Data Package descriptor are read as it says, and refused where it says too little."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Loaded, normalize
from spendaudit.load.published_lines import published_lines
from spendaudit.load.tables import open_tables

Json = dict[str, Any]

_CSV = "F,L,Spent\n01,Schools,10.50\n02,Roads,7\n"
_FUNCTION: Json = {
    "function": {
        "dimensionType": "classification",
        "classificationType": "functional",
        "attributes": {"code": {"source": "F"}, "label": {"source": "L", "labelfor": "code"}},
        "primaryKey": "code",
    }
}


def _package(measures: Any, dimensions: Any = _FUNCTION, columns: str = "F,L,Spent", **more: Any) -> Json:
    """Write a descriptor of version 0.3."""
    fields = [{"name": name, "type": "string"} for name in columns.split(",")]
    resource = {"name": "lines", "path": "data/lines.csv", "schema": {"fields": fields}}
    model = {"measures": measures, "dimensions": dimensions}
    return {"name": "p", "resources": [resource], "model": model} | more


def _typed(fields: Mapping[str, Json], extra: Sequence[Json] = (), **schema: Any) -> Json:
    """Write a descriptor of version 1."""
    described = [{"name": name, "type": "string", **one} for name, one in fields.items()]
    told = {"fields": described, "extraFields": list(extra), **schema}
    return {"name": "p", "resources": [{"name": "lines", "path": "lines.csv", "schema": told}]}


def _spent(**more: Any) -> Json:
    return {"spent": {"source": "Spent", "currency": "EUR", "phase": "executed"} | more}


def _load(folder: Path, package: Json, csv: str = _CSV, name: str = "lines.csv", given: str = "") -> Loaded:
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(csv.encode())
    return normalize([folder / given if given else path], Store(folder / "store"))


def _rows(folder: Path, loaded: Loaded, *columns: str, table: str = "budget") -> list[tuple[Any, ...]]:
    assert [str(one.error) for one in loaded.refused] == []
    tables = open_tables(loaded.inputs, Store(folder / "store"))
    return tables[table].select(columns).collect().sort(pl.all()).rows()


def _refusal(loaded: Loaded) -> str:
    (refused,) = loaded.refused
    assert loaded.inputs == ()
    return f"{refused.error} ({refused.error.hint})"


@pytest.mark.parametrize("name", ["lines.csv", "data/lines.csv"])
@pytest.mark.parametrize("given", ["", "datapackage.json", "."])
def test_a_descriptor_is_found_beside_or_above_a_file_or_given_for_it(
    name: str, given: str, tmp_path: Path
) -> None:
    loaded = _load(tmp_path, _package(_spent(), countryCode="es"), name=name, given=given)

    assert _rows(
        tmp_path, loaded, "functional_code", "functional_label", "line_id", "executed", "currency"
    ) == [
        ("01", "Schools", "01", Decimal("10.5"), "EUR"),
        ("02", "Roads", "02", Decimal(7), "EUR"),
    ]
    assert [(one.source, one.jurisdiction) for one in loaded.inputs] == [("fdp", "ES")]


def test_a_file_that_is_refused_is_told_once_with_its_descriptor_beside_it(tmp_path: Path) -> None:
    _load(tmp_path, _package(_spent(phase="")))

    loaded = normalize(sorted(tmp_path.glob("*.*")), Store(tmp_path / "store"))

    assert "lines.csv: datapackage.json does not say the phase of spent" in _refusal(loaded)
    assert [one.label for one in loaded.passed_over] == ["datapackage.json"]


def test_a_descriptor_is_found_in_the_same_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "budget.zip", "w") as archive:
        archive.writestr("budget/datapackage.json", json.dumps(_package(_spent())))
        archive.writestr("budget/data/lines.csv", _CSV)

    loaded = normalize([tmp_path / "budget.zip"], Store(tmp_path / "store"))

    assert _rows(tmp_path, loaded, "line_id", "executed") == [("01", Decimal("10.5")), ("02", Decimal(7))]
    assert [one.reason for one in loaded.passed_over] == ["it describes other files"]


def test_a_file_of_another_name_is_described_if_its_columns_are(tmp_path: Path) -> None:
    loaded = _load(tmp_path, _package(_spent()), name="2015.csv")

    assert loaded.inputs[0].notes[0] == "read as datapackage.json says of lines.csv, whose columns these are"


def test_a_file_that_no_descriptor_speaks_of_is_of_nobody(tmp_path: Path) -> None:
    loaded = _load(tmp_path, _package(_spent()), "F,L,Spent,Note\n1,2,3,4\n", name="2015.csv")
    missing = normalize([tmp_path / "datapackage.json"], Store(tmp_path / "store"))

    assert "is of no portal that spendaudit knows" in _refusal(loaded)
    assert "speaks of data/lines.csv, which is not beside it" in _refusal(missing)


def test_a_file_that_lacks_a_described_column_is_refused_by_name(tmp_path: Path) -> None:
    lacking = _load(tmp_path, _package(_spent()), "F,L\n1,2\n")

    assert 'needs the column "Spent"' in _refusal(lacking)


@pytest.mark.parametrize(
    ("measures", "told"),
    [
        ({"a": {"source": "Spent", "currency": "EUR"}}, "does not say the phase of a"),
        (_spent(phase="dreamt"), "dreamt, the phase of spent, has no place"),
        (_spent(currency=""), "does not say the currency of spent"),
        (_spent(phase="proposed"), "all amounts are only proposed"),
        (_spent(factor=0.5), "spent is to be multiplied by 0.5"),
        (_spent(direction="sideways"), "the directions of spent are sideways"),
        (_spent(fiscalYear="2014-15"), "2014-15 is no fiscal year"),
        (
            _spent() | {"again": {"source": "F", "currency": "EUR", "phase": "executed"}},
            "what tells spent, again apart, which are all executed",
        ),
        (
            _spent() | {"other": {"source": "F", "currency": "USD", "phase": "paid"}},
            "the currency of spent, other",
        ),
        ({"a": {"currency": "EUR"}}, "the measure a names no source"),
        ({}, "names no column of amounts"),
    ],
)
def test_what_a_descriptor_leaves_open_is_refused(measures: Json, told: str, tmp_path: Path) -> None:
    assert told in _refusal(_load(tmp_path, _package(measures)))


def test_a_package_without_a_model_is_refused(tmp_path: Path) -> None:
    assert "neither a model nor column types" in _refusal(_load(tmp_path, _typed({"F": {}, "L": {}})))


def test_amounts_are_multiplied_and_only_proposed_ones_left_out(tmp_path: Path) -> None:
    measures = _spent(factor=1000, direction="revenue") | {
        "wish": {"source": "F", "currency": "EUR", "phase": "proposed"}
    }

    loaded = _load(tmp_path, _package(measures))

    assert _rows(tmp_path, loaded, "executed", "direction") == [
        (Decimal(7000), "revenue"),
        (Decimal(10500), "revenue"),
    ]
    assert "amounts that are only proposed were left out: wish" in loaded.inputs[0].notes


def test_a_factor_that_is_not_stated_is_told(tmp_path: Path) -> None:
    told = "amounts are taken as they stand: the descriptor states no factor"

    assert told in _load(tmp_path, _package(_spent())).inputs[0].notes
    assert told not in _load(tmp_path, _package(_spent(factor=1))).inputs[0].notes


def test_years_side_by_side_become_a_row_each(tmp_path: Path) -> None:
    measures = {
        str(year): {"source": f"y{year}", "currency": "AUD", "phase": "approved", "fiscalYear": year}
        for year in (2015, 2016)
    }

    loaded = _load(
        tmp_path,
        _package(measures, columns="F,L,y2015,y2016"),
        "F,L,y2015,y2016\n01,a,1,2\n02,b,,nfp\n03,c,,\n",
    )

    assert _rows(tmp_path, loaded, "row", "fiscal_year", "approved") == [
        (2, 2015, Decimal(1)),
        (2, 2016, Decimal(2)),
    ]
    assert loaded.inputs[0].quarantine == {"y2016 cannot be read as a number": 1}


@pytest.mark.parametrize(
    ("more", "year"),
    [
        ({"fiscalPeriod": {"start": "2014-01-01", "end": "2014-12-31"}}, 2014),
        ({"fiscalPeriod": {"start": "2014-07-01", "end": "2015-06-30"}}, None),
    ],
)
def test_the_year_is_that_of_a_period_within_one(more: Json, year: int | None, tmp_path: Path) -> None:
    loaded = _load(tmp_path, _package(_spent(), **more))

    assert {row[0] for row in _rows(tmp_path, loaded, "fiscal_year")} == {year}


def test_a_constant_year_holds_for_all_rows(tmp_path: Path) -> None:
    date = {"date": {"dimensionType": "datetime", "attributes": {"year": {"constant": "2013"}}}}

    loaded = _load(tmp_path, _package(_spent(), _FUNCTION | date))

    assert {row[0] for row in _rows(tmp_path, loaded, "fiscal_year")} == {2013}


def test_levels_that_drafts_wrote_as_a_list_are_read_from_the_top(tmp_path: Path) -> None:
    levels = [
        {"id": {"source": "a"}, "title": {"source": "A"}},
        {"id": {"source": "b"}, "title": {"source": "B"}},
    ]
    dimension = {
        "dimensionType": "classification",
        "classificationType": "administrative",
        "attributes": levels,
    }

    loaded = _load(tmp_path, _package(_spent(), {"x": dimension}), "a,A,b,B,Spent\n1,Town,2,Office,5\n")

    columns = ("administrative_code", "administrative_label", "institution_id", "institution_name")
    assert _rows(tmp_path, loaded, *columns) == [("1-2", "Office", "1", "Town")]


def test_column_types_constants_and_normalised_amounts_are_read(tmp_path: Path) -> None:
    package = _typed(
        {
            "Who": {"columnType": "administrative-classification:generic:level1:code"},
            "Office": {"columnType": "administrative-classification:generic:level2:code"},
            "Name": {"columnType": "administrative-classification:generic:level2:label"},
            "Cofog": {"columnType": "functional-classification:cofog:group:code:full"},
            "Fund": {"columnType": "fin-source:generic:code"},
            "Programme": {"columnType": "activity:generic:program:code"},
            "Plan": {
                "columnType": "value",
                "type": "number",
                "decimalChar": ",",
                "normalize": {"Phase": "approved", "Year": 2015},
            },
            "Actual": {
                "columnType": "value",
                "decimalChar": ",",
                "normalize": {"Phase": "executed", "Year": 2015},
            },
            "Note": {},
        },
        [
            {"name": "Phase", "columnType": "phase:id"},
            {"name": "Year", "columnType": "date:fiscal-year"},
            {"name": "Amount", "columnType": "value", "normalizationTarget": True},
            {"name": "Way", "columnType": "direction", "constant": "expenditure"},
            {"name": "Money", "columnType": "value-currency:code", "constant": "USD"},
        ],
        missingValues=["", "n/a"],
    )

    loaded = _load(
        tmp_path,
        package,
        'Who,Office,Name,Cofog,Fund,Programme,Plan,Actual,Note\n1,2,Works,01.1,F,P,"1.500,25",n/a,x\n',
    )

    columns = ("fiscal_year", "line_id", "administrative_code", "administrative_label", "functional_code")
    assert _rows(
        tmp_path, loaded, *columns, "fund_code", "approved", "executed", "direction", "currency"
    ) == [(2015, "1-2-01.1-F-P", "1-2", "Works", "01.1", "F", Decimal("1500.25"), None, "expense", "USD")]


def test_column_types_are_read_before_the_model_that_programs_add_to_them(tmp_path: Path) -> None:
    package = _typed(
        {"Line": {"columnType": "budget-line-id"}, "Paid": {"columnType": "value", "phase": "paid"}}
    )
    package["resources"][0]["schema"]["extraFields"] = [
        {"name": "Money", "columnType": "value-currency:code", "constant": "EUR"}
    ]
    package["model"] = {"measures": {"paid": {"source": "Paid"}}, "dimensions": {}}

    loaded = _load(tmp_path, package, "Line,Paid\na,1\n")

    assert _rows(tmp_path, loaded, "line_id", "paid", "currency") == [("a", Decimal(1), "EUR")]


def test_phases_of_a_line_become_one_row_where_each_stands_in_one(tmp_path: Path) -> None:
    package = _typed(
        {
            "Line": {"columnType": "budget-line-id"},
            "Phase": {"columnType": "phase:label"},
            "Money": {"columnType": "value-currency:code"},
            "Amount": {"columnType": "value"},
        }
    )
    rows = [
        "a,Approved,EUR,10",
        "a,EXECUTED,EUR,12",
        "b,approved,EUR,1",
        "b,approved,EUR,2",
        "b,executed,EUR,3",
    ]
    rows += [
        "c,approved,EUR,4",
        "c,executed,USD,5",
        "d,proposed,EUR,6",
        "d,guessed,EUR,7",
        "d,approved,EUR,ten",
    ]

    loaded = _load(tmp_path, package, "\n".join(["Line,Phase,Money,Amount", *rows]) + "\n")

    assert _rows(tmp_path, loaded, "row", "line_id", "approved", "executed", "currency") == [
        (2, "a", Decimal(10), Decimal(12), "EUR"),
        (4, "b", Decimal(1), None, "EUR"),
        (5, "b", Decimal(2), None, "EUR"),
        (6, "b", None, Decimal(3), "EUR"),
        (7, "c", Decimal(4), None, "EUR"),
        (8, "c", None, Decimal(5), "USD"),
    ]
    (entry,) = loaded.inputs
    assert (entry.rows_read, entry.rows_loaded, entry.rows_merged, entry.rows_quarantined) == (10, 6, 1, 3)
    assert sorted(entry.quarantine) == [
        "Amount or Phase cannot be read as a number",
        "its phase is none of approved, adjusted, committed, executed, paid",
        "only proposed",
    ]


_PAYMENTS: Json = {
    "administrator": {
        "dimensionType": "entity",
        "attributes": {"who": {"source": "Body"}},
        "primaryKey": "who",
    },
    "supplier": {"dimensionType": "entity", "attributes": {"who": {"source": "Firm"}}, "primaryKey": "who"},
    "invoice-id": {"dimensionType": "entity", "attributes": {"no": {"source": "No"}}, "primaryKey": "no"},
    "sort": {
        "dimensionType": "classification",
        "attributes": {"sort": {"source": "Sort"}},
        "primaryKey": "sort",
    },
}


def _transactions(*days: str, pattern: str = "default", **more: Any) -> Json:
    dimensions = {
        day: {"dimensionType": "datetime", "attributes": {"label": {"source": day}}, "primaryKey": "label"}
        for day in days
    }
    package = _package(
        {"amount": {"source": "Paid", "currency": "ALL", "direction": "expenditure"} | more},
        _PAYMENTS | dimensions,
        "Body,Firm,No,Sort,Paid",
        granularity="transactional",
    )
    days_ = [{"name": day, "type": "date", "format": pattern} for day in days]
    package["resources"][0]["schema"]["fields"] += days_
    return package


def test_single_transactions_are_payments(tmp_path: Path) -> None:
    package = _transactions("date-registered", "date-executed", pattern="%d/%m/%Y")
    header = "Body,Firm,No,Sort,Paid,date-registered,date-executed"
    csv = f"{header}\nTown,Firm Ltd,7,Cars,50,01/02/2015,05/02/2015\n"

    loaded = _load(tmp_path, package, csv)

    columns = ("payer_name", "payee_name", "document_id", "category", "amount", "currency", "payee_kind")
    assert _rows(tmp_path, loaded, *columns, table="payments") == [
        ("Town", "Firm Ltd", "7", "Cars", Decimal(50), "ALL", "company")
    ]
    assert str(_rows(tmp_path, loaded, "date", table="payments")[0][0]) == "2015-02-05"


@pytest.mark.parametrize(
    ("package", "told"),
    [
        (_transactions("date-one", "date-two"), "which of date-one, date-two is the date of the payment"),
        (_transactions(phase="approved"), "which of amount is what was paid"),
        (_transactions(direction="revenue"), "single receipts of revenue have no table"),
    ],
    ids=["dates", "phase", "revenue"],
)
def test_transactions_that_may_be_no_payments_are_refused(package: Json, told: str, tmp_path: Path) -> None:
    assert told in _refusal(_load(tmp_path, package, "Body,Firm,No,Sort,Paid\na,b,c,d,1\n"))


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ({"encoding": "utf-16"}, "is said to be in utf-16, which is not read"),
        ({"encoding": "klingon"}, "is said to be in klingon"),
        ({"dialect": {"header": False}}, "the file has no header"),
        ({"dialect": {"escapeChar": "\\"}}, "quotes within cells are escaped"),
        ({"dialect": {"delimiter": [","]}}, "the delimiter is said to be [',']"),
        ({"dialect": {"delimiter": "||"}}, "the delimiter is said to be '||'"),
        ({"dialect": {"delimiter": ""}}, "the delimiter is said to be ''"),
        ({"dialect": {"quoteChar": "«"}}, "the quoteChar is said to be '«'"),
    ],
)
def test_what_is_written_in_ways_that_are_not_read_is_refused(
    resource: Json, told: str, tmp_path: Path
) -> None:
    package = _package(_spent())
    package["resources"][0] |= resource

    assert told in _refusal(_load(tmp_path, package))


def test_a_file_is_read_anew_when_its_descriptor_changes(tmp_path: Path) -> None:
    first = _load(tmp_path, _package(_spent()))
    again = _load(tmp_path, _package(_spent()))
    changed = _load(tmp_path, _package(_spent(phase="approved")))

    assert [one.inputs[0].reused for one in (first, again, changed)] == [False, True, False]
    assert [row[0] for row in _rows(tmp_path, changed, "approved")] == [Decimal(7), Decimal("10.5")]


def test_the_lines_behind_a_finding_are_found_again(tmp_path: Path) -> None:
    loaded = _load(tmp_path, _package(_spent()))

    assert published_lines(loaded.inputs[0], tmp_path / "lines.csv", "budget", [3]) == {3: "02,Roads,7"}
