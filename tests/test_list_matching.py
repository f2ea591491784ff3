"""Who is whom in a reference list: numbers and their schemes, names that look alike, buyers of a plan."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.lists import look_up, years
from spendaudit.audit.masking import mask
from spendaudit.audit.run import audit
from spendaudit.enrich.calendar import by_source, countries, holiday, next_of, public_holidays
from spendaudit.enrich.parties import party_keys
from spendaudit.errors import UsageError
from spendaudit.model.lists import LISTS, LOOKED_UP, list_of, option_of, source_of
from spendaudit.model.run import Counts, Input
from spendaudit.model.tables import PUBLISHED, SCHEMAS, Tables, stored_schema
from spendaudit.rules import load_rules

KEY = bytes(32)


def frame(table: str, *rows: Mapping[str, Any]) -> pl.LazyFrame:
    """Rows of a table as a store would give them: what is looked up is not there."""
    known = LOOKED_UP.get(LISTS.get(table, table), pl.Schema())
    schema = pl.Schema({name: dtype for name, dtype in SCHEMAS[table].items() if name not in known})
    defaults = {"source": "portal" if table not in LISTS else source_of(table), "file": table}
    filled = [
        dict.fromkeys(schema.names()) | defaults | {"row": number} | dict(row)
        for number, row in enumerate(rows, start=2)
    ]
    return pl.LazyFrame(filled, schema=schema)


def inputs(*sources: tuple[str, str]) -> list[Input]:
    return [
        Input(
            path=f"{source}.csv", sha256=source, source=source, jurisdiction=country, encoding="utf-8",
            rows_read=1, rows_loaded=1, rows_merged=0, rows_quarantined=0,
            tables={"contracts": Counts(1, 0, 0)},
        )
        for source, country in sources
    ]  # fmt: skip


PORTAL = inputs(("portal", "CL"))


@pytest.mark.parametrize(
    ("country", "scheme", "number", "key"),
    [
        ("CL", None, "76.086.428-5", "CL-RUT-76086428-5"),
        ("CL", None, "76086428-4", None),
        ("CL", "CL", "76086428-5", "CL-RUT-76086428-5"),
        ("CL", "CL-RUT", "76086428-5", "CL-RUT-76086428-5"),
        ("CL", "BR", "11.222.333/0001-81", "BR-CNPJ-11222333000181"),
        ("CL", "BR", "76.086.428-5", None),
        ("", None, "76.086.428-5", None),
        ("", None, "CL-RUT-76086428-5", "CL-RUT-76086428-5"),
        ("", "CL", "76.086.428-5", "CL-RUT-76086428-5"),
        ("", "ZZ", "76.086.428-5", None),
        ("CL", None, None, None),
    ],
)
def test_a_number_is_judged_by_its_scheme_or_by_the_country_of_the_data(
    country: str, scheme: str | None, number: str | None, key: str | None
) -> None:
    schema = stored_schema("parties")
    row = dict.fromkeys(schema.names()) | {"party_id": number, "scheme": scheme}

    found = party_keys(pl.DataFrame([row], schema), country=country)

    assert found["party_key"].to_list() == [key]
    assert found.schema == schema


def test_who_a_party_is_stands_in_the_list_or_is_told_by_number_and_name() -> None:
    schema = stored_schema("parties")
    told = [
        {"party_id": "12.345.678-5", "name": "Rosa Inventada"},
        {"party_id": "76.086.428-5", "name": "Luna"},
        {"name": "Luna SpA"},
        {"name": "Rosa Inventada"},
        {"name": "Rosa Inventada", "kind": "person"},
        {"name": "Luna SpA", "kind": "unknown"},
    ]
    rows = pl.DataFrame([dict.fromkeys(schema.names()) | row for row in told], schema)

    kinds = party_keys(rows, country="CL")["kind"].to_list()

    assert kinds == ["person", "company", "company", "unknown", "person", "company"]


def leads(listed: Mapping[str, Any], *suppliers: Mapping[str, Any]) -> list[str | None]:
    """The keys of those in the data who share the name of the one entry, and of nobody where none does."""
    tables = Tables({"contracts": frame("contracts", *suppliers), "sanctions": frame("sanctions", listed)})
    ready, _ = look_up(tables, PORTAL)
    return (
        ready["sanctions"].select(pl.col("lead_key").cast(pl.String).sort()).collect()["lead_key"].to_list()
    )


def test_a_name_leads_to_every_supplier_that_bears_it() -> None:
    found = leads(
        {"name": "Luna S.A.", "name_key": "name:LUNA"},
        {"supplier_key": "CL-RUT-76086428-5", "supplier_name": "LUNA LTDA."},
        {"supplier_key": "CL-RUT-76086428-5", "supplier_name": "Luna"},
        {"supplier_key": "name:LUNA", "supplier_name": "Luna"},
        {"supplier_key": "CL-RUT-96991004-7", "supplier_name": "Sol"},
        {"supplier_key": None, "supplier_name": "Luna"},
    )

    assert found == ["CL-RUT-76086428-5", "name:LUNA"]


@pytest.mark.parametrize(
    ("listed", "supplier", "is_lead"),
    [
        (None, "CL-RUT-76086428-5", True),
        ("CL-RUT-96991004-7", "CL-RUT-76086428-5", False),
        ("CL-RUT-76086428-5", "CL-RUT-76086428-5", False),
        ("BR-CNPJ-11222333000181", "CL-RUT-76086428-5", True),
        ("CL-RUT-96991004-7", "portal:E12", True),
        ("CL-RUT-96991004-7", "name:LUNA", True),
    ],
)
def test_numbers_of_one_scheme_tell_namesakes_apart(listed: str | None, supplier: str, is_lead: bool) -> None:
    found = leads(
        {"party_key": listed, "name": "Luna", "name_key": "name:LUNA"},
        {"supplier_key": supplier, "supplier_name": "Luna SpA"},
    )

    assert found == ([supplier] if is_lead else [None])


def test_an_entry_stands_once_for_each_lead_and_once_without_any() -> None:
    tables = Tables(
        {
            "contracts": frame("contracts", {"supplier_key": "name:LUNA", "supplier_name": "Luna"}),
            "sanctions": frame(
                "sanctions",
                {"name": "Luna", "name_key": "name:LUNA"},
                {"name": "Sol", "name_key": "name:SOL"},
            ),
        }
    )

    ready, _ = look_up(tables, PORTAL)

    assert ready["sanctions"].collect()["row"].to_list() == [2, 3]
    assert ready["sanctions"].collect().schema == SCHEMAS["sanctions"]


def test_who_is_a_person_by_a_list_is_masked_though_no_number_says_so() -> None:
    paid = {"buyer_key": "b", "buyer_name": "Hill", "decision_date": date(2024, 3, 1), "contract_id": "c1"}
    contract = paid | {
        "supplier_key": "name:PEPA FALSA",
        "supplier_name": "PEPA FALSA",
        "supplier_kind": "unknown",
    }
    entry = {"name": "Pepa Falsa", "name_key": "name:PEPA FALSA"}
    rule = load_rules()["SUP015"]
    said = []
    for kind in ("person", "unknown"):
        tables = Tables(
            {
                "contracts": frame("contracts", contract),
                "sanctions": frame("sanctions", entry | {"kind": kind}),
            }
        )
        run = mask(audit(tables, PORTAL, [rule]), KEY, {rule.id: rule.message})
        said.append(run.findings[0].message)

    assert "PEPA" not in said[0]
    assert "person-" in said[0]
    assert "PEPA FALSA" in said[1]


def looked_up(
    table: str, row: Mapping[str, Any], name: str, *entries: Mapping[str, Any], of: Sequence[Input] = PORTAL
) -> dict[str, Any]:
    tables = Tables({table: frame(table, row), name: frame(name, *entries)})
    ready, lists = look_up(tables, of)
    joined = lists.join(table, ready[table]).collect()
    assert joined.schema == {**joined.schema, **LOOKED_UP[table]}
    return joined.select(LOOKED_UP[table].names()).to_dicts()[0]


SUPPLIER = {"supplier_key": "CL-RUT-76086428-5", "supplier_id_valid": True, "decision_date": date(2024, 3, 1)}


def test_the_register_tells_the_whole_time_of_a_supplier_in_it() -> None:
    first = {"party_key": "CL-RUT-76086428-5", "valid_from": date(2010, 1, 1), "valid_to": date(2012, 1, 1)}
    again = {
        "party_key": "CL-RUT-76086428-5",
        "registered_on": date(2015, 1, 1),
        "valid_to": date(2020, 1, 1),
    }
    other = {"party_key": "CL-RUT-96991004-7", "registered_on": date(1999, 1, 1)}

    ended = looked_up("contracts", SUPPLIER, "registry", first, again, other)
    goes_on = looked_up("contracts", SUPPLIER, "registry", first, again | {"valid_to": None})

    assert ended["supplier_in_registry"] is True
    assert ended["supplier_registered_on"] == date(2010, 1, 1)
    assert ended["supplier_registered_to"] == date(2020, 1, 1)
    assert goes_on["supplier_registered_to"] is None


def test_who_is_not_in_the_register_is_told_from_who_cannot_be_looked_up() -> None:
    entry = {"party_key": "CL-RUT-96991004-7", "registered_on": date(1999, 1, 1)}
    named = SUPPLIER | {"supplier_key": "name:LUNA", "supplier_id_valid": None}

    missing = looked_up("contracts", SUPPLIER, "registry", entry)
    unknown = looked_up("contracts", named, "registry", entry)
    wrong = looked_up("contracts", named | {"supplier_id_valid": False}, "registry", entry)

    assert missing["supplier_in_registry"] is False
    assert unknown["supplier_in_registry"] is None
    assert wrong["supplier_in_registry"] is None


def test_payees_are_looked_up_as_suppliers_are() -> None:
    entry = {"party_key": "CL-RUT-76086428-5", "registered_on": date(1999, 1, 1)}

    told = looked_up("payments", {"payee_key": "CL-RUT-76086428-5", "amount": 1}, "registry", entry)

    assert told == {"payee_registered_on": date(1999, 1, 1), "holiday": None}


@pytest.mark.parametrize(
    ("day", "country", "election"),
    [
        (date(2024, 3, 1), None, date(2024, 3, 1)),
        (date(2024, 3, 2), None, date(2024, 10, 27)),
        (date(2024, 10, 28), None, None),
        (date(2024, 3, 2), "CL", date(2024, 10, 27)),
        (date(2024, 3, 2), "BR", None),
        (None, None, None),
    ],
)
def test_the_next_election_is_the_first_of_the_country_that_is_not_before(
    day: date | None, country: str | None, election: date | None
) -> None:
    days = [{"date": one, "country": country} for one in (date(2024, 10, 27), date(2024, 3, 1))]

    told = looked_up("contracts", {"decision_date": day}, "election_dates", *days)

    assert told["next_election"] == election


def test_holidays_go_by_the_day_of_signature_and_the_country() -> None:
    days = [
        {"date": date(2024, 5, 1), "name": name, "country": country}
        for name, country in (("A", "CL"), ("B", "BR"))
    ]
    signed = {"date_signed": date(2024, 5, 1), "decision_date": date(2024, 4, 30)}

    assert looked_up("contracts", signed, "holidays", *days)["holiday"] == "A"
    assert looked_up("contracts", signed, "holidays", *days, of=inputs(("portal", "BR")))["holiday"] == "B"
    assert looked_up("contracts", signed, "holidays", *days, of=inputs(("portal", "any")))["holiday"] is None
    assert looked_up("payments", {"date": date(2024, 5, 1)}, "holidays", *days)["holiday"] == "A"
    assert looked_up("payments", {"date": date(2024, 5, 2)}, "holidays", *days)["holiday"] is None


def test_a_line_of_a_plan_is_of_the_buyer_with_its_number_else_of_its_name() -> None:
    tables = Tables(
        {
            "contracts": frame(
                "contracts",
                {"buyer_key": "p:1", "buyer_id": "1", "buyer_name": "Hill Council"},
                {"buyer_key": "p:1", "buyer_id": "1", "buyer_name": "Hill"},
                {"buyer_key": "p:2", "buyer_id": "2", "buyer_name": "Dale"},
                {"buyer_key": "p:3", "buyer_id": "3", "buyer_name": "Moor"},
                {"buyer_key": "p:4", "buyer_id": "4", "buyer_name": "Moor"},
            ),
            "plan": frame(
                "plan",
                {"buyer_id": "1", "buyer_name": "Dale"},
                {"buyer_name": "DALE"},
                {"buyer_id": "9", "buyer_name": "Hill Council"},
                {"buyer_name": "Moor"},
                {"buyer_name": "Elm"},
            ),
        }
    )

    ready, _ = look_up(tables, PORTAL)

    assert ready["plan"].collect()["buyer_key"].to_list() == ["p:1", "p:2", "p:1", None, None]
    assert ready["plan"].collect().schema == SCHEMAS["plan"]


def test_rows_keep_their_order_and_number_beside_a_register() -> None:
    keys = [f"CL-RUT-{number}-K" for number in range(500)]
    rows = [SUPPLIER | {"supplier_key": key} for key in keys for _ in range(3)]
    entries = [{"party_key": key, "registered_on": date(2020, 1, 1)} for key in keys[::-2] * 2]
    tables = Tables({"contracts": frame("contracts", *rows), "registry": frame("registry", *entries)})

    ready, lists = look_up(tables, PORTAL)

    joined = lists.join("contracts", ready["contracts"]).collect(engine="streaming")
    assert joined["row"].to_list() == [*range(2, len(rows) + 2)]
    assert joined["supplier_in_registry"].sum() == 750


def test_without_lists_the_columns_are_there_and_empty() -> None:
    tables = Tables({table: frame(table, {}) for table in ("contracts", "payments")})

    ready, lists = look_up(tables, PORTAL)

    assert ready is tables
    assert (lists.registry, lists.holidays, lists.elections) == (None, {}, {})
    for table in tables.frames:
        joined = lists.join(table, tables[table]).collect()
        assert joined.select(pl.all_horizontal(pl.col(LOOKED_UP[table].names()).is_null())).item()


def test_the_years_of_calendars_are_those_of_the_data() -> None:
    tables = Tables(
        {
            "contracts": frame(
                "contracts", {"date_signed": date(1200, 1, 1)}, {"date_signed": date(2023, 1, 1)}
            ),
            "payments": frame("payments", {"date": date(2025, 1, 1)}, {"date": None}),
        }
    )

    assert years(tables) == range(1950, 2026)
    assert years(Tables({})) == range(0)
    assert years(Tables({"payments": frame("payments", {})})) == range(0)


def test_public_holidays_are_named_in_their_country_s_language_on_any_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")
    dates, said_by = public_holidays(["CL", "GB-SCT"], [2024])

    assert said_by.startswith("holidays ")
    assert dates.schema == PUBLISHED["dates"]
    assert (date(2024, 9, 18), "Día de la Independencia", "CL") in dates.rows()
    assert "GB" in dates["country"].to_list()
    assert dates.rows() == sorted(dates.rows(), key=lambda row: (row[2], row[0], row[1]))


def test_an_unknown_place_is_refused() -> None:
    for place in ("ZZ", "CL-ZZ"):
        with pytest.raises(UsageError, match=f"no public holidays are known of {place}"):
            public_holidays([place], [2024])


def test_calendars_of_no_days_tell_nothing() -> None:
    dates = pl.DataFrame(schema=PUBLISHED["dates"])
    days = by_source(dates, {"portal": "CL"})
    rows = pl.DataFrame({"source": ["portal"], "date": [date(2024, 1, 1)]})

    assert rows.select(holiday("date", days)).item() is None
    assert rows.select(next_of("date", {"portal": []})).item() is None


def test_countries_are_those_that_have_calendars() -> None:
    assert countries(["CL", "any", "", "EU", "BR", "CL"]) == ("BR", "CL")


def test_sources_of_lists_are_told_from_those_of_data() -> None:
    assert {list_of(source_of(name)) for name in LISTS} == {*LISTS}
    assert not list_of("list_price")
    assert not list_of("gb_spend")
    assert option_of("holidays") == "--list holidays"
    assert option_of("plan") == "--list plan=FILE"
