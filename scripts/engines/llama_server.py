"""Runs llama.cpp's own HTTP server out of the package xllamacpp, in the foreground, until it is ended.

    llama_server.py --packages DIR --model FILE --port N --alias NAME [--embeddings]
"""

import argparse
import signal
import sys
import threading

parser = argparse.ArgumentParser()
parser.add_argument("--packages", required=True)
parser.add_argument("--model", required=True)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--alias", required=True)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--embeddings", action="store_true")
options = parser.parse_args()

sys.path.insert(0, options.packages)
import xllamacpp  # noqa: E402

params = xllamacpp.CommonParams()
params.model.path = options.model
params.hostnames = ["127.0.0.1"]
params.port = options.port
params.model_alias = {options.alias}
params.n_ctx = 4096
params.n_parallel = 2
# The worker threads spin while they wait for each other: with as many as cores, a busy machine crawls (measured:
# 70 tokens/s alone, below 2 beside other work).
params.cpuparams.n_threads = options.threads
params.cpuparams_batch.n_threads = options.threads
if options.embeddings:
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN

server = xllamacpp.Server(params)
print(server.listening_address, flush=True)

stopped = threading.Event()
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: stopped.set())
# Waiting without a limit would keep Python from seeing the signal on Windows.
while not stopped.wait(0.5):
    pass
