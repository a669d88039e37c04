"""`semblante app` and `semblante serve`: the service as a process, and when it refuses to start."""

import os
import re
import signal
import socket
import ssl
import sys
import warnings
from pathlib import Path

import httpx
import pytest
from conftest import Cli
from started_service import running

PORT = re.compile(r"https?://127\.0\.0\.1:(\d+)")


def test_the_service_answers_whoever_has_its_key_and_ends_in_order(tmp_path: Path) -> None:
    with running(tmp_path, "serve") as (lines, process):
        address = f"http://127.0.0.1:{PORT.search(lines)[1]}/api/v1"  # type: ignore[index]
        key = re.search(r"semblante_\S+", lines)
        assert key is not None
        with httpx.Client(base_url=address, timeout=60) as client:
            assert client.get("/health").json() == {"status": "ok"}
            assert client.get("/jobs").status_code == 401
            assert client.get("/jobs", headers={"Authorization": f"Bearer {key[0]}"}).json() == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr is not None and "Traceback" not in process.stderr.read()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's time from /proc")
def test_the_first_answer_comes_within_two_seconds(tmp_path: Path) -> None:
    """By the time that the process had a core: a busy machine makes it wait, too."""
    with running(tmp_path, "serve") as (lines, process):
        httpx.get(f"http://127.0.0.1:{PORT.search(lines)[1]}/api/v1/health", timeout=60)  # type: ignore[index]
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    assert seconds < 2


def test_with_a_certificate_it_speaks_https_alone(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    tls = ("--tls-certificate", str(certificate), "--tls-key", str(key))
    with running(tmp_path, "serve", *tls) as (lines, _):
        assert "https://" in lines
        port = PORT.search(lines)[1]  # type: ignore[index]
        context = ssl.create_default_context(cafile=str(certificate))
        answer = httpx.get(f"https://127.0.0.1:{port}/api/v1/health", verify=context, timeout=60)
        assert answer.json() == {"status": "ok"}
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=60)


def test_old_versions_of_tls_and_weak_ciphers_are_not_spoken(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    tls = ("--tls-certificate", str(certificate), "--tls-key", str(key))
    with running(tmp_path, "serve", *tls) as (lines, _):
        port = int(PORT.search(lines)[1])  # type: ignore[index]
        for version, ciphers, spoken in (
            (ssl.TLSVersion.TLSv1_3, "ALL:@SECLEVEL=0", True),
            (ssl.TLSVersion.TLSv1_2, "ECDHE+AESGCM", True),
            (ssl.TLSVersion.TLSv1_2, "kRSA:@SECLEVEL=0", False),
            (ssl.TLSVersion.TLSv1_2, "eNULL:RC4:3DES:SHA1:@SECLEVEL=0", False),
            (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False),
        ):
            assert _speaks(port, certificate, version, ciphers) is spoken, (version, ciphers)


def _speaks(port: int, certificate: Path, version: ssl.TLSVersion, ciphers: str) -> bool:
    context = ssl.create_default_context(cafile=str(certificate))
    with warnings.catch_warnings(action="ignore"):  # Old versions are deprecated, which is the point.
        context.minimum_version = context.maximum_version = version
    context.set_ciphers(ciphers)
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1"),
        ):
            return True
    except (ssl.SSLError, ConnectionError):
        return False


def test_the_page_s_address_opens_it_once(tmp_path: Path) -> None:
    with running(tmp_path, "app", "--no-browser") as (line, process):
        found = re.search(r"(http://127\.0\.0\.1:\d+)/#launch=(\S+)", line)
        assert found is not None
        origin, token = found[1], found[2]
        with httpx.Client(base_url=f"{origin}/api/v1", headers={"Origin": origin}, timeout=60) as client:
            assert [client.post("/session", json={"token": token}).status_code for _ in range(2)] == [
                204,
                401,
            ]
            assert client.get("/jobs").json() == []
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_key_is_made_and_printed_once(cli: Cli, tmp_path: Path) -> None:
    made = cli("serve", "--new-key", "backup", "--scope", "write", "--library", tmp_path)
    assert made.code == 0 and made.out.startswith("semblante_")
    assert made.out.strip() not in (tmp_path / "service-keys.json").read_text()
    assert "choose read, write or admin" in cli("serve", "--new-key", "x", "--scope", "all").err


def test_beyond_this_machine_it_starts_only_with_tls_and_a_key(cli: Cli, tmp_path: Path) -> None:
    refused = cli("serve", "--host", "0.0.0.0", "--library", tmp_path)
    assert refused.code == 2 and "name them with --tls-certificate and --tls-key" in refused.err
    assert "both a certificate" in cli("serve", "--tls-key", tmp_path / "key.pem").err
    certificate, key = _certificate(tmp_path)
    tls = ("--tls-certificate", certificate, "--tls-key", key)
    assert (
        "semblante serve --new-key NAME" in cli("serve", "--host", "0.0.0.0", *tls, "--library", tmp_path).err
    )
    key.write_text("no key")
    assert "cannot be used" in cli("serve", *tls, "--library", tmp_path).err


def test_a_port_that_another_program_has(cli: Cli, tmp_path: Path) -> None:
    with running(tmp_path, "serve") as (lines, _):
        port = PORT.search(lines)[1]  # type: ignore[index]
        refused = cli("serve", "--port", port, "--library", tmp_path)
    assert refused.code == 2
    assert f"another program has the port {port}; choose another with --port" in refused.err


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that it signed itself, and its key."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    paths = (folder / "certificate.pem", folder / "key.pem")
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths
