"""United States: federal contract awards of USAspending, as award summaries or as the yearly archive.

What it holds
-------------
Contracts, orders and calls of federal agencies, as the Federal Procurement Data System knows them. Award
summaries (a custom download of prime awards, 286 columns, or any choice of them) have one row per award with
its whole life. The yearly archive has one row per action: the award, and each change of it.

How often
---------
The archive is written anew every month, under a name that holds the day; `fetch` asks the portal's list for
the newest. Its years are fiscal: 2024 is October 2023 to September 2024, and one that began in October can be
fetched from January. A year of all agencies is more than 1 GB. Summaries are made when asked for.

Licence
-------
Works of the United States government are not under copyright.

Caveats
-------
- Of the archive, the last action of an award counts: by action_date, and of two of one day the later line. In
  several years' files together that is the last of all. Earlier actions count as merged.
- `amount` is current_total_value_of_award: what was agreed so far, options in use included. What is
  obligated may be less, and potential_total_value_of_award, with all options, more. `paid_amount` is what
  agencies have reported as outlays, since about 2020; blank is not 0.
- number_of_offers_received is blank where the agency gave none, on a quarter of the awards of one department:
  blank is neither 0 nor 1. For an order under a vehicle it may count the offers for the vehicle.
- `procurement_method` is extent_competed. Not available for competition, not competed, and follow-on are
  direct; after exclusion of sources (set-asides) is selective; simplified and order-level competition is
  limited. An order inherits the word of its vehicle where it has none of its own.
- `procurement_method_details` is the published word and, of simplified acquisitions, whether they were made
  under FAR 13.5 (commercial items), whose ceiling is higher. Where that is blank, no ceiling is known.
- The vehicles themselves (IDV) are put aside: what is bought under them are awards of their own, whose
  `framework_id` is the vehicle's number.
- `date_signed` is the day of the first action, which only the full summaries have. The archive, and a choice
  without that column, have the start of the period of performance.
- The buyer is the awarding sub-agency, by name: a choice of columns may lack the codes. `buyer_unit` is the
  office. The supplier goes by its UEI, which is not a tax number; some are natural persons.
- `contract_id` is contract_award_unique_key: the number people use (PIID) is a part of it, and is not unique.
- Salaries of officers, telephones and addresses of suppliers are not kept.
"""

from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, code, constant, date, integer, money, text, trimmed
from spendaudit.model.codelists import CATEGORY, CURRENCY, LEVEL, METHOD
from spendaudit.sources._releases import Downloads, listed
from spendaudit.sources._source import Csv, Latest, Organisation, Output, Source

#: FPDS, extent competed (10A).
METHODS: Final = {
    "A": "open",
    "B": "direct",
    "C": "direct",
    "D": "selective",
    "E": "direct",
    "F": "limited",
    "G": "direct",
    "CDO": "limited",
    "NDO": "direct",
}

