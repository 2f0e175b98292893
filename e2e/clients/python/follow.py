"""Follows the events of a server with the Python client, as its documentation has it: a list page by page, a watch from
there, and a new list when that is too old. The address that it prints answers as that of ../client-go does.

usage: follow.py KUBECONFIG
"""

import hashlib
import http.server
import json
import sys
import threading
import time
import urllib.parse

import urllib3
from kubernetes import client, config, dynamic, watch

PAGE = 500
AGAIN_SECONDS = 0.2


class Typed:
    """CoreV1Api, whose answers are models."""

    def __init__(self, api_client):
        self.list_function = client.CoreV1Api(api_client).list_event_for_all_namespaces

    def page(self, **options):
        page = self.list_function(**options)
        events = [(f"{e.metadata.namespace}/{e.metadata.name}", e.metadata.resource_version) for e in page.items]
        return events, page.metadata.resource_version, page.metadata._continue

    def watch(self, version):
        return watch.Watch().stream(self.list_function, resource_version=version)


class Dynamic:
    """events.k8s.io by the dynamic client, which finds it by discovery. EventsV1Api insists on an eventTime, which an API
    server does not have for an event that was written as core/v1.
    """

    def __init__(self, api_client, cache_file):
        resources = dynamic.DynamicClient(api_client, cache_file=cache_file).resources
        self.resource = resources.get(api_version="events.k8s.io/v1", kind="Event")

    def page(self, **options):
        page = self.resource.get(**options).to_dict()
        return list(map(version_of, page["items"])), page["metadata"]["resourceVersion"], page["metadata"].get("continue")

    def watch(self, version):
        return self.resource.watch(resource_version=version)


def version_of(event):
    metadata = event["metadata"]
    return f"{metadata['namespace']}/{metadata['name']}", metadata["resourceVersion"]


def digest(versions):
    lines = sorted(f"{key} {version}" for key, version in versions.items())
    return {"count": len(lines), "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


class Follower:
    def __init__(self, source):
        self.source = source
        self.versions = {}
        self.lists = 0
        self.watches = 0

    def state(self):
        return {"stored": digest(dict(self.versions)), "lists": self.lists, "watches": self.watches}

    def list(self, **options):
        versions = {}
        token = None
        while True:
            events, version, token = self.source.page(limit=PAGE, _continue=token, **options)
            versions.update(events)
            if not token:
                return versions, version

    def follow(self):
        while True:
            try:
                self.versions, version = self.list()
                self.lists += 1
                self.watch(version)
            except client.ApiException as error:
                # The version is too old, or the server has only just begun.
                if error.status not in (410, 429):
                    raise
            except urllib3.exceptions.HTTPError:
                # There is no server.
                pass
            time.sleep(AGAIN_SECONDS)

    def watch(self, version):
        """From the last change it saw, as often as the connection breaks."""
        while True:
            try:
                self.watches += 1
                for change in self.source.watch(version):
                    key, version = version_of(change["raw_object"])
                    if change["type"] == "DELETED":
                        self.versions.pop(key, None)
                    else:
                        self.versions[key] = version
            except urllib3.exceptions.HTTPError:
                time.sleep(AGAIN_SECONDS)


def serve(followers):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            url = urllib.parse.urlsplit(self.path)
            if url.path == "/list":
                options = dict(urllib.parse.parse_qsl(url.query))
                body = {
                    name: digest(follower.list(field_selector=options["fieldSelector"])[0])
                    for name, follower in followers.items()
                }
            else:
                body = {name: follower.state() for name, follower in followers.items()}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def main():
    kubeconfig = sys.argv[1]
    api_client = config.new_client_from_config(kubeconfig)
    followers = {
        "Python": Follower(Typed(api_client)),
        "Python, dynamic": Follower(Dynamic(api_client, f"{kubeconfig}.discovery")),
    }
    for follower in followers.values():
        threading.Thread(target=follower.follow, daemon=True).start()
    serve(followers)


main()
