"""The sample by name: what its codes and numbers stand for. One page; its test keeps it true.

The **plan** is the province's plan on foreign information (`MAU-01/KH-MAU`), issued on 20/05/2024
by the provincial committee and followed up by Information and Communications. It has five groups:
1 teaching the resolution, 2 rules and cooperation, 3 new ways of foreign information (most
tasks), 4 answering what is false, 5 means and people. `TASKS` says who leads each task that tests
name, and by when it is due; `LED_BY_ALL` is led by every department and every district.

What is due "Hằng năm" is owed once a year (occurrences "2024", "2025", …); everything else is
owed once (occurrence "once"), by the last day of the last year that its time frame names.

The **agencies** are those of Hà Tĩnh before and after 2025. In 2025 Information and
Communications was split between Science and Culture;
Planning became part of Finance, Agriculture and Environment became one, the broadcaster became
part of the newspaper; the districts ended on 01/07/2025, and communes came in their place.

The **clients** of a test are made as it asks for them: `Sample.issuer()` speaks for the committee,
`Sample.coordinator()` for Information and Communications, `Sample.reporter(agency)` for an agency
that owes something.
"""

from typing import NamedTuple

# Agencies of the province.
PROVINCIAL_COMMITTEE = "UBND-TINH"
COMMITTEE_OFFICE = "VPUB"
FOREIGN_AFFAIRS = "SNGV"
INFORMATION = "STTTT"
"""Sở Thông tin và Truyền thông, the plan's coordinator; split on 01/03/2025."""
CULTURE = "SVHTTDL"
SCIENCE = "SKHCN"
HOME_AFFAIRS = "SNV"
FINANCE = "STC"
PLANNING = "SKHDT"
INDUSTRY_AND_TRADE = "SCT"
EDUCATION = "SGDDT"
HEALTH = "SYT"
AGRICULTURE = "SNNPTNT"
ENVIRONMENT = "STNMT"
AGRICULTURE_AND_ENVIRONMENT = "SNNMT"
"""Since 01/03/2025, of the two departments of these names."""
LABOUR = "SLDTBXH"
TRANSPORT = "SGTVT"
CONSTRUCTION = "SXD"
POLICE = "CAT"
FATHERLAND_FRONT = "MTTQ"
NEWSPAPER = "BAO"
BROADCASTER = "DAI"
INVESTMENT_CENTRE = "TTXTDT"
"""A public service unit that leads one task and belongs to no collective."""
THACH_HA = "UBND-H-THACHHA"
LOC_HA = "UBND-H-LOCHA"
"""A district that ended first, on 01/01/2025, and became part of Thạch Hà."""

# Collectives.
DEPARTMENTS = "SO-BAN-NGANH"
DISTRICTS = "UBND-CAP-HUYEN"
COMMUNES = "UBND-CAP-XA"
SCHOOLS = "CO-SO-GDDT"
"""Not enumerable: nobody knows its members."""

LED_BY_ALL = "Các sở, ban, ngành, Ủy ban nhân dân các huyện, thành phố, thị xã"

# Tasks, by ordinal.
TEACH_THE_RESOLUTION = "1.1"
TEACH_THE_POLICIES = "1.2"
REVIEW_THE_DECREE = "2.1"
POLICY_COMMUNICATION = "2.2"
INSPECTION = "2.4"
COOPERATION_RULES = "2.6"
NATIONAL_BRAND = "3.1"
CULTURAL_DIPLOMACY = "3.3"
VIETNAMESE_LANGUAGE_DAY = "3.4"
VIETNAMESE_LESSONS = "3.5"
FARM_PRODUCTS = "3.6"
BUDGET_LINES = "3.7"
INVESTMENT_EVENTS = "3.10"
CULTURAL_FESTIVALS = "3.11"
RAPID_RESPONSE = "4.2"
HIGHLAND_PROGRAMME = "4.4"
APPOINT_OFFICERS = "5.1"
MISSIONS_ABROAD = "5.3"


class Task(NamedTuple):
    """The lead of a task, by code or in the plan's own words, and its time, in the plan's words."""

    lead: str
    time_frame: str


TASKS = {
    TEACH_THE_RESOLUTION: Task(LED_BY_ALL, "2024"),
    TEACH_THE_POLICIES: Task(LED_BY_ALL, "Hằng năm"),
    REVIEW_THE_DECREE: Task(INFORMATION, "2024"),
    POLICY_COMMUNICATION: Task(INFORMATION, "Hằng năm"),
    INSPECTION: Task(INFORMATION, "Hằng năm"),
    COOPERATION_RULES: Task(INFORMATION, "Đến năm 2030"),
    NATIONAL_BRAND: Task(INDUSTRY_AND_TRADE, "Hằng năm"),
    CULTURAL_DIPLOMACY: Task(FOREIGN_AFFAIRS, "2024-2030"),
    VIETNAMESE_LANGUAGE_DAY: Task(FOREIGN_AFFAIRS, "2024-2030"),
    VIETNAMESE_LESSONS: Task(EDUCATION, "Hằng năm"),
    FARM_PRODUCTS: Task(AGRICULTURE, "Hằng năm"),
    BUDGET_LINES: Task(FINANCE, "2024-2025"),
    INVESTMENT_EVENTS: Task(INVESTMENT_CENTRE, "Hằng năm"),
    CULTURAL_FESTIVALS: Task(LED_BY_ALL, "Hằng năm"),
    RAPID_RESPONSE: Task(POLICE, "2024-2025"),
    HIGHLAND_PROGRAMME: Task(PLANNING, "2024-2030"),
    APPOINT_OFFICERS: Task(LED_BY_ALL, "Hằng năm"),
    MISSIONS_ABROAD: Task(FOREIGN_AFFAIRS, "Hằng năm"),
}
