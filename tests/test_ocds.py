"""OCDS is read whatever holds it, merged as the standard says, and no damage hides what is whole."""

import gzip
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spendaudit.enrich.keys import organisation_keys
from spendaudit.errors import ReadError
from spendaudit.ingest.archive import published
from spendaudit.ingest.json_trees import Damaged, Reading, trees
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Loaded, normalize
from spendaudit.load.published_lines import published_lines
from spendaudit.load.tables import open_tables
from spendaudit.sources._layouts import StrangeTreeError
from spendaudit.sources._ocds_rows import fits, rows, tells_of
from spendaudit.sources._ocds_states import merged, state_of

ONE = {"ocid": "ocds-zz9zz1-1", "date": "2024-01-01T00:00:00Z", "tag": ["award"]}
TWO = {"ocid": "ocds-zz9zz1-2", "tender": {"value": {"amount": 0.1}}}
_FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources" / "ocds"


def _award(**given: Any) -> dict[str, Any]:
    return {"id": "1", "value": {"amount": "10", "currency": "EUR"}, **given}


def _read(path: Path) -> list[Mapping[str, Any] | Damaged]:
    (part,) = published(path)
    with trees(part, ("releases", "records"), fits) as read:
        return list(read)


def _written(folder: Path, content: bytes | str, name: str = "file.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _zipped(folder: Path, **members: str) -> Path:
    path = folder / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.json", content)
    return path


def _laid_out(release: Mapping[str, Any], grain: str = "contract") -> list[dict[str, str | None]]:
    return [row for name, row in rows({**ONE, **release}) if name == grain]


HOLDERS: dict[str, Callable[[list[str]], str]] = {
    "a package": lambda texts: f'{{"uri": "x", "releases": [{", ".join(texts)}], "license": "y"}}',
    "a list": lambda texts: f"[{','.join(texts)}]",
    "packages in a list": lambda texts: f'[{{"releases": [{texts[0]}]}}, {{"releases": [{texts[1]}]}}]',
    "lines": lambda texts: "\n".join(texts) + "\n",
    "lines of packages": lambda texts: "\r\n".join(f'{{"releases": [{text}]}}' for text in texts),
    "one after the other": lambda texts: "".join(json.dumps(json.loads(text), indent=2) for text in texts),
    "records of a long text": lambda texts: (
        f'{{"uri": "{"x" * (5 << 20)}", "releases": [{texts[0]}], "records": [\n{texts[1]}]}}'
    ),
}


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
def test_trees_come_in_order_whatever_holds_them(holder: Callable[[list[str]], str], tmp_path: Path) -> None:
    path = _written(tmp_path, holder([json.dumps(ONE), json.dumps(TWO)]))

    found = [tells_of(tree) for tree in _read(path) if not isinstance(tree, Damaged) and fits(tree)]
    assert found == [ONE["ocid"], TWO["ocid"]]


def test_numbers_stay_as_they_were_published(tmp_path: Path) -> None:
    path = _written(
        tmp_path, '{"ocid": "a", "x": [0.10, 12345678901234567890.123, 1e400, 007.5e-3]}'.replace("007", "7")
    )

    (tree,) = _read(path)
    assert not isinstance(tree, Damaged)
    assert tree["x"] == ["0.10", "12345678901234567890.123", "1e400", "7.5e-3"]


def test_a_value_longer_than_the_window_is_read_whole(tmp_path: Path) -> None:
    long = {**ONE, "title": "á" * (3 << 20)}
    path = _written(tmp_path, f"[{json.dumps(long, ensure_ascii=False)}, {json.dumps(TWO)}]")

    first, second = _read(path)
    assert first == long
    assert not isinstance(second, Damaged)
    assert second["ocid"] == TWO["ocid"]


def test_signs_of_other_encodings_and_no_signs_at_all_are_told(tmp_path: Path) -> None:
    reading = Reading()
    (part,) = published(_written(tmp_path, '{"ocid": "Ñu\0ñoa"}'.encode("latin-1")))

    with trees(part, (), fits, reading) as read:
        found = list(read)
    assert found == [{"ocid": "Ñuñoa"}]
    assert reading.encoding == "cp1252"
    assert reading.notes == ("NUL bytes were left out",)


@pytest.mark.parametrize(
    "content",
    [
        f'{{"releases": [{json.dumps(ONE)}, {json.dumps(TWO)[:-9]}',
        f'{{"releases": [{json.dumps(ONE)} {json.dumps(TWO)}]}}',
        f"[{json.dumps(ONE)},",
        json.dumps(ONE)[:30],
        json.dumps(ONE, indent=0)[:30],
    ],
    ids=["cut short", "a comma lost", "a list cut short", "one release", "one release on lines"],
)
def test_a_single_document_that_is_damaged_is_refused(content: str, tmp_path: Path) -> None:
    path = _written(tmp_path, content)

    with pytest.raises(ReadError, match=r"file\.json: the JSON is damaged"):
        _read(path)


def test_a_damaged_line_does_not_hide_the_others(tmp_path: Path) -> None:
    lines = [json.dumps(ONE), '{"ocid": "broken', json.dumps(TWO), '{"ocid": "cut']
    path = _written(tmp_path, "\n".join(lines))

    found = _read(path)
    assert [isinstance(tree, Damaged) for tree in found] == [False, True, False, True]
    assert found[1] == Damaged("the JSON is damaged (Invalid control character at)", lines[1])
    assert found[3] == Damaged("the JSON is damaged (it ends in the middle)", lines[3])


def test_a_damaged_first_line_does_not_hide_the_others(tmp_path: Path) -> None:
    path = _written(tmp_path, '{"ocid": {\n' + json.dumps(ONE) + "\n")

    damaged, whole = _read(path)
    assert isinstance(damaged, Damaged)
    assert whole == ONE


def test_a_damaged_document_of_a_zip_does_not_hide_the_others(tmp_path: Path) -> None:
    path = _zipped(
        tmp_path, a=json.dumps(ONE)[:-1], b=f'{{"releases": [{json.dumps(TWO)}, {{', c=json.dumps(ONE)
    )

    first, second, third = _read(path)
    assert isinstance(first, Damaged)
    assert isinstance(second, Damaged)
    assert third == ONE


def test_a_gzip_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({**ONE, "ocid": str(number)}) for number in range(5_000))
    path = _written(tmp_path, gzip.compress(lines.encode())[:-50], "file.jsonl.gz")

    with pytest.raises(ReadError, match="the archive ends too early"):
        _read(path)