#: Columns known to be in award summaries, and not used.
LEFT: Final = """
award_id_piid parent_award_agency_id parent_award_agency_name disaster_emergency_fund_codes
outlayed_amount_from_COVID-19_supplementals obligated_amount_from_COVID-19_supplementals
outlayed_amount_from_IIJA_supplemental obligated_amount_from_IIJA_supplemental
potential_total_value_of_award award_base_action_date_fiscal_year award_latest_action_date
award_latest_action_date_fiscal_year period_of_performance_potential_end_date ordering_period_end_date
awarding_agency_code awarding_agency_name awarding_sub_agency_code awarding_office_code
funding_agency_code funding_agency_name funding_sub_agency_code funding_sub_agency_name
funding_office_code funding_office_name treasury_accounts_funding_this_award
federal_accounts_funding_this_award object_classes_funding_this_award
program_activities_funding_this_award foreign_funding foreign_funding_description sam_exception
sam_exception_description

recipient_duns recipient_name_raw recipient_doing_business_as_name cage_code recipient_parent_uei
recipient_parent_duns recipient_parent_name recipient_parent_name_raw recipient_country_code
recipient_country_name recipient_city_name prime_award_summary_recipient_county_fips_code
recipient_county_name prime_award_summary_recipient_state_fips_code recipient_state_code
recipient_state_name recipient_zip_4_code prime_award_summary_recipient_cd_original
prime_award_summary_recipient_cd_current

primary_place_of_performance_country_code primary_place_of_performance_country_name
primary_place_of_performance_city_name prime_award_summary_place_of_performance_county_fips_code
primary_place_of_performance_county_name prime_award_summary_place_of_performance_state_fips_code
primary_place_of_performance_state_code primary_place_of_performance_state_name
primary_place_of_performance_zip_4 prime_award_summary_place_of_performance_cd_original
prime_award_summary_place_of_performance_cd_current

award_type_code award_type idv_type_code idv_type multiple_or_single_award_idv_code
multiple_or_single_award_idv type_of_idc_code type_of_idc type_of_contract_pricing_code
type_of_contract_pricing number_of_actions inherently_governmental_functions
inherently_governmental_functions_description contract_bundling_code contract_bundling
dod_claimant_program_code dod_claimant_program_description naics_code naics_description
recovered_materials_sustainability_code recovered_materials_sustainability
domestic_or_foreign_entity_code domestic_or_foreign_entity dod_acquisition_program_code
dod_acquisition_program_description information_technology_commercial_item_category_code
information_technology_commercial_item_category epa_designated_product_code epa_designated_product
country_of_product_or_service_origin_code country_of_product_or_service_origin place_of_manufacture_code
place_of_manufacture subcontracting_plan_code subcontracting_plan solicitation_procedures_code
solicitation_procedures type_of_set_aside_code type_of_set_aside evaluated_preference_code
evaluated_preference research_code research fair_opportunity_limited_sources_code
fair_opportunity_limited_sources other_than_full_and_open_competition_code
commercial_item_acquisition_procedures_code commercial_item_acquisition_procedures
small_business_competitiveness_demonstration_program
simplified_procedures_for_certain_commercial_items a76_fair_act_action_code a76_fair_act_action
fed_biz_opps_code fed_biz_opps local_area_set_aside_code local_area_set_aside
price_evaluation_adjustment_preference_percent_difference clinger_cohen_act_planning_code
clinger_cohen_act_planning materials_supplies_articles_equipment_code
materials_supplies_articles_equipment labor_standards_code labor_standards
construction_wage_rate_requirements_code construction_wage_rate_requirements
interagency_contracting_authority_code interagency_contracting_authority other_statutory_authority
program_acronym parent_award_type_code parent_award_type parent_award_single_or_multiple_code
parent_award_single_or_multiple major_program national_interest_action_code national_interest_action
cost_or_pricing_data_code cost_or_pricing_data cost_accounting_standards_clause_code
cost_accounting_standards_clause government_furnished_property_code government_furnished_property
sea_transportation_code sea_transportation consolidated_contract_code consolidated_contract
performance_based_service_acquisition_code performance_based_service_acquisition
multi_year_contract_code multi_year_contract contract_financing_code contract_financing
purchase_card_as_payment_method_code purchase_card_as_payment_method
contingency_humanitarian_or_peacekeeping_operation_code
contingency_humanitarian_or_peacekeeping_operation

alaskan_native_corporation_owned_firm american_indian_owned_business indian_tribe_federally_recognized
native_hawaiian_organization_owned_firm tribally_owned_firm veteran_owned_business
service_disabled_veteran_owned_business woman_owned_business women_owned_small_business
economically_disadvantaged_women_owned_small_business joint_venture_women_owned_small_business
joint_venture_economic_disadvantaged_women_owned_small_bus minority_owned_business
subcontinent_asian_asian_indian_american_owned_business asian_pacific_american_owned_business
black_american_owned_business hispanic_american_owned_business native_american_owned_business
other_minority_owned_business contracting_officers_determination_of_business_size
contracting_officers_determination_of_business_size_code emerging_small_business
community_developed_corporation_owned_firm labor_surplus_area_firm us_federal_government
federally_funded_research_and_development_corp federal_agency us_state_government us_local_government
city_local_government county_local_government inter_municipal_local_government local_government_owned
municipality_local_government school_district_local_government township_local_government
us_tribal_government foreign_government organizational_type corporate_entity_not_tax_exempt
corporate_entity_tax_exempt partnership_or_limited_liability_partnership sole_proprietorship
small_agricultural_cooperative international_organization us_government_entity
community_development_corporation domestic_shelter educational_institution foundation hospital_flag
manufacturer_of_goods veterinary_hospital hispanic_servicing_institution receives_contracts
receives_financial_assistance receives_contracts_and_financial_assistance airport_authority
council_of_governments housing_authorities_public_tribal interstate_entity planning_commission
port_authority transit_authority subchapter_scorporation limited_liability_corporation foreign_owned
for_profit_organization nonprofit_organization other_not_for_profit_organization
the_ability_one_program private_university_or_college state_controlled_institution_of_higher_learning
1862_land_grant_college 1890_land_grant_college 1994_land_grant_college minority_institution
historically_black_college tribal_college alaskan_native_servicing_institution
native_hawaiian_servicing_institution school_of_forestry veterinary_college dot_certified_disadvantage
self_certified_small_disadvantaged_business small_disadvantaged_business c8a_program_participant
historically_underutilized_business_zone_hubzone_firm sba_certified_8a_joint_venture

last_modified_date
"""

