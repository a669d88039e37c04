"""What the codes of the service say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "address_unusable": "it cannot listen on {host}: {problem}",
    "attribute_or_person_needed": "an attribute or a person is needed, and not both",
    "body_too_slow": "the request did not arrive in time",
    "camera_unknown": "this camera is not known, or no more: without frames, it is forgotten after a minute",
    "changed_meanwhile": "this was changed since it was read; read it again",
    "content_type_not_read": "this content is not read here; send {wanted}",
    "cursor_unknown": "this cursor is not one of this listing; begin the listing again",
    "encoded_body": "a compressed request is not taken; send it as it is",
    "exposed_without_key": "other machines reach {host}, so whoever asks needs a key, and there is none",
    "exposed_without_tls": "other machines reach {host}, so TLS is needed: a certificate and its private key",
    "fields_not_understood": "these fields are missing or have a value that cannot be: {fields}",
    "groups_at_work": "the groups are being put together anew; try again shortly",
    "host_not_allowed": "this service is not reached by this name; use one that it was started with",
    "idempotency_key_reused": "another request had this Idempotency-Key; each needs its own",
    "idempotency_key_too_long": "the Idempotency-Key is longer than 255 characters",
    "image_too_large": (
        "the image has {width_px} x {height_px} pixels; at most {limit_million} million are taken"
    ),
    "internal_error": (
        "something failed that should not; the service's log tells what, by the request's number"
    ),
    "job_unknown": "there is no such job, or no more",
    "jobs_not_ended": "a job has not stopped yet; try again shortly",
    "key_unknown": "there is no such key",
    "keys_damaged": "the file with the keys is damaged; delete it and make new ones",
    "keys_on_loopback_only": "keys are made and seen only on the machine that the service runs on",
    "method_not_allowed": "this address does not take this method",
    "not_authenticated": "a valid key or session is needed; open the page anew, or send a key",
    "not_found": "there is nothing at this address",
    "not_ready": "the service cannot do its work",
    "origin_not_allowed": "another page may not ask this",
    "port_taken": "another program has the port {port}",
    "request_in_progress": "the same request is being answered; wait for it",
    "request_refused": "the request is not understood",
    "request_too_large": "the request has more bytes than are taken",
    "scan_running": "a scan is running; wait for it, or cancel its job {job}",
    "scope_too_small": "this key may not do that: it goes as far as {scope}",
    "tls_files_unusable": "the certificate and its private key cannot be used: {problem}",
    "tls_needs_two_files": "TLS needs both a certificate and its private key",
    "too_many_cameras": "{count} cameras are at work; end with one of them first",
    "too_many_failures": "too many wrong keys or sessions; try again in {retry_after_s} seconds",
    "too_many_passphrases": "too many wrong passphrases; wait {retry_after_s} s",
    "too_many_jobs": "{count} jobs wait to be done; try again when some of them are over",
    "too_many_requests_waiting": "too many requests are waiting; try again shortly",
    "too_many_streams": "{count} requests follow jobs; end one of them first",
    "two_images_needed": "two images are compared; {count} came",
}