def test_the_last_word_on_a_process_counts_whatever_the_order_and_offset() -> None:
    early = {**ONE, "date": "2024-05-01T23:00:00-04:00", "tender": {"title": "Late", "status": "active"}}
    late = {**ONE, "date": "2024-05-01T22:00:00Z", "tender": {"title": "Early", "value": {"amount": "1"}}}

    whole = merged([early, late])
    assert whole["tender"] == {"title": "Late", "status": "active", "value": {"amount": "1"}}


def test_lists_are_merged_by_id_and_null_takes_away() -> None:
    first = {**ONE, "awards": [_award(status="pending"), _award(id="2")], "tender": {"title": "x", "id": "1"}}
    second = {**ONE, "date": "2025-01-01T00:00:00Z", "awards": [{"id": "1", "status": "active"}]}
    third = {**ONE, "date": "2026-01-01T00:00:00Z", "tender": {"title": None}}

    whole = merged([third, second, first])
    assert whole["awards"] == [_award(status="active"), _award(id="2")]
    assert whole["tender"] == {"id": "1"}


def test_a_compiled_release_stands_for_all_before_it() -> None:
    compiled = {**ONE, "tag": ["compiled"], "awards": [_award(id="7")]}

    assert merged([{**ONE, "date": "2030-01-01T00:00:00Z", "awards": [_award()]}, compiled]) == compiled