#: People and how to reach them.
PRIVATE: Final = """
recipient_address_line_1 recipient_address_line_2 recipient_phone_number recipient_fax_number
highly_compensated_officer_1_name highly_compensated_officer_1_amount
highly_compensated_officer_2_name highly_compensated_officer_2_amount
highly_compensated_officer_3_name highly_compensated_officer_3_amount
highly_compensated_officer_4_name highly_compensated_officer_4_amount
highly_compensated_officer_5_name highly_compensated_officer_5_amount
"""

#: What an action says beside the award, in the archive.
OF_ACTIONS: Final = """
contract_transaction_unique_key modification_number transaction_number parent_award_modification_number
federal_action_obligation total_dollars_obligated base_and_exercised_options_value
base_and_all_options_value disaster_emergency_fund_codes_for_overall_award
outlayed_amount_from_COVID-19_supplementals_for_overall_award
obligated_amount_from_COVID-19_supplementals_for_overall_award
outlayed_amount_from_IIJA_supplemental_for_overall_award
obligated_amount_from_IIJA_supplemental_for_overall_award action_date_fiscal_year
transaction_description action_type_code action_type undefinitized_action_code undefinitized_action
initial_report_date prime_award_transaction_recipient_county_fips_code
prime_award_transaction_recipient_state_fips_code prime_award_transaction_recipient_cd_original
prime_award_transaction_recipient_cd_current
prime_award_transaction_place_of_performance_county_fips_code
prime_award_transaction_place_of_performance_state_fips_code
prime_award_transaction_place_of_performance_cd_original
prime_award_transaction_place_of_performance_cd_current
"""


