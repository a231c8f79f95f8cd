"""kfctl predict as a Python program: ort_predict.py THREADS MODEL.onnx IN.csv OUT.csv."""

import sys

import numpy
import onnxruntime
import polars

threads, model, source, target = int(sys.argv[1]), *sys.argv[2:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
names = [one.name for one in session.get_inputs()]
table = polars.read_csv(source, columns=["id", *names], schema_overrides={name: polars.Float32 for name in names})
labels, probabilities = [], []
for at in range(0, len(table), 16384):  # what stays in the cache
    block = table.slice(at, 16384)
    inputs = {name: block[name].to_numpy().reshape(-1, 1) for name in names}
    label, probability = session.run(["label", "probabilities"], inputs)
    labels.append(label)
    probabilities.append(probability)
said = numpy.concatenate(probabilities)
out = table.select("id").with_columns(
    polars.Series("prediction", numpy.concatenate(labels)),
    *(polars.Series(f"p{column}", said[:, column]) for column in range(said.shape[1])),
)
out.write_csv(target)
