"""Makes Triton's client talk with a node through a proxy that keeps every byte.

Usage: record.py PORT DIR. Each exchange has a connection of its own, so that what went over it is
one request and one answer.
"""

import socket
import sys
import threading
from pathlib import Path

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException


class Proxy:
    """Passes one connection after the other on to a port, and keeps what went over the last."""

    def __init__(self, port):
        self.port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.sent = bytearray()
        self.received = bytearray()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.port))
            self.sent, self.received = bytearray(), bytearray()
            for source, target, kept in (
                (client, server, self.sent),
                (server, client, self.received),
            ):
                threading.Thread(target=self.copy, args=(source, target, kept), daemon=True).start()

    @staticmethod
    def copy(source, target, kept):
        try:
            while data := source.recv(65536):
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The other side has closed.


def headers():
    """New for each call, since the client adds its own to them."""
    return {"Authorization": "Bearer recorded"}


def tensor(name, array, datatype, binary=True):
    wanted = triton.InferInput(name, list(array.shape), datatype)
    wanted.set_data_from_numpy(array, binary_data=binary)
    return wanted


def simple(client, binary_in, outputs, **more):
    first = np.arange(16, dtype=np.int32).reshape(1, 16)
    second = np.ones((1, 16), dtype=np.int32)
    result = client.infer(
        "simple",
        [
            tensor("INPUT0", first, "INT32", binary_in),
            tensor("INPUT1", second, "INT32", binary_in),
        ],
        outputs=outputs,
        headers=headers(),
        **more,
    )
    assert (result.as_numpy("OUTPUT0") == first + second).all()
    return result


def output(name, **options):
    return triton.InferRequestedOutput(name, **options)


def identity(client, array, datatype, binary=True):
    result = client.infer(
        "identity",
        [tensor("any", array, datatype, binary)],
        outputs=[output("any", binary_data=binary)],
        headers=headers(),
    )
    given = result.as_numpy("any")
    # As JSON, texts come back as such.
    assert [str(x) for x in given.ravel()] == [str(x) for x in array.ravel()] or not binary, given


EXCHANGES = {
    "server-live": lambda c: c.is_server_live(headers=headers()),
    "server-ready": lambda c: c.is_server_ready(headers=headers()),
    "server-metadata": lambda c: c.get_server_metadata(headers=headers()),
    "model-ready": lambda c: c.is_model_ready("simple", headers=headers()),
    "model-ready-version": lambda c: c.is_model_ready("simple", "1", headers=headers()),
    "model-ready-unknown": lambda c: c.is_model_ready("none", headers=headers()),
    "model-metadata": lambda c: c.get_model_metadata("simple", headers=headers()),
    "infer-json": lambda c: simple(
        c,
        False,
        [output("OUTPUT0", binary_data=False), output("OUTPUT1", binary_data=False)],
        request_id="r-1",
    ),
    "infer-binary": lambda c: simple(c, True, None, request_id="r-2"),
    "infer-mixed": lambda c: simple(
        c, True, [output("OUTPUT1", binary_data=True), output("OUTPUT0", binary_data=False)]
    ),
    "infer-version": lambda c: simple(c, True, None, model_version="1"),
    "infer-priority-timeout": lambda c: simple(c, True, None, priority=2, timeout=5_000_000),
    "infer-bytes": lambda c: identity(
        c, np.array(["Zoë".encode(), b"", b"\xff\x00"], dtype=np.object_), "BYTES"
    ),
    "infer-bytes-json": lambda c: identity(
        c, np.array(["Zoë", 'a"b'], dtype=np.object_), "BYTES", binary=False
    ),
    "infer-fp16": lambda c: identity(c, np.array([[1.5, -2, 65504]], dtype=np.float16), "FP16"),
    "infer-fp64-json": lambda c: identity(
        c, np.array([0.1, 1e300, -0.0]), "FP64", binary=False
    ),
    "infer-uint64-json": lambda c: identity(
        c, np.array([0, 2**64 - 1], dtype=np.uint64), "UINT64", binary=False
    ),
    "infer-bool": lambda c: identity(c, np.array([True, False]), "BOOL"),
    "infer-unknown-model": lambda c: c.infer(
        "none", [tensor("x", np.zeros(1, dtype=np.float32), "FP32")], headers=headers()
    ),
    "infer-wrong-input": lambda c: c.infer(
        "simple", [tensor("x", np.zeros(1, dtype=np.float32), "FP32")], headers=headers()
    ),
    "infer-classification": lambda c: simple(c, True, [output("OUTPUT0", class_count=3)]),
    "repository-index": lambda c: c.get_model_repository_index(headers=headers()),
    "load": lambda c: c.load_model("simple", headers=headers()),
    "load-config": lambda c: c.load_model("simple", headers=headers(), config="{}"),
    "unload": lambda c: c.unload_model("simple", headers=headers()),
}


def main(port, out):
    proxy = Proxy(port)
    for name, exchange in EXCHANGES.items():
        client = triton.InferenceServerClient(proxy.url, concurrency=1)
        try:
            seen = exchange(client)
        except InferenceServerException as refused:
            seen = refused
        client.close()
        (out / (name + ".request")).write_bytes(proxy.sent)
        (out / (name + ".answer")).write_bytes(proxy.received)
        print("%s: %s" % (name, str(seen)[:100]))


main(int(sys.argv[1]), Path(sys.argv[2]))
