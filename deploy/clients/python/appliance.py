"""HTTP to an appliance, with one pinned certificate."""

import hashlib
import http.client
import json
import ssl
import urllib.parse

_BINARY = "application/octet-stream"
_HEADER_LENGTH = "Inference-Header-Content-Length"
# Names the session, so that a node of a cluster knows whose the request is before it reads the body.
_SESSION = "Cipherstream-Session"
_TIMEOUT_SECONDS = 120


class Refusal(Exception):
    """A problem that the appliance answered instead."""


class Appliance:
    """One connection. The API key is sent only after the certificate has been compared."""

    def __init__(self, url, certificate_sha256, api_key):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE  # the pin below identifies the appliance
            self._http = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=_TIMEOUT_SECONDS, context=context
            )
            self._http.connect()
            self._http.auto_open = 0  # a new connection would not have been compared
            certificate = hashlib.sha256(self._http.sock.getpeercert(True)).hexdigest()
            if certificate != certificate_sha256.replace(":", "").lower():
                self._http.close()
                raise ssl.SSLError(
                    f"the certificate has SHA-256 {certificate}, expected {certificate_sha256}"
                )
        else:
            self._http = http.client.HTTPConnection(
                parts.hostname, parts.port, timeout=_TIMEOUT_SECONDS
            )
        self._authorization = {"Authorization": f"Bearer {api_key}"}

    def _send(self, method, path, body=None, headers=()):
        self._http.request(method, path, body, self._authorization | dict(headers))
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status >= 300:
            problem = json.loads(content) if content else {}
            raise Refusal(
                f"{method} {path}: {answer.status} {problem.get('type', '')} "
                f"{problem.get('detail', '')}"
            )
        return answer, content

    def get_json(self, path):
        return json.loads(self._send("GET", path)[1])

    def get_bytes(self, path):
        return self._send("GET", path)[1]

    def post_json(self, path, body):
        headers = {"Content-Type": "application/json"}
        return json.loads(self._send("POST", path, json.dumps(body), headers)[1])

    def put_bytes(self, path, body):
        return json.loads(self._send("PUT", path, body, {"Content-Type": _BINARY})[1])

    def delete(self, path):
        self._send("DELETE", path)

    def infer(self, model, request, envelopes):
        """Sends JSON and binary tensors; returns the answer's JSON and its tensors."""
        header = json.dumps(request).encode()
        headers = {
            "Content-Type": _BINARY,
            _HEADER_LENGTH: str(len(header)),
            _SESSION: request["parameters"]["session"],
        }
        answer, content = self._send(
            "POST", f"/v2/models/{model}/infer", header + b"".join(envelopes), headers
        )
        at = int(answer.headers[_HEADER_LENGTH])
        described, tensors = json.loads(content[:at]), []
        for output in described["outputs"]:
            length = output["parameters"]["binary_data_size"]
            tensors.append(content[at : at + length])
            at += length
        return described, tensors

    def close(self):
        self._http.close()
