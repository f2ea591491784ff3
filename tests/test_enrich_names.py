"""Spellings of one name have one key, and different names keep theirs."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spendaudit.enrich.names import name_key, name_kind


def key(*names: str | None) -> list[str | None]:
    frame = pl.DataFrame({"name": names}, schema={"name": pl.String})
    return frame.select(name_key("name")).to_series().to_list()


def kind(name: str | None) -> str | None:
    frame = pl.DataFrame({"name": [name]}, schema={"name": pl.String})
    (found,) = frame.select(name_kind(pl.col("name"))).to_series().to_list()
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (["Telégrafos del Sur S.A.B. de C.V.", "TELEGRAFOS DEL SUR, S.A.B DE CV"], "TELEGRAFOS DEL SUR"),
        (
            ["Norte S. A. de C. V.", "NORTE SA DE CV", "Norte, S.A.P.I. de C.V.", "NORTE S A P I DE CV"],
            "NORTE",
        ),
        (["Pesca SC de RL de CV", "Pesca S. de R.L. de C.V.", "PESCA S DE RL"], "PESCA"),
        (["Peñón y Cía. Ltda.", "PENON Y CIA LIMITADA", "Peñón y Cía Ltda"], "PENON Y CIA"),
        (["J. Álvez E.I.R.L.", "J Alvez EIRL"], "J ALVEZ"),
        (["Obras SpA", "OBRAS S.p.A.", "Obras"], "OBRAS"),
        (["João Silva Ltda - ME", "JOAO SILVA LTDA. EPP", "João Silva EIRELI"], "JOAO SILVA"),
        (["Acme S/A", "ACME  S.A.", "Acme Sociedad Anónima"], "ACME"),
        (["Cubo S.L.U.", "Cubo, SL", "CUBO SLU"], "CUBO"),
        (["Widget Co Ltd", "WIDGET CO. LIMITED", "Widget"], "WIDGET"),
        (["O'Hara's (UK) Ltd", "OHara\u2019s UK Limited", "O\u00b4HARAS UK LTD"], "OHARAS UK"),
        (["A.B.C. Partners LLP", "ABC PARTNERS LLP"], "ABC PARTNERS"),
        (["Groß & Söhne GmbH", "GROSS SOHNE"], "GROSS SOHNE"),
        (["Moda Luna, S.A.DE C.V.", "MODA LUNA SA DE CV"], "MODA LUNA"),
        (
            ["Puentes S.R.LTDA.", "PUENTES S.R.L.", "Puentes Sociedad Comercial de Responsabilidad Limitada"],
            "PUENTES",
        ),
        (["J.Mora", "J. Mora"], "J MORA"),
        (["The Paper & Moon Trust", "Paper and Moon Trust", "PAPER MOON TRUST"], "PAPER MOON TRUST"),
        (["Wishful Ltd T/A Copies", "Wishful Limited (t/a Copies)", "WISHFUL LTD T/A"], "WISHFUL"),
        (["Luna Corp.", "LUNA CORPORATION"], "LUNA"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: list[str], expected: str) -> None:
    assert set(key(*spellings)) == {expected}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("About Me", "ABOUT ME"),
        ("Sal y Mar", "SAL Y MAR"),
        ("SA", "SA"),
        ("Ltd Editions", "LTD EDITIONS"),
        ("Casa Visa", "CASA VISA"),
        ("Unlimited", "UNLIMITED"),
        ("Luna Corp S.A.C.", "LUNA CORP"),
        ("Luna Corporation S.A.C.", "LUNA CORPORATION"),
        ("Copies T/A Wishful", "COPIES T A WISHFUL"),
        ("The", "THE"),
        ("Andes Sandalias", "ANDES SANDALIAS"),
        ("日本 電気", "日本 電気"),
    ],
)
def test_only_a_legal_form_at_the_end_and_behind_a_name_goes(name: str, expected: str) -> None:
    assert key(name) == [expected]


def test_words_keep_their_order() -> None:
    assert key("Juan Mora", "Mora Juan") == ["JUAN MORA", "MORA JUAN"]


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "  ",
        "...",
        "-",
        "REDACTED PERSONAL DATA",
        "Redacted - Personal Information",
        "N/A",
        "Sin información",
        "… no visible hasta el otorgamiento de BP…",
    ],
)
def test_a_name_that_names_nobody_has_no_key(name: str | None) -> None:
    assert key(name) == [None]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Obras SpA", "company"),
        ("Wishful Ltd t/a Copies", "company"),
        ("Widget Limited", "company"),
        ("Consorcio Puente Inventado", "company"),
        ("Ute Mora", "unknown"),
        ("Ministerio de Obras", "public"),
        ("Ministerio del Sonido Ltda.", "company"),
        ("I. Municipalidad de Ñuble", "public"),
        ("Fooshire County Council", "public"),
        ("Fooshire Youth Council", "unknown"),
        ("Foo Hospitals NHS Foundation Trust", "public"),
        ("HMRC", "public"),
        ("HMRCS Catering", "unknown"),
        ("Juan Mora", "unknown"),
        ("", "unknown"),
        (None, None),
    ],
)
def test_a_name_says_who_bears_it_only_where_it_does(name: str | None, expected: str | None) -> None:
    assert kind(name) == expected


@given(st.text(max_size=30))
def test_a_key_is_its_own_key_or_its_form_goes_at_once(name: str) -> None:
    """What has no legal form left at its end changes no more."""
    (once,) = key(name)
    if once is not None and kind(once) != "company":
        assert key(once) == [once]