def _day(column: str) -> Cell:
    return date(column, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


def _category() -> pl.Expr:
    """Tell goods (codes of digits) from services (a letter first) and works on real property (Y, Z)."""
    first = text("product_or_service_code").str.slice(0, 1)
    kind = (
        pl.when(first.str.contains("[0-9]"))
        .then(pl.lit("goods"))
        .when(first.is_in(["Y", "Z"]))
        .then(pl.lit("works"))
        .when(first.str.contains("[A-X]"))
        .then(pl.lit("services"))
        .when(first.is_not_null())
        .then(pl.lit("unknown"))
    )
    return kind.cast(CATEGORY)


def _commercial() -> pl.Expr:
    """Tell of simplified acquisitions whether they were made under FAR 13.5, which reaches further."""
    told = text("simplified_procedures_for_certain_commercial_items_code")
    said = pl.when(told == "Y").then(pl.lit("FAR 13.5: yes")).when(told == "N").then(pl.lit("FAR 13.5: no"))
    return pl.when(text("extent_competed_code").is_in(["F", "G"])).then(said)


AWARDS: Final = Output(
    table="contracts",
    columns={
        "contract_id": text("contract_award_unique_key"),
        "tender_id": text("solicitation_identifier"),
        "buyer_name": text("awarding_sub_agency_name"),
        "buyer_unit": text("awarding_office_name"),
        "buyer_level": constant("national", LEVEL),
        "supplier_id": text("recipient_uei"),
        "supplier_name": text("recipient_name"),
        "procurement_method": code("extent_competed_code", METHODS, METHOD),
        "procurement_method_details": pl.concat_str(
            text("extent_competed"),
            text("other_than_full_and_open_competition"),
            _commercial(),
            separator="; ",
            ignore_nulls=True,
        ),
        "main_procurement_category": _category(),
        "main_procurement_category_details": text("product_or_service_code_description"),
        "item_code": text("product_or_service_code"),
        "item_scheme": pl.when(trimmed("product_or_service_code").is_not_null()).then(constant("US-PSC")),
        "description": text("prime_award_base_transaction_description"),
        "tender_start": _day("solicitation_date"),
        "date_signed": _day("award_base_action_date"),
        "contract_start": _day("period_of_performance_start_date"),
        "contract_end": _day("period_of_performance_current_end_date"),
        "amount": money("current_total_value_of_award", decimal="."),
        "currency": constant("USD", CURRENCY),
        "paid_amount": money("total_outlayed_amount", decimal="."),
        "number_of_tenderers": integer("number_of_offers_received"),
        "framework_id": text("parent_award_id_piid"),
        "url": text("usaspending_permalink"),
    },
    organisations=(
        Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=False),
        Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=False),
    ),
)

SUMMARIES: Final = Source(
    id="us_usaspending_contracts",
    page=__doc__,
    jurisdiction="US",
    homepage="https://www.usaspending.gov/download_center/award_data_archive",
    licence="Public domain (work of the United States government)",
    layout=Csv(encodings=("utf-8",), separator=",", private=frozenset(PRIVATE.split())),
    # Only summaries have it: an archive whose columns change must not be taken for one.
    derived={"@obligated": pl.col("total_obligated_amount")},
    outputs=(AWARDS,),
    optional=frozenset(
        {"solicitation_identifier", "solicitation_date", "award_base_action_date", "total_outlayed_amount"}
        | {"award_or_idv_flag", "parent_award_id_piid", "usaspending_permalink", "awarding_office_name"}
        | {"extent_competed", "other_than_full_and_open_competition"}
        | {"product_or_service_code_description", "simplified_procedures_for_certain_commercial_items_code"}
    ),
    ignored=frozenset((LEFT + PRIVATE).split()),
    rejected={"a vehicle for orders, not a purchase": trimmed("award_or_idv_flag") == "IDV"},
    personal=frozenset({"supplier_id", "supplier_name"}),
    expected={
        "contract_id": 1.0,
        "buyer_name": 1.0,
        "supplier_id": 0.98,
        "procurement_method": 0.9,
        "contract_start": 0.99,
        "amount": 0.98,
    },
    downloads=Downloads(
        partial(
            listed,
            "https://api.usaspending.gov/api/v2/bulk_download/list_monthly_files/",
            since="2008",
            asks=lambda year: {"agency": "all", "fiscal_year": year, "type": "contracts"},
            address="https://files.usaspending.gov/award_data_archive/FY{year}_All_Contracts_Full_[0-9]+.zip",
            name="FY{year}_All_Contracts_Full.zip",
        )
    ),
)

SOURCE: Final = replace(
    SUMMARIES,
    shapes=(
        replace(
            SUMMARIES,
            derived={},
            names={"total_outlayed_amount": "total_outlayed_amount_for_overall_award"},
            outputs=(
                replace(
                    AWARDS,
                    columns={name: cell for name, cell in AWARDS.columns.items() if name != "date_signed"},
                    latest=Latest(
                        key="contract_award_unique_key",
                        updated=trimmed("action_date").str.to_datetime("%Y-%m-%d", strict=False),
                    ),
                ),
            ),
            optional=SUMMARIES.optional - {"award_base_action_date"},
            ignored=frozenset((LEFT + PRIVATE + OF_ACTIONS).split()),
        ),
    ),
)
