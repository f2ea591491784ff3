"""Every number of every country in the table is recognised, keyed, and tells what it tells of its bearer."""

from importlib import import_module

import polars as pl
import pytest

from spendaudit.enrich import ids, ruts
from spendaudit.enrich.schemes import EUROPEAN, SCHEMES, Scheme
from spendaudit.model.codelists import PARTY_KIND

#: Invented numbers that pass their check digits, in the spellings of their countries.
NUMBERS = [
    ("AD", "U-132415-S", "AD-NRT-U132415S", "unknown"),
    ("AL", "AL J 91206611 E", "AL-NIPT-J91206611E", "unknown"),
    ("AR", "20-67802178-5", "AR-CUIT-20678021785", "person"),
    ("AR", "20.019.115", "AR-DNI-20019115", "person"),
    ("AT", "AT U13711973", "AT-UID-U13711973", "unknown"),
    ("AT", "FN 233119 k", "AT-FN-233119k", "company"),
    ("AU", "83 393 150 189", "AU-ABN-83393150189", "unknown"),
    ("AU", "005 587 744", "AU-ACN-005587744", "company"),
    ("AZ", "145 194 7312", "AZ-VOEN-1451947312", "person"),
    ("BE", "(0)453179248", "BE-BCE-0453179248", "unknown"),
    ("BE", "85.03.54-005 84", "BE-NN-85035400584", "person"),
    ("BG", "BG 170 396 913", "BG-EIK-170396913", "company"),
    ("BR", "16.524.371/3043-22", "BR-CNPJ-16524371304322", "company"),
    ("BR", "392.061.083-01", "BR-CPF-39206108301", "person"),
    ("BY", "УНП MA1936677", "BY-UNP-MA1936677", "person"),
    ("CA", "12853 1662 RC 2666", "CA-BN-128531662", "unknown"),
    ("CH", "CHE-101.780.588", "CH-UID-CHE101780588", "unknown"),
    ("CH", "CHE-104.039.533 IVA", "CH-UID-CHE104039533", "unknown"),
    ("CH", "756.5954.8462.49", "CH-AHV-7565954846249", "person"),
    ("CL", "CL 12558106-4", "CL-RUT-12558106-4", "person"),
    ("CN", "91590547174154401R", "CN-USCC-91590547174154401R", "company"),
    ("CN", "360926875806288581", "CN-RIC-360926875806288581", "person"),
    ("CO", "211.823.498-1", "CO-NIT-2118234981", "person"),
    ("CR", "3-102-475624", "CR-CPJ-3102475624", "company"),
    ("CR", "3-0676-3889", "CR-CPF-0306763889", "person"),
    ("CR", "154987204285", "CR-CR-154987204285", "person"),
    ("CU", "91100423180", "CU-NI-91100423180", "person"),
    ("CY", "CY-10809583P ", "CY-VAT-10809583P", "unknown"),
    ("CZ", "CZ 25363913", "CZ-DIC-25363913", "company"),
    ("DE", "DE 132,646 879", "DE-VAT-132646879", "unknown"),
    ("DE", "36 273 934 509", "DE-IDNR-36273934509", "person"),
    ("DK", "DK 13812489", "DK-CVR-13812489", "unknown"),
    ("DK", "210306-0298", "DK-CPR-2103060298", "person"),
    ("DO", "1-08-10501-2", "DO-RNC-108105012", "company"),
    ("DO", "00149669590", "DO-CEDULA-00149669590", "person"),
    ("DZ", "007 189 620 241 760 52336", "DZ-NIF-00718962024176052336", "unknown"),
    ("EC", "1767359372-701", "EC-RUC-1767359372701", "public"),
    ("EC", "173112866-4", "EC-CI-1731128664", "person"),
    ("EE", "EE 107 525 967", "EE-KMKR-107525967", "unknown"),
    ("EE", "12983551", "EE-REG-12983551", "company"),
    ("EE", "36606051214", "EE-IK-36606051214", "person"),
    ("EG", "108-387-035", "EG-TN-108387035", "unknown"),
    ("ES", "ES B-58989815", "ES-NIF-B58989815", "company"),
    ("FI", "FI 20132086", "FI-YTJ-20132086", "unknown"),
    ("FI", "130575-283W", "FI-HETU-130575-283W", "person"),
    ("FO", "622702", "FO-VN-622702", "unknown"),
    ("FR", "553 589 524", "FR-SIREN-553589524", "unknown"),
    ("FR", "73567721348373", "FR-SIREN-735677213", "unknown"),
    ("FR", "Fr 40 140 368 580", "FR-SIREN-140368580", "unknown"),
    ("FR", "3025197767095", "FR-NIF-3025197767095", "person"),
    ("FR", "2 92 24 88 376 666 78", "FR-NIR-292248837666678", "person"),
    ("GB", "GB 988 5355 53", "GB-VAT-988535553", "unknown"),
    ("GB", "1985679281", "GB-UTR-1985679281", "unknown"),
    ("GH", "C0034436278", "GH-TIN-C0034436278", "company"),
    ("GN", "699-462-016", "GN-NIFP-699462016", "unknown"),
    ("GR", "EL 094044672 ", "GR-AFM-094044672", "unknown"),
    ("GR", "01022221368", "GR-AMKA-01022221368", "person"),
    ("GT", "574573-K", "GT-NIT-574573K", "unknown"),
    ("HR", "HR 33642904432", "HR-OIB-33642904432", "unknown"),
    ("HU", "HU-12254213", "HU-ANUM-12254213", "unknown"),
    ("ID", "3164618710885490", "ID-NIK-3164618710885490", "person"),
    ("ID", "01.381.624.4-027.735", "ID-NPWP-013816244027735", "unknown"),
    ("IE", "IE 6456291OH", "IE-VAT-6456291OH", "unknown"),
    ("IL", "511509044", "IL-HP-511509044", "company"),
    ("IL", "3954007-5", "IL-IDNR-039540075", "person"),
    ("IN", "27AAPFU5718F6ZN", "IN-PAN-AAPFU5718F", "unknown"),
    ("IN", "ACUPA7099O", "IN-PAN-ACUPA7099O", "person"),
    ("IS", "450588-9709", "IS-KENNITALA-4505889709", "company"),
    ("IS", "IS 00679", "IS-VSK-00679", "unknown"),
    ("IT", "IT 00394020838", "IT-IVA-00394020838", "unknown"),
    ("IT", "RCCMNL83S85D351Y", "IT-CF-RCCMNL83S85D351Y", "person"),
    ("JP", "5-8951-7459-1059", "JP-CN-5895174591059", "company"),
    ("KE", "P052312081F", "KE-PIN-P052312081F", "company"),
    ("KR", " 114 - 95 - 81147  ", "KR-BRN-1149581147", "unknown"),
    ("KR", "970830-1626011", "KR-RRN-9708301626011", "person"),
    ("LI", "00348619504", "LI-PEID-348619504", "unknown"),
    ("LT", "LT 102359592217", "LT-PVM-102359592217", "unknown"),
    ("LT", "33302224391", "LT-ASMENS-33302224391", "person"),
    ("LU", "LU 156 121 15", "LU-TVA-15612115", "unknown"),
    ("LV", "LV 4028 4315 568", "LV-PVN-40284315568", "company"),
    ("MA", "00 43 48 22 94 72 799", "MA-ICE-004348229472799", "unknown"),
    ("MC", "53 0002 63304", "MC-TVA-FR53000263304", "unknown"),
    ("MD", "1025845112599", "MD-IDNO-1025845112599", "company"),
    ("ME", "02859092", "ME-PIB-02859092", "unknown"),
    ("MK", "4065626850994", "MK-EDB-4065626850994", "unknown"),
    ("MT", "MT 1195-6132", "MT-VAT-11956132", "unknown"),
    ("MX", "VACE-460813-SX0", "MX-RFC-VACE460813SX0", "person"),
    ("MX", "BOXW310908HNERXN06", "MX-CURP-BOXW310908HNERXN06", "person"),
    ("MY", "770413-38-4356", "MY-NRIC-770413384356", "person"),
    ("MZ", "409 032 109", "MZ-NUIT-409032109", "unknown"),
    ("NL", "008771169B70", "NL-BTW-008771169B70", "unknown"),
    ("NO", "981 261 941", "NO-ORGNR-981261941", "unknown"),
    ("NO", "NO 995 434 563 MVA", "NO-ORGNR-995434563", "unknown"),
    ("NO", "154681 66469", "NO-FNR-15468166469", "person"),
    ("NZ", "NZ 49-906-331", "NZ-IRD-49906331", "unknown"),
    ("PE", "20258625243", "PE-RUC-20258625243", "company"),
    ("PE", "10488951-0", "PE-DNI-10488951", "person"),
    ("PK", "34839-6333445-5", "PK-CNIC-3483963334455", "person"),
    ("PL", "PL 8531157313", "PL-NIP-8531157313", "unknown"),
    ("PL", "12797644196001", "PL-REGON-12797644196001", "unknown"),
    ("PL", "44510190684", "PL-PESEL-44510190684", "person"),
    ("PT", "PT 503 707 783", "PT-NIF-503707783", "company"),
    ("PY", "80032394-7", "PY-RUC-800323947", "company"),
    ("RO", "185 322 56", "RO-CUI-18532256", "unknown"),
    ("RO", "1670630292864", "RO-CNP-1670630292864", "person"),
    ("RS", "108632912", "RS-PIB-108632912", "unknown"),
    ("RU", "120227166239", "RU-INN-120227166239", "person"),
    ("RU", "381104167498807", "RU-OGRN-381104167498807", "person"),
    ("SE", "1202238158", "SE-ORGNR-1202238158", "person"),
    ("SE", "SE 124809589301", "SE-ORGNR-1248095893", "company"),
    ("SE", "880221-9439", "SE-ORGNR-8802219439", "person"),
    ("SG", "191820991C", "SG-UEN-191820991C", "unknown"),
    ("SI", "SI 5010 5540", "SI-DDV-50105540", "unknown"),
    ("SI", "9368469441", "SI-MATICNA-9368469441", "unknown"),
    ("SI", "0109316758691", "SI-EMSO-0109316758691", "person"),
    ("SK", "712903/2340", "SK-RC-7129032340", "person"),
    ("SK", "SK 209 777 71 54", "SK-DPH-2097777154", "unknown"),
    ("SM", "022742", "SM-COE-22742", "unknown"),
    ("SN", "3036630 0G0", "SN-NINEA-30366300G0", "unknown"),
    ("SV", "SV 0602-591843-056-9", "SV-NIT-06025918430569", "unknown"),
    ("TH", "0 17 7 693 21917 9", "TH-MOA-0177693219179", "company"),
    ("TH", "1-2230-20075-43-9", "TH-PIN-1223020075439", "person"),
    ("TN", "1202581/M/A/E/955", "TN-MF-1202581MAE955", "unknown"),
    ("TR", "4581079172", "TR-VKN-4581079172", "unknown"),
    ("TR", "17556807144", "TR-TCKN-17556807144", "person"),
    ("TW", "00559933", "TW-UBN-00559933", "company"),
    ("UA", "32493182", "UA-EDRPOU-32493182", "company"),
    ("UA", "1732276486", "UA-RNTRC-1732276486", "person"),
    ("US", "533-05-6324", "US-SSN-533056324", "person"),
    ("US", "910-74-6140", "US-ITIN-910746140", "person"),
    ("US", "91-9506233", "US-EIN-919506233", "unknown"),
    ("UY", "UY 21 526450 001 7", "UY-RUT-215264500017", "unknown"),
    ("VE", "V-11385048-1", "VE-RIF-V113850481", "person"),
    ("VN", "0396823475-449", "VN-MST-0396823475449", "unknown"),
    ("ZA", "7504018638191", "ZA-IDNR-7504018638191", "person"),
    ("ZA", "0030627756", "ZA-TIN-0030627756", "unknown"),
]


