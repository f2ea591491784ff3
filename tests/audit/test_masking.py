import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.mask_key import mask_key
from spendaudit.audit.masking import mask
from spendaudit.audit.naming import pseudonym
from spendaudit.audit.run import audit
from spendaudit.errors import UsageError
from spendaudit.model.run import Input, Run
from spendaudit.model.tables import Tables
from spendaudit.report.formats import Format, Options, load_formats
from spendaudit.rules._rule import Rule

KEY = b"k" * 32
NAME = "Ramón Ñancucheo Soto"
ID = "12.345.678-5"
PERSON = {
    "supplier_kind": "person",
    "supplier_key": "CL-RUT-12345678-5",
    "supplier_id": ID,
    "supplier_name": NAME,
}
FIRM = {"supplier_kind": "company", "supplier_key": "CL-76000000-1", "supplier_id": "76.000.000-1",
        "supplier_name": "Oak Ltd"}  # fmt: skip


@pytest.fixture
def found(
    rule: Rule[Any], make_tables: Callable[..., Tables], inputs: tuple[Input, ...]
) -> Callable[[list[dict[str, Any]]], Run]:
    return lambda rows: audit(make_tables([{"amount": 5} | row for row in rows]), inputs, [rule])


@pytest.fixture
def shown(rule: Rule[Any]) -> Callable[[Run], Run]:
    return lambda run: mask(run, KEY, {rule.id: rule.message})


def all_text(run: Run) -> str:
    told = [(finding.message, finding.facts, tuple(finding.members)) for finding in run.findings]
    return repr(told) + "".join(frame.write_csv() for frame in run.rows.values())


def test_nothing_that_is_shown_names_a_person(found: Callable[..., Run], shown: Callable[[Run], Run]) -> None:
    rows = [
        PERSON | {"title": f"Fees of {NAME.upper()}", "url": "https://portal.example/?rut=12345678-5"},
        PERSON | {"description": f"paid to {ID}, that is {NAME.lower()}", "contract_id": "12345678-5/7"},
        FIRM | {"description": f"assisted by {NAME}"},
        FIRM,
    ]

    run = found(rows)
    text = all_text(shown(run)).casefold()

    assert NAME.casefold() in all_text(run).casefold()
    for secret in (NAME, "Ñancucheo", ID, "12345678"):
        assert secret.casefold() not in text
    assert "oak ltd" in text


@pytest.mark.parametrize("form", load_formats())
def test_no_report_names_a_person(found: Callable[..., Run], shown: Callable[[Run], Run], form: str) -> None:
    run = found([PERSON, PERSON])

    open_, masked = written(load_formats()[form], run), written(load_formats()[form], shown(run))

    assert "Ñancucheo" in open_
    assert "Ñancucheo" not in masked
    assert "12.345.678" not in masked
    assert pseudonym("CL-RUT-12345678-5", KEY)[:10] in masked


def written(form: Format, run: Run) -> str:
    """All that stands in a report, whatever packs it."""
    if form.encoding is not None:
        text = io.StringIO()
        form.report(run, text, Options())
        return text.getvalue()
    packed = io.BytesIO()
    form.report(run, packed, Options())
    if packed.getvalue().startswith(b"PAR1"):
        return pl.read_parquet(io.BytesIO(packed.getvalue())).write_json()
    if zipfile.is_zipfile(packed):
        with zipfile.ZipFile(packed) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())
    return packed.getvalue().decode(errors="ignore")


