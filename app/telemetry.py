"""Traces and metrics by OTLP/HTTP, for who has a collector.

Imported only where `TIENDO_TELEMETRY_ENDPOINT` is set: the SDK comes with an extra and takes longer
to import than the rest of a start.
"""

from fastapi.telemetry import TelemetryConfig
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

SECONDS = 3
"""Seconds for which a collector that doesn't answer holds one export up, the last included."""
QUERY = "url.query"


class QueryRedaction(SpanProcessor):
    """Keeps cursors and search words out of traces; "REDACTED" is the word that OpenTelemetry asks
    for."""

    def on_start(
        self,
        span: Span,
        parent_context: Context | None = None,  # noqa: ARG002 - OpenTelemetry hands it over
    ) -> None:
        """Say only that there was a query."""
        if span.attributes and QUERY in span.attributes:
            span.set_attribute(QUERY, "REDACTED")


class Telemetry:
    """This process's own pipelines: the global ones of OpenTelemetry stay as they are."""

    def __init__(self, endpoint: str) -> None:
        base = endpoint.rstrip("/")
        resource = Resource.create({SERVICE_NAME: "tiendo"})
        self._traces = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._traces.add_span_processor(QueryRedaction())
        self._traces.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces", timeout=SECONDS))
        )
        reader = PeriodicExportingMetricReader(
            OTLPMetricExporter(f"{base}/v1/metrics", timeout=SECONDS)
        )
        self._metrics = MeterProvider([reader], resource, shutdown_on_exit=False)

    @property
    def config(self) -> TelemetryConfig:
        """One span a request, and no log records: those carry the words of exceptions."""
        return {
            "tracer_provider": self._traces,
            "meter_provider": self._metrics,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        }

    def shutdown(self) -> None:
        """Send the remaining spans, and block until they are sent or given up."""
        self._traces.shutdown()
        self._metrics.shutdown()
