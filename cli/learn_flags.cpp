#include "cli/learn_flags.h"

namespace kfctl {
namespace {

constexpr Flag kData[] = {
    {.name = "data",
     .value = "FILE",
     .help = "data to read: a file, or a quoted pattern such as 'part-*.csv.gz'",
     .repeats = true,
     .completes = Completes::kFile},
    {.name = "format",
     .value = "NAME",
     .help = "format of the data",
     .choices = "auto|csv|tsv|jsonl|libsvm|idx|npy|npz|tfrecord",
     .otherwise = "auto: by name and content"},
    {.name = "limit-rows", .value = "N", .help = "read no more than the first N rows"},
};

constexpr Flag kLabel[] = {
    {.name = "labels",
     .value = "FILE",
     .help = "the labels of data that hold none, such as IDX and NPY",
     .repeats = true,
     .completes = Completes::kFile},
    {.name = "label", .value = "COLUMN", .help = "the column to learn"},
};

constexpr Flag kModel[] = {
    {.name = "model",
     .value = "TYPE",
     .help = "kind of model",
     .choices = "auto|linear|logistic|mlp|cnn",
     .otherwise = "auto: cnn for images, else mlp, or linear for few rows"},
    {.name = "hidden", .value = "N,N", .help = "widths of the hidden layers"},
    {.name = "dropout", .value = "RATE", .help = "share of hidden values left out in training"},
    {.name = "epochs", .value = "N", .help = "how often to go through the data"},
    {.name = "steps", .value = "N", .help = "stop after this many steps"},
    {.name = "max-time", .value = "SECONDS", .help = "stop after this long"},
    {.name = "batch-size", .value = "N", .help = "rows of a step"},
    {.name = "optimiser",
     .value = "NAME",
     .help = "how to step",
     .alias = "optimizer",
     .choices = "sgd|adam|adamw|lamb",
     .otherwise = "adamw"},
    {.name = "learning-rate", .value = "RATE", .help = "how far to step"},
    {.name = "weight-decay", .value = "RATE", .help = "how much weights shrink"},
    {.name = "patience",
     .value = "N",
     .help = "stop after N epochs without a better validation loss"},
    {.name = "overfit-batches",
     .value = "N",
     .help = "train on N batches only, again and again: a model that cannot learn these is wrong"},
    {.name = "seed", .value = "N", .help = "of weights, order and dropout", .otherwise = "42"},
    {.name = "set",
     .value = "FIELD=VALUE",
     .help = "any other field of the config: train.clipNorm=1",
     .repeats = true},
};

constexpr Flag kDevice[] = {
    {.name = "device",
     .value = "NAME",
     .help = "what to compute on: auto, cpu, cuda, or cuda:N",
     .otherwise = "auto: a CUDA device if there is one"},
};

constexpr ConfigFlag kConfigFlags[] = {
    {"data", "data.files"},
    {"labels", "data.labels"},
    {"label", "data.label"},
    {"format", "data.format"},
    {"limit-rows", "data.limitRows"},
    {"model", "model.type"},
    {"hidden", "model.hidden"},
    {"dropout", "model.dropout"},
    {"epochs", "train.epochs"},
    {"steps", "train.steps"},
    {"max-time", "train.maxTime"},
    {"batch-size", "train.batchSize"},
    {"optimiser", "train.optimiser"},
    {"learning-rate", "train.learningRate"},
    {"weight-decay", "train.weightDecay"},
    {"patience", "train.patience"},
    {"overfit-batches", "train.overfitBatches"},
    {"seed", "train.seed"},
};

}  // namespace

const FlagGroup kDataFlags = {"Data flags", kData};
const FlagGroup kLabelFlags = {"Label flags", kLabel};
const FlagGroup kModelFlags = {"Training flags", kModel};
const FlagGroup kDeviceFlags = {"Device flags", kDevice};

std::span<const ConfigFlag> config_flags() { return kConfigFlags; }

}  // namespace kfctl
