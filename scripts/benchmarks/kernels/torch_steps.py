"""The steps of test/kernels/bench.cpp as PyTorch takes them: torch_steps.py THREADS SECONDS [NAME].

Same networks, batches and optimiser, the data set resident, batches gathered by a shuffled index and
turned from bytes to floats. Prints name, value, unit, separated by tabs; the fastest of many rounds. One
thread is measured in the time that it ran, two in the time that passed.
"""

import sys
import time

import torch

ROWS = 60000
# Name, channels of convolutions of 3 x 3 (each under a pool of 2 x 2), widths of dense layers, batch.
NETWORKS = [
    ("784-128-10 batch 128", (), (784, 128, 10), 128),
    ("784-512-256-10 batch 256", (), (784, 512, 256, 10), 256),
    ("784-512-256-10 batch 1024", (), (784, 512, 256, 10), 1024),
    ("cnn 32-64-256-128-10 batch 128", (32, 64), (784, 256, 128, 10), 128),
]


def model_of(channels, widths):
    layers = []
    if channels:
        side = int(widths[0] ** 0.5)
        layers.append(torch.nn.Unflatten(1, (1, side, side)))
        for before, after in zip((1, *channels), channels):
            layers += [torch.nn.Conv2d(before, after, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
            side //= 2
        layers.append(torch.nn.Flatten())
        widths = (channels[-1] * side * side, *widths[1:])
    for before, after in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def examples_per_second(channels, widths, batch, seconds, autocast, now):
    torch.manual_seed(1)
    pixels = torch.randint(0, 256, (ROWS, widths[0]), dtype=torch.uint8)
    labels = torch.arange(ROWS) % 10
    order = torch.randperm(ROWS)
    model = model_of(channels, widths)
    if channels:
        model = model.to(memory_format=torch.channels_last)
    loss_of = torch.nn.CrossEntropyLoss()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    position = 0

    def step():
        nonlocal position
        rows = order[position : position + batch]
        position = position + batch if position + 2 * batch <= ROWS else 0
        x = pixels[rows].float().mul_(1 / 255)
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            loss = loss_of(model(x), labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    best = 0.0
    end = now() + seconds
    while now() < end:
        start, examples = now(), 0
        while now() < start + 0.02:
            step()
            examples += batch
        best = max(best, examples / (now() - start))
    return best


def main():
    threads, seconds = int(sys.argv[1]), float(sys.argv[2])
    torch.set_num_threads(threads)
    now = time.process_time if threads == 1 else time.perf_counter
    only = sys.argv[3] if len(sys.argv) > 3 else ""
    for name, channels, widths, batch in NETWORKS:
        if only not in name:
            continue
        for autocast in (False, True):
            rate = examples_per_second(channels, widths, batch, seconds, autocast, now)
            print(f"{name} {'bf16' if autocast else 'fp32'}\t{rate:.0f}\texamples/s", flush=True)


main()