@pytest.mark.parametrize(
    ("person", "text"),
    [
        ({"supplier_name": "Rosa Maria Paz"}, "ROSA MARIA PAZ"),
        ({"supplier_name": "Rosa \t Maria  Paz"}, "Rosa Maria Paz"),
        ({"supplier_name": "Rosa Maria Páz"}, "of rosa maria páz, deceased"),
        ({"supplier_name": "Rosa Maria Páz"}, "ROSA MARIA PÁZ"),
        ({"supplier_name": "Páz", "supplier_key": "name:ROSA PAZ"}, "to Rosa Paz"),
        ({"supplier_id": "9.876.543-3"}, "9.876.543-3"),
        ({"supplier_id": "9.876.543-3"}, "9876543-3"),
        ({"supplier_id": "9.876.543-3"}, "id 98765433"),
        ({"supplier_id": "9.876.543-3"}, "id=9876543"),
        ({"supplier_id": "9.876.543-K"}, "9.876.543"),
        ({"supplier_id": "CURP-AB1234"}, "curpab1234"),
    ],
)
def test_a_name_or_number_is_found_however_it_is_spelt(
    found: Callable[..., Run], shown: Callable[[Run], Run], person: dict[str, Any], text: str
) -> None:
    row = {"supplier_kind": "person", "supplier_key": "CL-RUT-1-9"} | person

    title = shown(found([row, row | {"title": text}])).rows["contracts"]["title"][1]

    assert "person-" in title
    assert text.casefold() not in title.casefold()


@pytest.mark.parametrize(
    ("published", "elsewhere"),
    [
        ("JOSÉ ÑANCUCHEO", "José ÑANCUCHEO"),
        ("JOSE NANCUCHEO", "José Ñancucheo"),
        ("José Ñancucheo", unicodedata.normalize("NFD", "José Ñancucheo")),
        ("José Ñancucheo", "José\tÑancucheo"),
        ("José Ñancucheo", "Ñancucheo, José"),
    ],
)
def test_a_sentence_names_nobody_however_its_fact_spells_the_name(
    found: Callable[..., Run], shown: Callable[[Run], Run], published: str, elsewhere: str
) -> None:
    # A firm that is called as a person is: its findings tell the name as the firm's rows spell it.
    firm = FIRM | {"supplier_name": elsewhere}
    person = PERSON | {"supplier_name": published}
    run = shown(found([person, person, firm, firm]))

    assert [str(finding.facts["supplier_name"])[:7] for finding in run.findings] == ["person-"] * 2
    assert all(" person-" in finding.message for finding in run.findings)
    assert "ucheo" not in unicodedata.normalize("NFC", all_text(run)).casefold()


