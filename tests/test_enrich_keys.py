"""A row's organisations have one key each, made of the surest thing that was published."""

from datetime import date
from threading import Thread

import polars as pl
import pytest

from spendaudit.enrich.dates import date_basis, decision_date
from spendaudit.enrich.dictionary import Dictionary
from spendaudit.enrich.keys import organisation_keys
from spendaudit.model.codelists import DATE_BASIS, ORGANISATION, PARTY_KIND
from spendaudit.model.tables import KEYS

VALID, SAME, WRONG, PERSON = "76.086.428-5", "76086428-5", "76.086.428-4", "12531909-2"


def batch(*rows: tuple[str | None, str | None], role: str = "supplier") -> pl.DataFrame:
    return pl.DataFrame(rows, schema={f"{role}_id": pl.String, f"{role}_name": pl.String}, orient="row")


def keyed(*rows: tuple[str | None, str | None], role: str = "supplier", tax_id: bool = True) -> pl.DataFrame:
    return organisation_keys(
        batch(*rows, role=role),
        role=role,
        id=f"{role}_id",
        name=f"{role}_name",
        country="CL",
        tax_id=tax_id,
        source="cl_orders",
    )


@pytest.mark.parametrize(
    ("number", "name", "expected"),
    [
        (VALID, "Acme SpA", ("CL-RUT-76086428-5", "company", True)),
        (SAME, "ACME Ltda", ("CL-RUT-76086428-5", "company", True)),
        (PERSON, "Acme SpA", ("CL-RUT-12531909-2", "person", True)),
        (WRONG, "Acmé SpA", ("name:ACME", "company", False)),
        ("-", "Juan Mora", ("name:JUAN MORA", "unknown", False)),
        ("55.555.555-5", "Extranjera Inc.", ("name:EXTRANJERA", "company", False)),
        (None, "Ministerio de Obras", ("name:MINISTERIO DE OBRAS", "public", None)),
        (WRONG, None, (None, "unknown", False)),
        (WRONG, "Redacted", (None, "unknown", False)),
        (None, "Redacted", (None, "unknown", None)),
        (None, None, (None, None, None)),
    ],
)
def test_a_valid_tax_number_comes_before_the_name(
    number: str | None, name: str | None, expected: tuple[str | None, str | None, bool | None]
) -> None:
    added = keyed((number, name)).select("supplier_key", "supplier_kind", "supplier_id_valid")

    assert added.row(0) == expected


def test_namesakes_are_told_apart_where_the_key_is_the_name() -> None:
    parties = pl.DataFrame(
        {
            "payee_id": ["***.123.456-**", "***.123.456-**", "***.999.456-**", "16.524.371/3043-22", None],
            "payee_name": ["Ana Luz", "ANA LUZ", "Ana Luz", "Ana Luz", "Ana Luz"],
        }
    )

    added = organisation_keys(
        parties,
        role="payee",
        id="payee_id",
        name="payee_name",
        country="BR",
        tax_id=True,
        source="br",
        apart="payee_id",
    )

    assert added["payee_key"].to_list() == [
        "name:ANA LUZ (***.123.456-**)",
        "name:ANA LUZ (***.123.456-**)",
        "name:ANA LUZ (***.999.456-**)",
        "BR-CNPJ-16524371304322",
        "name:ANA LUZ",
    ]
    assert added["payee_kind"].to_list() == ["person", "person", "person", "company", "unknown"]


def test_the_types_are_those_of_the_model() -> None:
    added = keyed((VALID, "Acme")).schema

    for column in ("supplier_key", "supplier_kind", "supplier_id_valid"):
        assert added[column] == KEYS["contracts"][column]


def test_a_portal_s_own_code_is_a_key_within_its_source() -> None:
    added = keyed(("7291", "Acme SpA"), (None, "Acme SpA"), ("7291", None), tax_id=False)

    assert added["supplier_key"].to_list() == ["cl_orders:7291", "name:ACME", "cl_orders:7291"]
    assert added["supplier_kind"].to_list() == ["company", "company", "unknown"]
    assert added["supplier_id_valid"].to_list() == [None, None, None]


def test_numbers_of_a_country_that_nobody_here_can_judge_are_codes() -> None:
    added = organisation_keys(
        batch((VALID, "Acme")),
        role="supplier",
        id="supplier_id",
        name="supplier_name",
        country="BO",
        tax_id=True,
        source="bo_contracts",
    )

    assert added["supplier_key"].to_list() == [f"bo_contracts:{VALID}"]
    assert added["supplier_id_valid"].to_list() == [None]


