"""What a hostile caller sends: each is refused as a problem, costs little, and tells nothing."""

import io
import stat
import struct
import threading
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.datastructures import Headers

from semblante.api import Engine, idempotency, job_registry
from semblante.api.cookies import cookie_of
from semblante.api.job_registry import JobRegistry
from semblante.api.routes import jobs
from semblante.errors import Overloaded


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


ENDLESS_NUMBER = "9" * 5000
"""Python refuses to read numbers of so many digits, with an error of its own."""


def test_a_number_without_end_is_no_event(engine: Engine, page: httpx.Client) -> None:
    job = engine.jobs.start("nothing", lambda _: None)
    heard = page.get(f"/jobs/{job.id}/events", headers={"Last-Event-ID": ENDLESS_NUMBER})
    assert heard.status_code == 200 and '"done"' in heard.text


def test_a_number_without_end_is_too_long_for_a_body(page: httpx.Client) -> None:
    request = page.build_request("POST", "/people", content=b"{}")
    for length in (ENDLESS_NUMBER, "0" * 5000 + "9" * 20):
        request.headers["Content-Length"] = length
        assert code_of(page.send(request)) == (413, "request_too_large")


@pytest.mark.parametrize("path", ["/session", "/health"])
def test_a_stranger_sends_nothing_large(stranger: httpx.Client, path: str) -> None:
    """Else the memory for bodies could be taken by whoever reaches the port."""
    refused = stranger.post(path, content=b" " * 10_001)
    assert code_of(refused) == (413, "request_too_large")


def test_what_holds_no_images_is_not_as_large_as_images(page: httpx.Client) -> None:
    """It would be parsed as a whole, while nobody else is answered."""
    body = b'{"name": "' + b"x" * 4_000_000 + b'"}'
    assert code_of(page.post("/people", content=body)) == (413, "request_too_large")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    many = page.post("/faces", content=b"a=&" * 2000, headers=headers)
    assert many.status_code in (400, 413, 415, 422), many.text


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Disposition: form-data; name="image"; filename="x"\r\n' + b"X-A: b\r\n" * 50,
        b'Content-Disposition: form-data; name="image"; filename="' + b"x" * 50_000 + b'"\r\n',
        b"Content-Disposition: form-data\r\n",
        b'Content-Disposition: form-data; name="image\r\n',
    ],
    ids=["many headers", "long header", "no name", "open quote"],
)
def test_a_part_with_odd_headers_is_refused(page: httpx.Client, part: bytes) -> None:
    body = b"--b\r\n" + part + b"\r\nx\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert page.post("/faces", content=body, headers=headers).status_code in (400, 415, 422)


def test_thousands_of_fields_are_refused(page: httpx.Client) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="role"\r\n\r\nme\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = page.post("/faces", content=part * 5000 + b"--b--\r\n", headers=headers)
    assert code_of(answer) == (400, "request_refused")


