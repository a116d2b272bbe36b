"""One workload in PyTorch for torch.mjs: `torch_side.py FOLDER RATE LEARNING_RATE THREADS`, then commands on standard input, one a line.

`train` takes a step and answers with the loss before it, `predict` answers with the probabilities, `time train|predict
SECONDS` with the median seconds of a run.
"""

import json
import statistics
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

EPSILON = 1e-3
MOMENTUM = 0.99
BETA_2 = 0.999

folder, rate, learning_rate, threads = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)


def arrays():
    data = np.fromfile(f"{folder}/arrays.bin", np.float32)
    for shape in json.load(open(f"{folder}/arrays.json")):
        size = int(np.prod(shape))
        yield torch.from_numpy(data[:size].reshape(shape).copy())
        data = data[size:]


*weights, x, y = arrays()
hidden = [weights[i : i + 6] for i in range(0, len(weights) - 2, 6)]
trainable = [w for layer in hidden for w in layer[:4]] + weights[-2:]
for w in trainable:
    w.requires_grad_()
# The fused form is the fastest that PyTorch has for the processor.
optimizer = torch.optim.Adam(trainable, lr=learning_rate, fused=True)
steps = 0


def forward(training):
    h = x
    for w, b, gamma, beta, mean, variance in hidden:
        h = F.relu(torch.addmm(b, h, w))
        h = F.batch_norm(h, mean, variance, gamma, beta, training, 1 - MOMENTUM, EPSILON)
        if training and rate > 0:
            h = F.dropout(h, rate)
    return torch.addmm(weights[-1], h, weights[-2])


def train():
    global steps
    steps += 1
    # Keras adds epsilon before the second moment's bias is corrected, PyTorch after it.
    optimizer.param_groups[0]["eps"] = 1e-7 / (1 - BETA_2**steps) ** 0.5
    loss = F.cross_entropy(forward(True), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def predict():
    with torch.inference_mode():
        return F.softmax(forward(False), 1)


def timed(run, seconds):
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


runs = {"train": train, "predict": predict}
print("ready", flush=True)
for line in sys.stdin:
    words = line.split()
    if words[0] == "time":
        answer = timed(runs[words[1]], float(words[2]))
    else:
        answer = runs[words[0]]()
    if torch.is_tensor(answer):
        answer = answer.flatten().tolist()
    print(json.dumps(answer), flush=True)