@pytest.mark.parametrize("identifier", [None, "payee_id"])
def test_a_table_without_ids_goes_by_names(identifier: str | None) -> None:
    frame = batch((None, "Foo Ltd"), (None, "FOO LIMITED"), role="payee").select("payee_name")

    added = organisation_keys(
        frame, role="payee", id=identifier, name="payee_name", country="GB", tax_id=False, source="gb_spend"
    )

    assert added.columns == ["payee_name", "payee_key", "payee_kind"]
    assert added["payee_key"].to_list() == ["name:FOO", "name:FOO"]
    assert added["payee_kind"].to_list() == ["company", "company"]


def test_a_buyer_gets_a_key_and_nothing_else() -> None:
    added = keyed((VALID, "Acme"), (None, "Municipalidad de Foo"), role="buyer")

    assert added.columns == ["buyer_id", "buyer_name", "buyer_key"]
    assert added["buyer_key"].to_list() == ["CL-RUT-76086428-5", "name:MUNICIPALIDAD DE FOO"]


def test_keys_of_every_role_and_batch_share_one_dictionary() -> None:
    paid = keyed((VALID, "Acme"))
    bought = keyed(("0-0", "Foo"), (SAME, "Acme"), role="buyer")

    joined = paid.join(bought, left_on="supplier_key", right_on="buyer_key")

    assert joined.height == 1
    assert paid["supplier_key"].to_physical()[0] == bought["buyer_key"].to_physical()[1]


def test_rows_keep_their_order_and_their_columns() -> None:
    rows = [
        (number, name) for number in (VALID, WRONG, PERSON, None) for name in ("B Ltda", None, "A SpA")
    ] * 50
    frame = batch(*rows)

    added = keyed(*rows)

    assert added.select(frame.columns).equals(frame)
    assert added["supplier_key"].to_list() == [
        key for row in rows for key in keyed(row)["supplier_key"].to_list()
    ]


def test_an_empty_batch_is_fine() -> None:
    added = keyed()

    assert added.is_empty()
    assert added.schema["supplier_key"] == ORGANISATION
    assert added.schema["supplier_kind"] == PARTY_KIND


def test_a_text_is_worked_out_once_however_many_batches_and_threads_repeat_it() -> None:
    asked: list[str] = []

    def work_out(texts: pl.Series) -> pl.DataFrame:
        asked.extend(texts.to_list())
        return texts.str.to_uppercase().alias("upper").to_frame()

    dictionary = Dictionary("test of once", work_out)
    texts = pl.Series(["a", "b", None, "a", "c"])
    threads = [Thread(target=dictionary.look_up, args=(texts.head(size),)) for size in (1, 5, 2, 3) * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(asked) == ["a", "b", "c"]
    assert dictionary.look_up(texts)["upper"].to_list() == ["A", "B", None, "A", "C"]


def test_a_text_that_could_not_be_worked_out_is_tried_again() -> None:
    broken = ["x"]

    def work_out(texts: pl.Series) -> pl.DataFrame:
        if broken and texts.len():
            raise ValueError(broken.pop())
        return texts.alias("same").to_frame()

    dictionary = Dictionary("test of trying again", work_out)

    with pytest.raises(ValueError, match="x"):
        dictionary.look_up(pl.Series(["a", "b"]))
    assert dictionary.look_up(pl.Series(["c", "a"]))["same"].to_list() == ["c", "a"]


DAYS = (date(2024, 1, 1), date(2024, 2, 2), date(2024, 3, 3), date(2024, 4, 4))


@pytest.mark.parametrize("published", range(5))
def test_the_first_published_date_decides_and_is_named(published: int) -> None:
    names = DATE_BASIS.categories.to_list()
    row = {
        name: day if place >= published else None
        for place, (name, day) in enumerate(zip(names, DAYS, strict=True))
    }
    frame = pl.DataFrame([row], schema=dict.fromkeys(names, pl.Date))

    decided = frame.select(decision_date(), date_basis())

    assert names == ["award_date", "date_signed", "contract_start", "published_date"]
    assert decided.schema == {"decision_date": pl.Date(), "date_basis": DATE_BASIS}
    assert decided.row(0) == ((None, None) if published == 4 else (DAYS[published], names[published]))
