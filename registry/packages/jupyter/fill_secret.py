# Runs before the hub: puts a random value into every key of the hub's Secret that has none yet. Hub and proxy read the
# proxy's token from there. Keys that exist keep their value, so a restart or an apply changes nothing.
import base64
import json
import os
import secrets
import ssl
import urllib.request

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
URL = "https://{KUBERNETES_SERVICE_HOST}:{KUBERNETES_SERVICE_PORT}/api/v1/namespaces/{POD_NAMESPACE}/secrets/{SECRET}"


def call(method, body=None):
    with open(f"{ACCOUNT}/token") as token:
        headers = {"Authorization": "Bearer " + token.read(), "Content-Type": "application/merge-patch+json"}
    host = os.environ["KUBERNETES_SERVICE_HOST"]
    variables = {**os.environ, "KUBERNETES_SERVICE_HOST": f"[{host}]" if ":" in host else host}
    request = urllib.request.Request(
        URL.format(**variables), method=method, headers=headers, data=json.dumps(body).encode() if body else None
    )
    tls = ssl.create_default_context(cafile=f"{ACCOUNT}/ca.crt")
    with urllib.request.urlopen(request, context=tls, timeout=30) as answer:
        return json.load(answer)


def missing_keys(secret, keys):
    """A merge patch that fills them, or None. The version makes it fail if someone else was faster."""
    absent = [key for key in keys if not (secret.get("data") or {}).get(key)]
    if not absent:
        return None
    data = {key: base64.b64encode(secrets.token_hex(32).encode()).decode() for key in absent}
    return {"metadata": {"resourceVersion": secret["metadata"]["resourceVersion"]}, "data": data}


def main():
    patch = missing_keys(call("GET"), os.environ["SECRET_KEYS"].split())
    if patch:
        call("PATCH", patch)
    print("filled:", " ".join(patch["data"]) if patch else "nothing")


if __name__ == "__main__":
    main()
