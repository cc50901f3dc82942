"""Requests to addresses that somebody else chose: where they may go, and what an answer can do."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as some

from central_server.platform import outbound
from central_server.platform.outbound import Target, is_public, post, target_of
from shared.errors import DomainError, EnvironmentProblem
from tests.support.receiver import receiving

INSIDE = frozenset(("127.0.0.1", "localhost"))
NOBODY = frozenset()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.4.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fd00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "fec0::1",
    ],
)  # fmt: skip
def test_what_is_not_on_the_internet_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.99.144.80", "2a02:2e0:3fe:1001::1"])
def test_what_is_on_the_internet_is(address):
    assert is_public(address)


@given(some.ip_addresses())
def test_nothing_public_is_private_to_the_library(address):
    if is_public(str(address)):
        kinds = ("private", "loopback", "link_local", "multicast", "unspecified")
        assert [kind for kind in kinds if getattr(address, f"is_{kind}")] == []


@given(some.ip_addresses(v=4))
def test_an_address_of_version_4_is_never_reached_inside_one_of_version_6(address):
    number = int(address)
    mapped, compatible, translated = 0xFFFF << 32 | number, number, 0x64FF9B << 96 | number
    for hidden in (mapped, compatible, translated, 0x2002 << 112 | number << 80):
        assert not is_public(str(IPv6Address(hidden)))


@pytest.mark.parametrize(
    "url",
    [
        "", "shop.example.org", "http://shop.example.org/", "ftp://shop.example.org/", "https://", "https:///x",
        "https://me:secret@shop.example.org/", "https://me@shop.example.org", "https://shop.example.org/#part",
        "https://shop.example.org:0/", "https://shop.example.org:99999/", "https://shop.example.org/a b",
        "https://shop.example.org/\r\nHost: other", "https://shop.example.org/\n", "https://sh\u00f6p.example.org/",
        "file:///etc/passwd", "gopher://127.0.0.1/", "https://[::1", "javascript:alert(1)", "https://shop\t.example.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook_is_refused(url):
    with pytest.raises(DomainError) as caught:
        target_of(url, NOBODY)
    assert (caught.value.code, caught.value.http_status) == ("webhook_url_invalid", 400)


def test_an_address_is_taken_apart():
    assert target_of("https://Shop.example.org", NOBODY) == Target(
        "https", "shop.example.org", 443, "/"
    )
    assert target_of("https://a.example:8443/x?y=1", NOBODY) == Target(
        "https", "a.example", 8443, "/x?y=1"
    )
    assert target_of("http://127.0.0.1:81/x", INSIDE) == Target("http", "127.0.0.1", 81, "/x")


@given(some.text(max_size=60))
def test_any_text_is_an_address_or_refused(text):
    try:
        found = target_of(text, NOBODY)
    except DomainError:
        return
    assert found.scheme == "https"


def reach(receiver, host="127.0.0.1", inside=INSIDE):
    return post(Target("http", host, receiver.port, "/x?y=1"), {"A": "b"}, b"{}", inside)


def test_the_body_arrives_as_it_was_sent():
    with receiving() as receiver:
        assert reach(receiver) == 204
        ((first, headers, body),) = receiver.came
    assert (first, body) == ("POST /x?y=1 HTTP/1.1", b"{}")
    assert (headers["host"], headers["a"]) == (f"127.0.0.1:{receiver.port}", "b")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0", "2130706433", "0x7f.1", "::1"])
def test_nothing_reaches_loopback_however_it_is_written(host):
    with receiving() as receiver:
        with pytest.raises(EnvironmentProblem) as caught:
            reach(receiver, host, NOBODY)
        assert receiver.came == []
    assert caught.value.code in ("webhook_target_inside", "webhook_unreachable")


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_options: answers)
    with pytest.raises(EnvironmentProblem) as caught:
        post(Target("https", "both.example.org", 443, "/"), {}, b"", NOBODY)
    assert caught.value.code == "webhook_target_inside"


def test_a_name_is_resolved_once_and_the_connection_goes_where_it_led(monkeypatch):
    asked = []
    with receiving() as receiver:

        def resolve(host, port, **_options):
            asked.append(host)
            # Whoever asked again would be led to a port where nobody listens.
            place = receiver.port if len(asked) == 1 else 1
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", place))]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        assert reach(receiver, "hook.example.org", frozenset(("hook.example.org",))) == 204
    assert asked == ["hook.example.org"]


def test_a_redirect_is_an_answer_and_not_followed():
    with receiving() as receiver, receiving() as other:
        there = f"http://127.0.0.1:{other.port}/"
        receiver.answers = [f"HTTP/1.1 302 Found\r\nLocation: {there}\r\n\r\n".encode()]
        assert reach(receiver) == 302
        assert other.came == []


@pytest.mark.parametrize(
    "answer", [b"", b"hello\r\n", b"HTTP/1.1 abc\r\n", b"HTTP/1.1 2000 OK\r\n", b"x" * 5000]
)
def test_what_is_no_http_is_nobody(answer):
    with receiving() as receiver:
        receiver.answers = [answer]
        with pytest.raises(EnvironmentProblem) as caught:
            reach(receiver)
    assert caught.value.code == "webhook_unreachable"


def test_an_answer_that_drips_ends_at_the_deadline(monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.3)
    with receiving() as receiver:
        receiver.drip = 0.1
        with pytest.raises(EnvironmentProblem) as caught:
            reach(receiver)
    assert caught.value.code == "webhook_unreachable"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of localhost that signed itself, as a context of a server and the file to trust."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


def test_a_certificate_is_checked_against_the_name(certificate):
    context, trusted = certificate
    trust = ssl.create_default_context(cafile=str(trusted))
    with receiving(context) as receiver:
        place = Target("https", "localhost", receiver.port, "/")
        assert post(place, {}, b"", INSIDE, trust) == 204
        for target, believed in (
            (place, None),
            (Target("https", "127.0.0.1", receiver.port, "/"), trust),
        ):
            with pytest.raises(EnvironmentProblem) as caught:
                post(target, {}, b"", INSIDE, believed)
            assert caught.value.code == "webhook_unreachable"
        assert len(receiver.came) == 1
