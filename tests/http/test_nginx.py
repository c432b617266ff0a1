"""Behind a real nginx that compresses by itself: our tags come back changed, and changes go on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import loopback
from tests.support.homes import Service
from tests.support.patience import PATIENCE

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="no nginx is here to stand before the service; on Debian: nginx-light"
)
# It hides from us that the caller takes compressed answers, and compresses them itself.
CONFIGURATION = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  gzip on; gzip_types application/json; gzip_min_length 20; gzip_proxied any;
  server {{
    listen {listen};
    location / {{ proxy_pass {service}; proxy_set_header Accept-Encoding ""; }}
    location /sub/ {{ proxy_pass {service}/; }}
  }}
}}
"""


@contextmanager
def nginx_before(sample_service: Service, folder: Path) -> Iterator[str]:
    """The address of a proxy before the service."""
    port = loopback.free_port()
    listen = loopback.url(port).removeprefix("http://")
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(
        CONFIGURATION.format(folder=folder, listen=listen, service=sample_service.url, user=user)
    )
    process = subprocess.Popen([str(NGINX), "-c", str(file)], stderr=subprocess.DEVNULL)
    try:
        # It retries while nobody listens yet.
        with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as http:
            http.get(loopback.url(port, "/healthz"))
        yield loopback.url(port)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@needs_nginx
def test_a_row_is_changed_by_the_tag_that_nginx_hands_on(
    sample_service: Service, tmp_path: Path
) -> None:
    with nginx_before(sample_service, tmp_path) as url, httpx.Client(base_url=url) as http:
        form = {"grant_type": "client_credentials"}
        auth = ("sample-issuer", sample_service.secrets["sample-issuer"])
        token = http.post("/oauth/token", data=form, auth=auth).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        made = http.post("/v1/plans", json={"title": "Kế hoạch sau máy chủ trung gian"})
        path = made.headers["location"]
        read = http.get(path)
        tag = read.headers["etag"]
        same = http.get(path, headers={"If-None-Match": tag})
        changed = http.patch(path, json={"note": "một"}, headers={"If-Match": tag})
        late = http.patch(path, json={"note": "hai"}, headers={"If-Match": tag})
        root = http.get("/sub/", headers={"Accept": "text/html"}, follow_redirects=True)

    assert (read.headers["content-encoding"], tag[:2]) == ("gzip", "W/")
    assert (same.status_code, changed.status_code, late.status_code) == (304, 200, 412)
    assert (root.status_code, root.url.path) == (200, "/sub/docs")
