"""Stands in for the llama-server that Ollama starts for each model: llama.cpp's own server out of the package xllamacpp.

    ollama_runner.py PACKAGES [llama-server's options as Ollama gives them]

Ollama asks for its devices first (`--list-devices`); there are none but the processor. Options it gives for graphics
cards are ignored.
"""

import argparse
import os
import signal
import sys
import threading

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("packages")
parser.add_argument("--model")
parser.add_argument("--port", type=int)
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("-c", dest="context", type=int, default=0)
parser.add_argument("-np", dest="parallel", type=int, default=1)
parser.add_argument("-b", dest="batch", type=int)
parser.add_argument("-ub", dest="small_batch", type=int)
parser.add_argument("-t", dest="threads", type=int, default=max(1, (os.cpu_count() or 2) // 2))
parser.add_argument("--keep", type=int)
parser.add_argument("--chat-template")
parser.add_argument("--no-jinja", action="store_true")
parser.add_argument("--context-shift", action="store_true")
parser.add_argument("--embedding", action="store_true")
options, _ = parser.parse_known_args()

if options.model is None:
    print("Available devices:")
    sys.exit(0)

sys.path.insert(0, options.packages)
import xllamacpp  # noqa: E402

params = xllamacpp.CommonParams()
params.model.path = options.model
params.hostnames = [options.host]
params.port = options.port
params.n_ctx = options.context
params.n_parallel = options.parallel
params.n_batch = options.batch or params.n_batch
params.n_ubatch = options.small_batch or params.n_ubatch
params.n_keep = options.keep or params.n_keep
params.chat_template = options.chat_template or params.chat_template
params.use_jinja = not options.no_jinja
params.ctx_shift = options.context_shift
params.embedding = options.embedding
params.ui = False
params.cpuparams.n_threads = options.threads
params.cpuparams_batch.n_threads = options.threads

server = xllamacpp.Server(params)

# An Ollama that was killed leaves its runners behind: nothing started here may outlive a test.
parent = os.getppid()
stopped = threading.Event()
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: stopped.set())
while not stopped.wait(0.5) and os.getppid() == parent:
    pass
os._exit(0)
