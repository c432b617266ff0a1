"""A consolidated report as the letter that its agency signs, with its appendices."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from app.documents.word.letter import (
    Appendix,
    Letter,
    LetterBasis,
    Letterhead,
    LetterHeading,
    LetterPart,
    LetterProse,
    LetterTable,
    SignatureBlock,
)
from app.domain.consolidated_reports import charts
from app.domain.consolidated_reports import letter_tables as tables
from app.domain.consolidated_reports.alike import FRAME, lists, number_at
from app.domain.consolidated_reports.content import (
    Attention,
    ListedAssignment,
    ProposalGroup,
    ReportContent,
    RoleFigures,
    SigningOff,
)
from app.domain.consolidated_reports.words import cited_plans, data_days
from app.official_words import ROMAN, day_words, number_words, period_words

N = number_words
NOTHING = "Không có."
OTHERS = (
    "Cột “Khác” gồm nhiệm vụ tạm dừng, thu hồi, không áp dụng, chờ bàn giao, kết thúc theo dõi khi"
    " chưa hoàn thành."
)
FEW = 5
"""So many agencies of a task are named in the body; more are counted there."""


def letter_of(content: ReportContent, signing: SigningOff | None) -> Letter:
    """The report as a letter; number, day and signer are open until it is signed off."""
    sender = content.sender
    number = signing.number if signing else f"      /BC-{content.agency.code}"
    day = signing.signed_on if signing else None
    reader = content.plan.issuer if content.own is None else content.plan.coordinator
    recipients = [] if content.own else [one.name for one in content.plan.recipients]
    return Letter(
        letterhead=Letterhead(sender.superior, sender.lines, number, sender.place, day),
        type_name="Báo cáo",
        subject=content.title,
        addressee=reader.name if reader else "…",
        body=list(_body(content)),
        signature=SignatureBlock(sender.signs_as, signing.signer if signing else None),
        recipients=[f"{name};" for name in ("Như trên", *recipients)] + ["Lưu: VT."],
        appendices=_appendices(content, signing),
    )


def _body(content: ReportContent) -> Iterator[LetterPart]:
    yield from bases(content)
    yield beginning(content)
    for section in SECTIONS:
        yield from section_of(content, section)
    yield end(content)


def bases(content: ReportContent) -> Iterator[LetterBasis]:
    """The documents on which the plans are based, each once; each ends with “;”, the last with a
    full stop."""
    plans = (content.plan, *content.with_plans)
    found = dict.fromkeys(base for plan in plans for base in plan.bases)
    for number, base in enumerate(found, 1):
        words = base.strip().removeprefix("Căn cứ").strip().rstrip(".;")
        yield LetterBasis(f"Căn cứ {words}{'.' if number == len(found) else ';'}")


def beginning(content: ReportContent) -> LetterProse:
    """The opening sentence of the body, which cites the plans and the days of the data."""
    work = "báo cáo kết quả thực hiện" if content.own else "tổng hợp báo cáo của các cơ quan"
    return LetterProse(
        f"Thực hiện {cited_plans(content)}, {content.agency.name} {work} ({data_days(content)})"
        " như sau:"
    )


def section_of(content: ReportContent, name: str) -> Iterator[LetterPart]:
    """One section of the body, of `SECTIONS`, with its heading."""
    title, write = SECTIONS[name]
    yield LetterHeading(f"{ROMAN[list(SECTIONS).index(name)]}. {title.upper()}")
    yield from write(content)


def end(content: ReportContent) -> LetterProse:
    """The closing sentence of the body."""
    kind = "kết quả thực hiện" if content.own else "tổng hợp"
    return LetterProse(f"Trên đây là báo cáo {kind}, {content.agency.name} kính báo cáo.")


def _situation(content: ReportContent) -> Iterator[LetterPart]:
    yield from _noted(content, content.notes.situation, "situation")


def _results(content: ReportContent) -> Iterator[LetterPart]:
    yield LetterHeading("1. Số liệu chung")
    yield LetterProse(_summary(content))
    yield tables.frame(content)
    yield tables.rates(content)
    yield LetterHeading("2. Theo nhóm nhiệm vụ (cơ quan chủ trì)")
    widths = (0.95, 3.0, 1.4, 1.5, 1.55, 1.45, 1.55, 1.25, 1.4, 2.45)
    yield tables.groups(content.lead.by_group, "Nhóm nhiệm vụ", widths)
    yield LetterProse(OTHERS)
    yield from charts.by_group(content)
    yield from charts.by_year(content)
    yield LetterHeading("3. Kết quả nổi bật")
    yield from _noted(content, content.notes.results, "results")
    yield LetterHeading("4. Chỉ tiêu")
    yield tables.indicators(content) if content.indicators else LetterProse(NOTHING)
    yield LetterHeading("5. Tình hình báo cáo")
    yield LetterProse(_reporting(content))


def _summary(content: ReportContent) -> str:
    flows = content.lead.flows
    done, now = flows["closed"]["completed"], content.lead.statistics["by_current_deadline"]
    overdue = now["not_completed"]["overdue"]["total"]
    of_due = now["rates"]["completed_of_due"]
    rate = "Chưa có nhiệm vụ nào đến hạn phải hoàn thành."
    if of_due["base"]:
        rate = (
            "Tỷ lệ hoàn thành trên số nhiệm vụ đến hạn phải hoàn thành là"
            f" {tables.rate_words(of_due)}."
        )
    return (
        f"{_leads(content)} chủ trì {N(flows['carried_in'])} nhiệm vụ kỳ trước chuyển sang,"
        f" {N(flows['given']['total'])} nhiệm vụ giao trong kỳ; {N(flows['fallen_due'])} nhiệm vụ"
        f" đến hạn trong kỳ. Đã hoàn thành {N(done['total'])} nhiệm vụ (đúng hạn"
        f" {N(done['on_time'])}, quá hạn {N(done['late'])}, không có thời hạn"
        f" {N(done['no_deadline'])});{_otherwise_closed(content.lead)} {N(flows['carried_out'])}"
        f" nhiệm vụ chuyển sang kỳ sau, trong đó {N(overdue)} nhiệm vụ quá hạn. {rate}"
    )


def _otherwise_closed(figures: RoleFigures) -> str:
    """The assignments closed otherwise than by completion, in words; with them the numbers of the
    flow add up to those carried out."""
    return "".join(
        f" {N(number)} nhiệm vụ {words[0].lower()}{words[1:]};"
        for words, where, path in FRAME
        if "closed" in path and "completed" not in path
        if (number := number_at(figures, where, path))
    )


def _leads(content: ReportContent) -> str:
    return content.own.name if content.own else "Các cơ quan"


def _who(content: ReportContent) -> str:
    return content.own.name if content.own else "các cơ quan chủ trì"


def _reporting(content: ReportContent) -> str:
    expected, filed, on_time, missing = (
        sum(getattr(one, name) for one in content.reporting)
        for name in ("expected", "filed", "on_time", "not_filed")
    )
    return (
        f"Đến ngày {day_words(content.as_of)}, {_who(content)} phải nộp {N(expected)} báo cáo;"
        f" đã nộp {N(filed)} (đúng hạn {N(on_time)}), chưa nộp {N(missing)}. Chi tiết từng cơ quan"
        " tại Phụ lục II."
    )


def _assessment(content: ReportContent) -> Iterator[LetterPart]:
    yield LetterHeading("1. Ưu điểm")
    yield LetterProse(content.notes.strengths.strip() or NOTHING)
    yield LetterHeading("2. Tồn tại, hạn chế")
    yield from _noted(content, content.notes.shortcomings, "shortcomings", "difficulties")
    yield LetterHeading("3. Nguyên nhân")
    yield from _noted(content, content.notes.causes, "causes")


def _noted(content: ReportContent, words: str, *names: str) -> Iterator[LetterPart]:
    """The report's own words, then each agency's, under its name and with its document; an agency's
    own report has no need to name it."""
    said = [
        text.strip()
        if content.own
        else f"- {one.agency.name} (báo cáo số {one.document}): {text.strip()}"
        for one in content.assessments
        for name in names
        if (text := getattr(one, name)).strip()
    ]
    if words.strip() or not said:
        yield LetterProse(words.strip() or NOTHING)
    yield from map(LetterProse, said)


def _attention(content: ReportContent) -> Iterator[LetterPart]:
    """Each list by task or in words; assignment by assignment it stands in an appendix."""
    found = content.attention
    listed = [(title, len(rows), list(_by_task(rows))) for title, rows in lists(found)]
    shown = [one for one in (*listed, *_in_words(found)) if one[1]]
    for number, (title, count, lines) in enumerate(shown, 1):
        yield LetterHeading(f"{number}. {title}: {N(count)}")
        yield LetterProse("\n".join(f"- {line}" for line in lines))
    if not shown:
        yield LetterProse(NOTHING)


def _by_task(rows: Iterable[ListedAssignment]) -> Iterator[str]:
    """The agencies of each task, by name where they are few."""
    for ordinal, found in groupby(rows, key=lambda one: one.task_ordinal):
        some = list(found)
        names = dict.fromkeys(one.agency.name for one in some)
        who = "; ".join(names) if len(names) <= FEW else f"{N(len(names))} cơ quan"
        days = {one.days_overdue or 0 for one in some}
        most = "nhiều nhất " * (len(days) > 1)
        late = f", quá hạn {most}{N(max(days))} ngày" if max(days) else ""
        yield f"Nhiệm vụ {ordinal} ({some[0].task_title}): {who}{late}."


def _in_words(found: Attention) -> Iterator[tuple[str, int, list[str]]]:
    tasks = [
        f"Nhiệm vụ {one.ordinal} ({one.title}): {'; '.join(one.words)}."
        for one in found.nobody_owes
    ]
    yield "Nhiệm vụ chưa có cơ quan chủ trì", len(tasks), tasks
    silent = [one.name for one in found.without_action_plan]
    yield "Cơ quan chưa ban hành kế hoạch thực hiện", len(silent), [f"{'; '.join(silent)}."]
    asked = [
        f"Văn bản số {one.number} ngày {day_words(one.issued_on)} ({one.title}), hạn"
        f" {day_words(one.due_on)}: {'; '.join(agency.name for agency in one.agencies)}."
        for one in found.unanswered
    ]
    yield "Yêu cầu báo cáo chưa được trả lời đủ", len(asked), asked
    remarks = [
        f"{one.author.name}, ngày {day_words(one.made_on)}, về {one.about}: {one.text}"
        f" {'Trả lời: ' + one.answer if one.answer else 'Chưa trả lời.'}"
        for one in found.remarks
    ]
    yield "Nhận xét của cơ quan giám sát", len(remarks), remarks


def _next(content: ReportContent) -> Iterator[LetterPart]:
    yield from _noted(content, content.notes.next_year, "next_period")
    if content.next_year:
        yield tables.next_tasks(content)


def _proposals(content: ReportContent) -> Iterator[LetterPart]:
    said = content.proposals
    if content.notes.proposals.strip() or not said:
        yield LetterProse(content.notes.proposals.strip() or NOTHING)
    for number, group in enumerate(said, 1):
        yield LetterHeading(f"{number}. {_addressed(group)}")
        yield from map(LetterProse, _proposed(group))


def _proposed(group: ProposalGroup) -> Iterator[str]:
    """Each proposal once, with all who make it, by agency."""
    by_text: dict[str, dict[str, list[str]]] = {}
    for one in group.proposals:
        who = by_text.setdefault(one.text.strip(), {}).setdefault(one.agency, [])
        who += [one.task_ordinal] if one.task_ordinal else []
    for text, agencies in by_text.items():
        names = (
            f"{agency} (nhiệm vụ {', '.join(ordinals)})" if ordinals else agency
            for agency, ordinals in agencies.items()
        )
        yield f"- {'; '.join(names)}: {text}"


def _addressed(group: ProposalGroup) -> str:
    return f"Với {group.decides}" if group.decides else "Kiến nghị khác"


SECTIONS: Mapping[str, tuple[str, Callable[[ReportContent], Iterator[LetterPart]]]] = {
    "tinh_hinh": ("Đặc điểm tình hình", _situation),
    "ket_qua": ("Kết quả thực hiện", _results),
    "danh_gia": ("Đánh giá chung", _assessment),
    "can_chi_dao": ("Nội dung cần tập trung chỉ đạo", _attention),
    "kien_nghi": ("Đề xuất, kiến nghị", _proposals),
    "phuong_huong": ("Phương hướng, nhiệm vụ thời gian tới", _next),
}
"""The sections of the body in their order, by the names of their places in templates."""


def _appendices(content: ReportContent, signing: SigningOff | None) -> list[Appendix]:
    of = content.agency.name
    number = signing.number if signing else "…"
    day = day_words(signing.signed_on if signing else None)
    goes_with = f"Kèm theo Báo cáo số {number} ngày {day} của {of}"
    when = period_words(content.period) if content.period else data_days(content)
    found: list[tuple[str, LetterTable]] = [
        (f"Kết quả thực hiện từng nhiệm vụ, {when}", tables.results(content)),
        (f"Tình hình báo cáo của các cơ quan, {when}", tables.reporting(content)),
    ]
    if content.own is None:
        widths = (1.2, 6.6, 1.9, 2.0, 2.3, 2.1, 2.0, 1.8, 1.8, 3.5)
        by_agency = tables.groups(content.lead.by_agency, "Cơ quan", widths)
        found.append(("Số liệu theo cơ quan chủ trì", by_agency))
    listed = lists(content.attention)
    if any(rows for _, rows in listed):
        found.append(("Nhiệm vụ cần tập trung chỉ đạo", tables.listed(listed)))
    if content.evidence:
        found.append(("Tài liệu minh chứng", tables.evidence(content)))
    return [Appendix(title, goes_with, [table]) for title, table in found]
