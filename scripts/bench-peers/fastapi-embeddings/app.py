"""The FastAPI peer of the inference benchmark: texts to vectors with ONNX Runtime, in the shape of OpenAI's API.

It does what is needed and nothing else: no token is verified, nothing is counted, nobody has a deadline.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy
import onnxruntime
import orjson
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel
from tokenizers import Tokenizer

MAX_TOKENS = 256


def number(name: str) -> int:
    value = os.environ.get(name, "")
    if not value.isdigit():
        raise ValueError(f"{name}: {value!r} (expected: an integer >= 0)")
    return int(value)


class Model:
    """Thread-safe: a session may be run by several threads at once, and with one thread inside it runs on theirs."""

    def __init__(self, directory: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            os.path.join(directory, "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(os.path.join(directory, "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: list[str]) -> numpy.ndarray:
        """Vectors of length 1. One text is run at a time, as the model's quantisation wants it."""
        return numpy.concatenate([self._embed(text) for text in texts])

    def _embed(self, text: str) -> numpy.ndarray:
        encoding = self._tokenizer.encode(text)
        mask = numpy.array([encoding.attention_mask], dtype=numpy.int64)
        (tokens,) = self._session.run(
            ["last_hidden_state"],
            {
                "input_ids": numpy.array([encoding.ids], dtype=numpy.int64),
                "attention_mask": mask,
                "token_type_ids": numpy.array([encoding.type_ids], dtype=numpy.int64),
            },
        )
        # Without padding the mask is ones, so the mean is that of all tokens.
        vector = tokens.mean(axis=1)
        return vector / numpy.linalg.norm(vector, axis=1, keepdims=True)


class Request(BaseModel):
    model: str
    input: str | list[str]
    encoding_format: Literal["float"] = "float"


name = os.environ.get("MODEL_NAME", "")
model = Model(os.environ.get("MODEL_DIRECTORY", ""))
threads = number("THREADS")
pool = ThreadPoolExecutor(threads) if threads > 0 else None

app = FastAPI(openapi_url=None)


@app.get("/ready")
async def ready() -> Response:
    return Response(b"{}", media_type="application/json")


@app.post("/v1/embeddings")
async def embeddings(request: Request) -> Response:
    if request.model != name:
        raise HTTPException(404, f"model: {request.model} (expected: {name})")
    texts = [request.input] if isinstance(request.input, str) else request.input
    if pool is None:
        vectors = model.embed(texts)
    else:
        vectors = await asyncio.get_running_loop().run_in_executor(pool, model.embed, texts)
    body = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": vector}
            for index, vector in enumerate(vectors)
        ],
        "model": name,
    }
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")