def test_persons_who_are_called_alike_but_for_accents_are_none_of_them_in_texts(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    other = PERSON | {
        "supplier_key": "CL-9999999-3",
        "supplier_id": "9.999.999-3",
        "supplier_name": NAME.upper(),
    }
    run = shown(found([PERSON, PERSON, other, other, FIRM, FIRM | {"title": f"Fees of {NAME.upper()}"}]))

    assert run.rows["contracts"]["title"][5] == f"Fees of {pseudonym(NAME.upper(), KEY)}"


def test_of_two_names_the_longer_is_found_first(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    short = PERSON | {"supplier_name": "Ana Rojas", "supplier_key": "CL-RUT-1-9"}
    long = PERSON | {"supplier_name": "Ana Rojas Soto", "supplier_key": "CL-RUT-2-7"}

    run = shown(found([short, short, long, long | {"title": "Fees of Ana Rojas Soto"}]))

    assert run.rows["contracts"]["title"][3] == f"Fees of {pseudonym('CL-RUT-2-7', KEY)}"


def test_a_firm_that_bears_a_person_s_name_keeps_the_rest_of_its_own(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    run = shown(found([PERSON, PERSON, FIRM | {"supplier_name": f"{NAME} EIRL"}, FIRM]))

    assert run.rows["contracts"]["supplier_name"][2] == f"{pseudonym('CL-RUT-12345678-5', KEY)} EIRL"


def test_coordinates_are_left_alone_whatever_a_person_is_called(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    person = PERSON | {"supplier_name": "aaaaaaaaaaaa"}
    run = shown(found([person, person]))

    assert run.rows["contracts"]["file"].to_list() == ["aaaaaaaaaaaa"] * 2
    assert {member.file for member in run.findings[0].members} == {"aaaaaaaaaaaa"}


def test_a_person_is_one_pseudonym_in_rows_facts_and_sentence(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    run = shown(found([PERSON, PERSON]))
    person = pseudonym("CL-RUT-12345678-5", KEY)

    assert run.rows["contracts"].select("supplier_key", "supplier_id", "supplier_name").unique().row(0) == (
        person, person, person
    )  # fmt: skip
    assert run.findings[0].facts["supplier_name"] == person
    assert run.findings[0].message == f"2 contracts with {person} add up to 10 CLP since 2024-01-02"


def test_firms_keep_their_names_and_findings_their_fingerprints(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    run = found([PERSON, PERSON, FIRM, FIRM])
    masked = shown(run)

    assert [one.fingerprint for one in masked.findings] == [one.fingerprint for one in run.findings]
    assert (
        masked.rows["contracts"]
        .filter(pl.col("supplier_kind") == "company")
        .equals(run.rows["contracts"].filter(pl.col("supplier_kind") == "company"))
    )
    assert masked.rows["contracts"].schema == run.rows["contracts"].schema


def test_a_run_without_persons_is_left_as_it_is(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    run = found([FIRM, FIRM])

    assert shown(run) is run


def test_a_short_name_is_hidden_where_it_stands_alone_but_not_inside_words(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    person = PERSON | {"supplier_name": "Ana"}
    run = shown(found([person | {"title": "Banana"}, person | {"title": "Ana"}]))

    assert run.rows["contracts"]["title"].to_list() == ["Banana", pseudonym("CL-RUT-12345678-5", KEY)]
    assert run.findings[0].facts["supplier_name"] == pseudonym("CL-RUT-12345678-5", KEY)


def test_two_persons_of_one_name_stay_two_in_their_rows(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    other = PERSON | {"supplier_key": "CL-9999999-3", "supplier_id": "9.999.999-3"}
    run = shown(found([PERSON, PERSON, other, other]))

    assert run.rows["contracts"]["supplier_name"].n_unique() == 2
    assert {finding.facts["supplier_name"] for finding in run.findings} == {pseudonym(NAME, KEY)}
    assert NAME not in all_text(run)


def test_a_sentence_whose_rule_is_gone_is_searched(found: Callable[..., Run]) -> None:
    run = mask(found([PERSON, PERSON]), KEY, {})

    assert NAME not in run.findings[0].message
    assert "person-" in run.findings[0].message


def test_the_run_that_is_masked_stays_as_it_was(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    run = found([PERSON, PERSON])
    before = all_text(run)

    masked = all_text(shown(run))

    assert all_text(run) == before != masked


def test_another_key_gives_other_pseudonyms() -> None:
    assert pseudonym("x", KEY) == pseudonym("x", KEY)
    assert pseudonym("x", KEY) != pseudonym("x", b"l" * 32)
    assert pseudonym("x", KEY) != pseudonym("y", KEY)


@pytest.mark.parametrize(
    ("row", "hidden"),
    [
        ({"supplier_id": "12.345.678-4", "supplier_kind": "unknown"}, True),
        ({"supplier_id": "12.345.678-4", "supplier_kind": None}, True),
        ({"supplier_id": "123456", "supplier_kind": "unknown"}, True),
        ({"supplier_id": "NARS800101", "supplier_kind": "unknown"}, True),
        ({"supplier_id": "12345", "supplier_kind": "unknown"}, False),
        ({"supplier_id": "S/I", "supplier_kind": "unknown"}, False),
        ({"supplier_id": "55.555.555-5", "supplier_kind": "unknown"}, False),
        ({"supplier_id": "XAXX-010101-000", "supplier_kind": "unknown"}, False),
        ({"supplier_id": "12.345.678-4", "supplier_kind": "company"}, False),
        ({"supplier_id": "1234567", "supplier_kind": "unknown", "supplier_key": "portal:1234567"}, False),
        ({"supplier_id": None, "supplier_kind": "unknown"}, False),
    ],
)
def test_who_has_a_number_that_is_not_valid_may_be_a_person(
    found: Callable[..., Run], shown: Callable[[Run], Run], row: dict[str, Any], hidden: bool
) -> None:
    party = {"supplier_key": "name:RAMON NANCUCHEO SOTO", "supplier_name": NAME} | row

    text = all_text(shown(found([party, party])))

    assert ("Ñancucheo" not in text) is hidden
    assert ("masked-" in text) is hidden
    if hidden:
        assert row["supplier_id"] not in text


def test_a_name_under_a_right_and_a_wrong_number_stays_hidden(
    found: Callable[..., Run], shown: Callable[[Run], Run]
) -> None:
    slip = PERSON | {"supplier_id": "12.345.678-4", "supplier_kind": "unknown", "supplier_key": "name:X"}

    text = all_text(shown(found([PERSON, PERSON, slip, slip])))

    assert "Ñancucheo" not in text
    assert "12.345.678" not in text


def test_bidders_who_are_persons_are_hidden_under_the_pseudonym_they_have_as_suppliers(
    found: Callable[..., Run], shown: Callable[[Run], Run], make_tables: Callable[..., Tables]
) -> None:
    bids = make_tables(
        [
            {"tender_id": "t1", "bidder_id": ID, "bidder_name": NAME},
            {"tender_id": "t2", "bidder_id": "12.345.678-4", "bidder_name": "Ana Paz"},
            {"tender_id": "t3", "bidder_id": "76.086.428-5", "bidder_name": "Oak"},
        ],
        "bids",
    )
    run = found([PERSON, PERSON])
    run = replace(
        run,
        inputs=(replace(run.inputs[0], jurisdiction="CL"),),
        rows={**run.rows, "bids": bids["bids"].collect()},
    )

    masked = shown(run).rows["bids"]

    stands = pseudonym("CL-RUT-12345678-5", KEY)
    assert masked.columns == run.rows["bids"].columns
    assert masked["bidder_name"].to_list()[0] == masked["bidder_id"].to_list()[0] == stands
    assert masked["bidder_name"].to_list()[1].startswith("masked-")
    assert masked.select("bidder_id", "bidder_name").row(2) == ("76.086.428-5", "Oak")


def test_contacts_of_persons_are_left_out(
    found: Callable[..., Run], shown: Callable[[Run], Run], make_tables: Callable[..., Tables]
) -> None:
    contact = {"address": "Elm Road 1", "phone": "555", "email": "x@example.org"}
    parties = make_tables(
        [
            {"party_id": "1-9", "name": NAME, "kind": "person", **contact},
            {"party_id": "2-7", "name": "Oak Ltd", "kind": "company", **contact},
            {"party_id": "3-5", "name": "Elm", "kind": None, **contact},
        ],
        "parties",
    )
    run = replace(found([FIRM]), rows={"parties": parties["parties"].collect()})

    rows = shown(run).rows["parties"]

    assert rows.select("address", "phone", "email").rows() == [(None,) * 3, *[tuple(contact.values())] * 2]
    assert rows["name"].to_list() == [pseudonym("1-9", KEY), "Oak Ltd", "Elm"]


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPENDAUDIT_MASK_KEY", raising=False)
    file = tmp_path / "deep" / "mask.key"

    key = mask_key(file)

    assert mask_key(file) == key
    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert [other.name for other in file.parent.iterdir()] == ["mask.key"]
    assert mask_key(tmp_path / "other.key") != key


def test_the_environment_can_bring_the_key_and_no_file_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPENDAUDIT_MASK_KEY", "sixteen letters!")

    assert len(mask_key(tmp_path / "mask.key")) == 32
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPENDAUDIT_MASK_KEY", "fifteen letters")

    with pytest.raises(UsageError, match="SPENDAUDIT_MASK_KEY"):
        mask_key(tmp_path / "mask.key")