def test_a_launch_token_is_not_used_again_by_its_idempotency_key(
    engine: Engine, stranger: httpx.Client
) -> None:
    body = {"token": engine.sessions.new_launch_token()}
    headers = {"Idempotency-Key": "k", "Sec-Fetch-Site": "same-origin"}
    first, again = (stranger.post("/session", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (204, 401)
    assert "set-cookie" not in again.headers


def test_kept_answers_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "_MAX_ALL_BYTES", 1000)
    kept = idempotency.KeptAnswers()
    answer = {"type": "http.response.body", "body": bytes(300)}
    for number in range(10):
        name = ("me", str(number))
        kept.end(name, kept.begin(name, "f")[0], (answer,))
    begins = [kept.begin(("me", str(number)), "f")[1] for number in (9, 8, 0)]
    assert begins == [False, False, True]


def test_jobs_do_not_queue_without_end(engine: Engine, page: httpx.Client) -> None:
    person = page.post("/people", json={"name": "Ana"}).json()["id"]
    may_end = threading.Event()
    try:
        with pytest.raises(Overloaded) as caught:
            for _ in range(2 * job_registry.MAX_WAITING_JOBS):
                engine.jobs.start("waits", lambda _: may_end.wait(30))
                time.sleep(0.001)
        assert caught.value.code == "too_many_jobs"
        refused = page.delete(f"/people/{person}")
        assert code_of(refused) == (503, "too_many_jobs") and refused.headers["retry-after"] == "10"
    finally:
        may_end.set()


def test_streams_are_not_followed_without_end(
    engine: Engine, page: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = engine.jobs.start("nothing", lambda _: None)
    for _ in range(3):
        assert page.get(f"/jobs/{job.id}/events").status_code == 200
    assert engine.streams == 0, "a stream that is over is not counted"
    engine.streams = jobs.MAX_STREAMS
    refused = page.get(f"/jobs/{job.id}/events")
    assert code_of(refused) == (503, "too_many_streams") and refused.headers["retry-after"] == "5"


def test_the_log_tells_no_name_no_path_and_no_secret(
    engine: Engine,
    page: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = "Ana López /home/ana/photos semblante_key"

    def fail(*_: object) -> None:
        try:
            raise KeyError(secret)
        except KeyError as error:
            raise ValueError(secret) from error

    monkeypatch.setattr(JobRegistry, "jobs", fail)
    failed = page.get("/jobs", params={"name": secret}, headers={"X-Name": "Ana"})
    assert code_of(failed) == (500, "internal_error")
    engine.jobs.start("fails", fail)
    until = time.monotonic() + 20
    while "job " not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)
    logged = caplog.text + capsys.readouterr().err
    assert f"request {failed.json()['request_id']} failed: ValueError" in logged and "(fails)" in logged
    assert "test_api_attacks" in logged and "after\nKeyError" in logged
    assert "Ana" not in logged and "semblante_key" not in logged and str(Path.home()) not in logged


def test_an_archive_with_files_without_end_is_not_opened(page: httpx.Client) -> None:
    """Its list alone would take gigabytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("a", b"")
    content = archive.getvalue()
    at, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entries = content[at:end] * 100_001
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(entries), at, 0)
    bomb = content[:at] + entries + tail
    answer = page.post("/people/import", files={"file": ("p.zip", bomb, "application/zip")})
    assert code_of(answer) == (422, "not_an_export")


@pytest.mark.parametrize("name", ["../about.json", "/about.json", "about.json/../../x", "C:\\about.json"])
def test_nothing_of_an_archive_is_written_where_its_names_say(
    engine: Engine, page: httpx.Client, name: str
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(name, b"{}")
        link = zipfile.ZipInfo("about.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    before = sorted(engine.folder.parent.rglob("*"))
    answer = page.post("/people/import", files={"file": ("p.zip", archive.getvalue(), "application/zip")})
    assert code_of(answer) == (422, "not_an_export") and "root:" not in answer.text
    new = {each.name for each in engine.folder.parent.rglob("*") if each not in before}
    assert new <= {"data", "library.sqlite", "library.sqlite-wal", "library.sqlite-shm"}


@pytest.mark.parametrize("name", ["about.json", "person.json"])
@pytest.mark.parametrize("content", [b"[" * 200_000, b" " * 70_000_000, b'{"a":' * 100_000, b"\xff\xfe"])
def test_json_bombs_in_an_archive_are_refused(page: httpx.Client, name: str, content: bytes) -> None:
    archive = io.BytesIO()
    fields = b'"name":"A","consent":null,"birth_date":null,"days":{},"taught":[],"rejected":[]'
    about = b'{"format":"semblante export 1",' + fields + b"}"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
        if name != "about.json":
            opened.writestr("about.json", about)
    assert len(archive.getvalue()) < 1_000_000
    answer = page.post("/people/import", files={"file": ("p.zip", archive.getvalue(), "application/zip")})
    assert answer.status_code == 422 and "param" in answer.text
    assert page.get("/people").json() == [] or page.get("/people").json().get("people") == []


def test_a_picture_in_passes_without_end_is_not_decoded(page: httpx.Client) -> None:
    """Each pass costs time for the whole picture, and hardly any bytes."""
    file = io.BytesIO()
    Image.effect_noise((64, 64), 60).convert("RGB").save(file, "JPEG", progressive=True)
    content = file.getvalue()
    starts = [at for at in range(len(content)) if content[at : at + 2] == b"\xff\xda"]
    passes = content[starts[1] : starts[2]] * 100
    bomb = content[: starts[2]] + passes + content[starts[2] :]
    assert page.post("/faces", files={"image": ("x.jpg", content, "image/jpeg")}).status_code == 200
    assert code_of(page.post("/faces", files={"image": ("x.jpg", bomb, "image/jpeg")})) == (
        422,
        "too_many_scans",
    )


def test_a_cookie_takes_no_longer_than_it_is_long(stranger: httpx.Client) -> None:
    """Python's own reader needs seconds for this one, while nobody else is answered."""
    cookie = 'lang="' + '\\"' * 31_000 + '"'
    began = time.process_time()
    assert stranger.get("/health", headers={"Cookie": cookie}).status_code == 200
    assert code_of(stranger.get("/jobs", headers={"Cookie": cookie})) == (401, "not_authenticated")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("a=1; lang=es; b=2", "es"),
        ("lang=es;a", "es"),
        (" lang = es ", "es"),
        ("language=es; xlang=en", None),
        ("lang", ""),
        ("", None),
        ("a=lang=es", None),
    ],
)
def test_a_cookie_is_found_by_its_whole_name(header: str, value: str | None) -> None:
    assert cookie_of(Headers({"cookie": header}), "lang") == value