def judged(country: str, *texts: str) -> list[tuple[bool, str, str | None]]:
    return ids.look_up(country, pl.Series(texts, dtype=pl.String)).select("valid", "kind", "key").rows()


@pytest.mark.parametrize(("country", "text", "key", "kind"), NUMBERS)
def test_an_invented_number_of_each_kind_is_recognised(country: str, text: str, key: str, kind: str) -> None:
    assert judged(country, text) == [(True, kind, key)]


def test_no_country_is_left_out() -> None:
    """A country joins the table together with a number that is known to be right."""
    assert {country for country, *_ in NUMBERS} == set(SCHEMES) - {"EU", "MU"}


@pytest.mark.parametrize(
    "scheme", [one for schemes in SCHEMES.values() for one in schemes], ids=lambda one: one.name
)
def test_every_entry_of_the_table_can_be_used(scheme: Scheme) -> None:
    bearers = {scheme.bearer, *scheme.prefixes.values(), *scheme.lengths.values()}

    assert callable(import_module(f"stdnum.{scheme.module}").validate)
    assert scheme.called
    assert bearers <= set(PARTY_KIND.categories)


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("BR", "00.123.456/0001-49"),
        ("BR", "001.234.567-97"),
        ("ES", "01234567L"),
        ("EC", "0191234567001"),
        ("DO", "001-0054107-7"),
    ],
)
def test_zeros_that_a_number_begins_with_belong_to_it(country: str, text: str) -> None:
    ((valid, _, key),) = judged(country, text)

    assert valid
    assert key is not None
    assert key.split("-", 2)[2].startswith("0")


