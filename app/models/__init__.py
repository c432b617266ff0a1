"""The tables and their enums, by one import. Importing this package makes the metadata complete."""

from app.kinds import (
    AssigneeRole,
    AssignmentStatus,
    Grade,
    Outcome,
    ReportKind,
    TimeFrameKind,
)
from app.models import triggers
from app.models.agency import (
    Agency,
    AgencyAlias,
    AgencyKind,
    AgencyName,
    Succession,
    SuccessionKind,
)
from app.models.agency_report import (
    AgencyReport,
    AgencyReportAttempt,
    AgencyReportDraft,
    AgencyReportMove,
    AgencyReportPart,
    AgencyReportReview,
)
from app.models.allowance import RequestAllowance, StorageAllowance
from app.models.amendment import (
    Amendment,
    AmendmentChange,
    AmendmentItem,
    AmendmentKind,
    AmendmentState,
)
from app.models.assignment import Assignment, AssignmentState, Refusal
from app.models.assignment_action import AssignmentAction, AssignmentActionKind
from app.models.calendar_day import CalendarDay, CalendarDayKind
from app.models.client import Client, ClientActsFor, ClientSecret, RevokedToken
from app.models.code_served import CodeServed
from app.models.collective import Collective, CollectiveAlias, CollectiveMember
from app.models.consolidated_report import ConsolidatedContent, ConsolidatedReport
from app.models.document import (
    Document,
    DocumentBusiness,
    DocumentEffect,
    DocumentEvidence,
    DocumentKind,
)
from app.models.extension import DeadlineChange, Extension, ExtensionState, TaskDeadline
from app.models.external_ref import ExternalRef, RefNoun
from app.models.failed_login import FailedLogin
from app.models.figure import (
    EVERY_AGENCY,
    EVERY_PERIOD,
    Figure,
    FigureBasis,
    FigureChange,
    PlanFigure,
)
from app.models.focal_point import ContactLevel, FocalPoint
from app.models.handover import Handover, HandoverState, HandoverSubject
from app.models.indicator import Indicator, IndicatorTarget, IndicatorValue
from app.models.narrative import Narrative
from app.models.operation import Operation, OperationFile, OperationStatus
from app.models.page_link import LinkedPage, PageLink
from app.models.plan import (
    Plan,
    PlanCoordinator,
    PlanImport,
    PlanImportFile,
    PlanParty,
    PlanPartyRole,
    PlanStatus,
)
from app.models.plan_action import PlanAction, PlanActionKind
from app.models.plan_relation import PlanRelation, RelationKind
from app.models.rating import Rating, RatingVersion
from app.models.record import AuditEntry, Event, EventCluster, EventFloor
from app.models.regime import (
    Channel,
    ContentKind,
    DataWindow,
    DueKind,
    DueRoll,
    Frequency,
    ReportingRegime,
    Wanted,
)
from app.models.remark import Remark, RemarkNoun
from app.models.reminder import (
    ItemKind,
    MailFault,
    MailState,
    Receiver,
    Reminder,
    ReminderDay,
    ReminderItem,
    ReminderRule,
    ReminderTrigger,
)
from app.models.report_request import AnsweredBy, ReportRequest, ReportRequestKind
from app.models.reporting_figure import (
    NOBODY,
    PlanReportingFigure,
    ReportingChange,
    ReportingFigure,
    ReportingSpan,
)
from app.models.stored_answer import StoredAnswer
from app.models.submission import (
    Decision,
    Submission,
    SubmissionAttempt,
    SubmissionDraft,
    SubmissionMove,
    SubmissionReview,
    SubmissionStatus,
    SubmissionWaiver,
)
from app.models.substitution import CollectiveSubstitution, CollectiveSubstitutionAgency
from app.models.task import Assignee, Task, TaskGroup
from app.models.webhook_delivery import DeliveryStatus, SendFault, WebhookAttempt, WebhookDelivery
from app.models.webhook_endpoint import (
    DisabledReason,
    WebhookEndpoint,
    WebhookEndpointStatus,
    WebhookQueue,
)

SCHEMA_REVISION = "0083"
"""The migration that these tables are the result of; a test holds it to the last one."""
