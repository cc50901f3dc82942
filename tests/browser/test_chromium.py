"""The tools of the browser tests find what they are there to find."""

import http.server
import threading

import pytest

pytestmark = pytest.mark.browser

GOOD = """<!doctype html><html lang="de"><head><title>Tag</title></head>
<body><main><h1>Tag</h1><label>Filiale <input name="store"></label></main></body></html>"""
BAD = GOOD.replace("<label>Filiale", "<p>").replace("</label>", "</p>")


@pytest.fixture
def site():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'self'")
            self.end_headers()
            self.wfile.write(GOOD.encode() if self.path == "/" else BAD.encode())

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_good_page_passes_axe_under_a_strict_content_policy(page, site, check_accessibility):
    page.goto(f"{site}/")
    check_accessibility(page)


def test_an_input_without_a_label_is_named(page, site, check_accessibility):
    page.goto(f"{site}/bad")
    with pytest.raises(AssertionError, match=r"label .*input"):
        check_accessibility(page)


def test_pages_open_without_javascript(new_page, site):
    page = new_page(base_url=site, javascript=False)
    page.goto("/")
    assert page.get_by_label("Filiale").is_visible()


def test_the_browser_reaches_no_other_machine(page):
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://192.0.2.1/")