def test_zeros_that_a_portal_puts_before_a_number_do_not() -> None:
    assert judged("BR", "00039206108301") == judged("BR", "392.061.083-01")
    assert judged("PY", "000080328333-4") == judged("PY", "80328333-4")


def test_a_number_without_check_digit_gains_no_zeros() -> None:
    assert judged("AR", "000020019115") == [(False, "unknown", None)]


@pytest.mark.parametrize(
    ("bare", "whole", "kind"),
    [
        ("900.123.457", "900.123.457-1", "company"),
        ("899999162", "8999991621", "company"),
        ("79.456.123", "79456123-8", "person"),
        ("1020304050", "1020304050-8", "person"),
    ],
)
def test_a_colombian_number_has_one_key_with_and_without_its_check_digit(
    bare: str, whole: str, kind: str
) -> None:
    nit = import_module("stdnum.co.nit")
    whole = whole[:-1] + nit.calc_check_digit(nit.compact(whole)[:-1])

    without, with_digit = judged("CO", bare, whole)

    assert without == with_digit
    assert without[:2] == (True, kind)


def test_a_colombian_number_with_a_wrong_check_digit_is_not_valid() -> None:
    nit = import_module("stdnum.co.nit")
    wrong = next(digit for digit in "0123456789" if digit != nit.calc_check_digit("900123457"))

    assert judged("CO", f"900123457-{wrong}") == [(False, "unknown", None)]