def test_a_record_is_what_its_releases_come_to() -> None:
    releases = [{**ONE, "awards": [_award()]}, {**ONE, "date": "2025-01-01T00:00:00Z", "language": "es"}]
    linked = [{"url": "https://portal.example/1", "date": "2024-01-01T00:00:00Z", "tag": ["award"]}]

    assert state_of({"ocid": "a", "releases": releases})["awards"] == [_award()]
    assert state_of({"ocid": "a", "releases": linked, "compiledRelease": ONE})["tag"] == ["compiled"]
    with pytest.raises(StrangeTreeError, match="only says where"):
        state_of({"ocid": "a", "releases": linked})


def test_an_award_and_its_contract_are_one_row() -> None:
    found = _laid_out({"awards": [_award(date="2024-03-01")], "contracts": [{"id": "1", "awardID": "1"}]})

    (row,) = found
    assert row["contract_id"] == "ocds-zz9zz1-1/contracts/1"
    assert (row["amount"], row["currency"], row["award_date"]) == ("10", "EUR", "2024-03-01")


def test_an_award_value_is_not_given_to_each_of_several_contracts() -> None:
    contracts = [{"id": number, "awardID": "1"} for number in ("1", "2")]

    assert [row["amount"] for row in _laid_out({"awards": [_award()], "contracts": contracts})] == [
        None,
        None,
    ]


def test_a_contract_that_names_no_award_belongs_to_the_only_one() -> None:
    contract = {"id": "1", "value": {"amount": "12", "currency": "EUR"}}

    assert len(_laid_out({"awards": [_award()], "contracts": [contract]})) == 1
    assert len(_laid_out({"awards": [_award()], "contracts": [{**contract, "awardID": "9"}]})) == 2


def test_several_suppliers_are_one_row_named_together_in_one_order() -> None:
    suppliers = [{"name": "Beta", "identifier": {"id": "2"}}, {"name": "Alfa", "identifier": {"id": "1"}}]

    for order in (suppliers, suppliers[::-1]):
        (row,) = _laid_out({"awards": [_award(suppliers=order)]})
        assert (row["supplier_id"], row["supplier_name"], row["amount"]) == (None, "Alfa; Beta", "10")


@pytest.mark.parametrize(
    ("supplier", "number"),
    [
        ({"id": "1", "name": "Alfa"}, None),
        ({"id": "W"}, "W"),
        ({"id": "PY-RUC-80026564-5", "name": "Alfa"}, "PY-RUC-80026564-5"),
        ({"name": "Alfa", "identifier": {"scheme": "PY-RUC", "id": "80026564-5"}}, "PY-RUC-80026564-5"),
        (
            {"name": "Alfa", "identifier": {"scheme": "PY-RUC", "id": "PY-RUC-80026564-5"}},
            "PY-RUC-80026564-5",
        ),
        ({"name": "Alfa", "identifier": {"scheme": "Registro", "id": "80026564-5"}}, "80026564-5"),
        (
            {
                "name": "Alfa",
                "identifier": {
                    "scheme": "Registro Único de Contribuyente emitido por el Ministerio de Hacienda del "
                    "Gobierno de Paraguay",
                    "id": "80026564-5",
                },
            },
            "PY-RUC-80026564-5",
        ),
        ({"name": "Alfa", "identifier": {"scheme": "PY-RUC", "id": "000-0"}}, None),
    ],
)
def test_a_party_is_known_by_what_a_register_gave_it(supplier: dict[str, Any], number: str | None) -> None:
    (row,) = _laid_out({"awards": [_award(suppliers=[supplier])]})

    assert row["supplier_id"] == number


def test_a_number_is_judged_by_the_scheme_that_it_states() -> None:
    numbers = ["CL-RUT-76543210-3", "CL-RUT-76543210-4", "GB-COH-00112233", "80026564-5", None]
    frame = pl.DataFrame({"supplier_id": numbers, "supplier_name": ["Alfa"] * 5})

    keyed = organisation_keys(
        frame,
        role="supplier",
        id="supplier_id",
        name="supplier_name",
        country="any",
        tax_id=True,
        source="ocds",
    )
    assert keyed["supplier_key"].cast(pl.String).to_list() == [
        "CL-RUT-76543210-3",
        "name:ALFA",
        "ocds:GB-COH-00112233",
        "ocds:80026564-5",
        "name:ALFA",
    ]
    assert keyed["supplier_id_valid"].to_list() == [True, False, None, None, None]


def test_a_value_in_another_currency_is_not_the_tenders() -> None:
    tender = {"value": {"amount": "99", "currency": "USD"}}

    assert _laid_out({"tender": tender, "awards": [_award()]})[0]["tender_amount"] is None
    assert _laid_out({"tender": tender})[0]["tender_amount"] == "99"


def test_structures_of_the_wrong_kind_are_no_reason_to_stop() -> None:
    release = {
        "parties": {"id": "1"},
        "buyer": [],
        "tender": "x",
        "awards": {"suppliers": "y", "items": [None]},
    }

    (row,) = _laid_out(release)
    assert row["contract_id"] == "ocds-zz9zz1-1/awards[1]"


def _normalized(path: Path, store: Path) -> tuple[Loaded, Store]:
    place = Store(store)
    return normalize([path], place), place


def test_releases_of_a_process_in_several_documents_count_once(tmp_path: Path) -> None:
    award, contract = {"awards": [_award()]}, {"contracts": [{"id": "1", "awardID": "1"}]}
    path = _zipped(
        tmp_path,
        a=json.dumps({**ONE, **award}),
        b=json.dumps(TWO),
        c=json.dumps({**ONE, **award, **contract}),
    )

    loaded, store = _normalized(path, tmp_path / "store")
    (entry,) = loaded.inputs
    found = open_tables(loaded.inputs, store)["contracts"].collect()
    assert (entry.rows_read, entry.rows_loaded, entry.rows_merged) == (3, 2, 1)
    assert sorted(found["contract_id"]) == ["ocds-zz9zz1-1/contracts/1", "ocds-zz9zz1-2/tender"]


def test_what_came_to_nothing_is_known_by_the_codes_of_the_standard_alone(tmp_path: Path) -> None:
    statuses = ["active", "cancelled", "unsuccessful", "withdrawn", "pending", "terminated", "anulado", None]
    releases = [
        {**ONE, "ocid": f"ocds-zz9zz1-{number}", "awards": [_award(status=status)]}
        for number, status in enumerate(statuses)
    ]
    path = _written(tmp_path, "\n".join(json.dumps(release) for release in releases))

    loaded, store = _normalized(path, tmp_path / "store")
    void = open_tables(loaded.inputs, store)["contracts"].select("is_void").collect().to_series()
    assert void.to_list() == [False, True, True, True, False, False, False, None]
    assert loaded.inputs[0].notes == (
        "3 of 8 contracts came to nothing by their status: they count as no spending",
    )


def test_the_licence_that_a_package_states_is_noted(tmp_path: Path) -> None:
    package = {"publisher": {"name": "A portal"}, "license": "https://licence.example", "releases": [TWO]}

    loaded, _ = _normalized(_written(tmp_path, json.dumps(package)), tmp_path / "store")
    assert loaded.inputs[0].notes == ("A portal states the licence https://licence.example",)


def test_the_order_of_rows_does_not_change_from_run_to_run(tmp_path: Path) -> None:
    releases = [{**ONE, "ocid": f"ocds-zz9zz1-{number % 50}", "awards": [_award()]} for number in range(100)]
    path = _written(tmp_path, "\n".join(json.dumps(release) for release in releases))

    loaded, store = _normalized(path, tmp_path / "store")
    found = open_tables(loaded.inputs, store)["contracts"].collect()
    assert found["ocid"].to_list() == [f"ocds-zz9zz1-{number}" for number in range(50)]