@pytest.mark.parametrize(
    "languages",
    [
        "en" + " " * 60_000 + "x",
        "en;q=1" + " " * 60_000 + "x",
        "en-" + "a-" * 30_000 + "!",
        "en," * 20_000,
    ],
    ids=lambda text: text[:8],
)
def test_languages_take_no_longer_than_they_are_long(stranger: httpx.Client, languages: str) -> None:
    began = time.process_time()
    answer = stranger.get("/health", headers={"Accept-Language": languages})
    assert answer.status_code == 200 and time.process_time() - began < 1


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + b"\xff" * 1_000_000,
        b"\xff\xd8" + b"\xff" * 1_000_000 + b"\0",
        b"\xff\xd8" + (b"\xff" * 1000 + b"\0") * 1000,
        b"\xff\xd8" + b"\xff\xfe\0\2" * 2_000_000,
        b"\xff\xd8\xff\xda\0\2" + b"\xff" * 1_000_000,
    ],
    ids=["0xff", "0xff and 0", "runs of 0xff", "empty comments", "a scan of 0xff"],
)
def test_a_damaged_picture_takes_no_longer_than_it_is_large(page: httpx.Client, content: bytes) -> None:
    """It took half a minute for 20 kB, in which nobody else was answered, and no scan went on."""
    began = time.process_time()
    answer = page.post("/faces", files={"image": ("x.jpg", content, "image/jpeg")})
    assert answer.status_code in (415, 422) and time.process_time() - began < 3


@pytest.mark.parametrize(
    ("method", "path", "body", "refused"),
    [
        ("GET", "/people/" + ENDLESS_NUMBER, b"", (404, "not_found")),
        ("GET", "/" + "a/" * 20_000, b"", (404, "not_found")),
        (
            "POST",
            "/people",
            b"{" + b",".join(b'"%d":1' % number for number in range(80_000)) + b"}",
            (422, "fields_not_understood"),
        ),
        ("POST", "/live", b'{"people":[' + b"1," * 100_000 + b"1]}", (422, "fields_not_understood")),
        (
            "POST",
            "/people",
            b'{"name":"a' + "\u0315\u0300".encode() * 200_000 + b'"}',
            (422, "name_too_long"),
        ),
    ],
    ids=["number", "path", "fields", "list", "marks"],
)
def test_what_is_long_takes_no_longer_than_it_is_long(
    page: httpx.Client, method: str, path: str, body: bytes, refused: tuple[int, str]
) -> None:
    began = time.process_time()
    answer = page.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert code_of(answer) == refused and len(answer.content) < 100_000
    assert time.process_time() - began < 5