def test_a_persons_number_among_employers_is_known_by_its_dashes() -> None:
    (person,), (employer,) = judged("US", "531-84-4660"), judged("US", "531844660")

    assert person[1] == "person"
    assert employer[1:] == ("unknown", "US-EIN-531844660")


@pytest.mark.parametrize("text", ["73567721348373", "735677213"])
def test_a_french_branch_is_its_company(text: str) -> None:
    assert judged("FR", text)[0][2] == "FR-SIREN-735677213"


@pytest.mark.parametrize("country", ["EU", "PT", "ES"])
def test_a_european_number_is_its_own_countrys_wherever_it_stands(country: str) -> None:
    assert judged(country, "ESB58989815", "es b-58989815", "PT504394223", "EL094044672") == [
        (True, "company", "ES-NIF-B58989815"),
        (True, "company", "ES-NIF-B58989815"),
        (True, "company", "PT-NIF-504394223"),
        (True, "unknown", "GR-AFM-094044672"),
    ]


def test_outside_the_union_european_numbers_are_not_looked_for() -> None:
    assert judged("PE", "PT504394223") == [(False, "unknown", None)]


def test_letters_of_a_country_that_is_not_in_the_union_lead_nowhere() -> None:
    assert judged("EU", "CL76086428-5", "B58989815", "") == [(False, "unknown", None)] * 3


def test_every_european_number_has_a_country() -> None:
    assert set(EUROPEAN.values()) <= set(SCHEMES)


@pytest.mark.parametrize(
    ("country", "text", "key"),
    [
        ("CL", "CL-RUT-76086428-5", "CL-RUT-76086428-5"),
        ("PY", "PY-RUC-80328333-4", "PY-RUC-803283334"),
        ("AR", "AR-CUIT-20678021785", "AR-CUIT-20678021785"),
    ],
)
def test_a_number_may_bear_the_name_of_its_scheme(country: str, text: str, key: str) -> None:
    assert judged(country, text)[0][2] == key


def test_chilean_companies_begin_at_one_number_in_the_table_and_in_the_fast_reading() -> None:
    (rut,) = SCHEMES["CL"]

    assert rut.companies == (ruts.COMPANIES, 999_999_999)


def test_a_country_without_checkable_numbers_is_told() -> None:
    assert not ids.knows("BO")
    with pytest.raises(KeyError):
        ids.look_up("BO", pl.Series(["1023456027"]))