def test_a_contact_point_is_kept_nowhere_not_even_of_what_was_put_aside(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for path in _FIXTURES.iterdir():
        if path.suffix in {".jsonl", ".zip", ".json", ".gz"} and not path.name.endswith("expected.json"):
            _normalized(path, store)

    kept = [pl.read_parquet(path) for path in store.rglob("*.parquet")]
    assert kept
    for frame in kept:
        texts = "\n".join(frame.cast(pl.String).fill_null("").select(pl.concat_str(pl.all())).to_series())
        assert "Persona Inventada" not in texts
        assert "persona@" not in texts


def test_lines_of_a_file_of_many_batches_are_found_again(tmp_path: Path) -> None:
    releases = ({"ocid": f"ocds-zz9zz1-{number}", "awards": [_award()]} for number in range(20_100))
    path = _written(tmp_path, "\n".join(json.dumps({**ONE, **release}) for release in releases))
    (entry,) = normalize([path], Store(tmp_path / "store")).inputs

    lines = published_lines(entry, path, "contracts", [2, 20_099])

    assert entry.rows_loaded == 20_100
    assert '"ocds-zz9zz1-1"' in lines[2]
    assert '"ocds-zz9zz1-20098"' in lines[20_099]


@pytest.mark.parametrize("depth", [200, 480, 900, 960, 980, 990, 1100, 100_000])
def test_what_is_nested_too_deeply_for_any_walk_is_put_aside_or_refused(depth: int, tmp_path: Path) -> None:
    deep = f"{'[' * depth}1{']' * depth}"
    lines = [json.dumps({**ONE, "awards": [_award()]}), f'{{"noid": 1, "x": {deep}}}', deep]
    path = _written(tmp_path, "\n".join(lines))

    loaded = normalize([path], Store(tmp_path / "store"))

    if loaded.inputs:
        (entry,) = loaded.inputs
        # What follows damage counts from the next line that opens an object.
        assert entry.rows_loaded == 1
        assert entry.rows_quarantined in {1, 2}
    else:
        assert "the JSON" in loaded.refused[0].error.message


@pytest.mark.parametrize(
    "strange",
    [{"versionedRelease": "a text"}, {"versionedRelease": [1]}, {"tag": True}, {"tag": 7}, {"tag": None}],
)
def test_parts_of_another_kind_than_the_standard_says_do_not_stop_the_reading(
    strange: dict[str, Any], tmp_path: Path
) -> None:
    twice = [{**ONE, "id": str(number), "awards": [_award()], **strange} for number in (1, 2)]
    path = _written(tmp_path, json.dumps({"releases": twice}))

    (entry,) = normalize([path], Store(tmp_path / "store")).inputs

    assert entry.rows_read == entry.rows_loaded + entry.rows_merged + entry.rows_quarantined == 2


def test_halves_of_characters_are_told_from_whole_ones(tmp_path: Path) -> None:
    words = json.dumps({**ONE, "title": "x \ud83d y", "\udfff": ["\U0001f600"]})
    broken = '{"noid": "\\ud800"}'

    one, two = _read(_written(tmp_path, f"{words}\n{broken}"))
    (entry,) = normalize([tmp_path / "file.json"], Store(tmp_path / "store")).inputs

    assert isinstance(one, Mapping)
    assert (one["title"], one["\ufffd"]) == ("x \ufffd y", ["\U0001f600"])
    assert two == {"noid": "\ufffd"}
    assert entry.rows_read == entry.rows_quarantined == 2


def test_text_without_any_sign_of_json_is_decoded_whole(tmp_path: Path) -> None:
    words = "ñandú " * 1_000_000
    path = _written(tmp_path, json.dumps({**ONE, "title": words}, ensure_ascii=False))

    (one,) = _read(path)

    assert isinstance(one, Mapping)
    assert one["title"] == words


def test_many_damaged_lines_are_each_put_aside(tmp_path: Path) -> None:
    path = _written(tmp_path, f"{json.dumps(ONE)}\n" + '{"a"\n' * 20_000 + json.dumps(TWO))

    found = _read(path)

    assert len(found) == 20_002
    assert sum(isinstance(one, Damaged) for one in found) == 20_000
