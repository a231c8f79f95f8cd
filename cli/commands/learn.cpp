// Training models and using them.
#include "cli/cmd.h"
#include "cli/commands/sections.h"
#include "cli/learn_flags.h"

namespace kfctl {
namespace {

constexpr Flag kMemory = {
    .name = "memory",
    .value = "SIZE",
    .help =
        "keep no more of the rows in memory than 500Mi, 2Gi, ...; the rest lies in a file that "
        "is gone afterwards",
    .otherwise = "a quarter of the memory that the machine or the container has"};

constexpr Command kCommands[] = {
    {
        .path = "train",
        .section = Section::kLearn,
        .summary = "Train a model from data files",
        .about =
            "Reads CSV, TSV, JSON lines, libsvm, IDX, NPY, NPZ or TFRecord, also packed with gzip "
            "or zstd; finds out what the columns hold; splits the rows; trains; and writes a run "
            "directory with the model, its metrics, checkpoints and report.html. Data larger than "
            "memory lie in a file beside the run while it lasts.\n\n"
            "A run is described by a file (jsonnet, YAML or JSON), by flags, or by both, of which "
            "flags win. The same data, config and seed give the same weights, bit for bit, also "
            "when the run was stopped or killed and went on with --resume.",
        .arguments = {{.name = "FILE",
                       .help = "the config of the run; 'kfctl train init' writes a first one",
                       .optional = true,
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "DIR",
                   .help = "the run directory to make",
                   .completes = Completes::kDirectory},
                  {.name = "resume",
                   .value = "DIR",
                   .help = "go on with this run from its last checkpoint",
                   .completes = Completes::kDirectory},
                  kMemory,
                  {.name = "print-config", .help = "print the config with all defaults, and stop"},
                  {.name = "fast-dev-run",
                   .help = "make three steps and a validation to see that all fits; write nothing"},
                  {.name = "metrics",
                   .value = "FORMAT",
                   .help = "also print the metrics of each epoch on standard output",
                   .choices = "katib"}},
        .groups = {&kDataFlags, &kLabelFlags, &kModelFlags, &kDeviceFlags},
        .examples = {{"kfctl train --data iris.csv --label species --output iris", "from a table"},
                     {"kfctl train --data train-images-idx3-ubyte.gz --labels "
                      "train-labels-idx1-ubyte.gz --model mlp --output run",
                      "from images"},
                     {"kfctl train run.yaml --set train.epochs=5 --output short", "from a file"},
                     {"kfctl train --resume run", "after a crash"}},
        .run = cmd_train,
    },
    {
        .path = "train init",
        .section = Section::kLearn,
        .summary = "Write a first config for data",
        .about = "Looks at the data, finds out the types of its columns and fills in every field.",
        .arguments = {{.name = "FILE",
                       .help = "a config to start from",
                       .optional = true,
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "FILE",
                   .help = "write there instead of to standard output",
                   .completes = Completes::kFile},
                  kMemory},
        .groups = {&kDataFlags, &kLabelFlags, &kModelFlags},
        .examples = {{"kfctl train init --data iris.csv --label species --output run.yaml",
                      "then edit it"}},
        .run = cmd_train_init,
    },
    {
        .path = "eval",
        .section = Section::kLearn,
        .summary = "Measure how well a model does on data",
        .about = "Accuracy, precision, recall and F1 of each class, exact areas under the ROC and "
                 "precision-recall curves, log loss, Brier score and calibration; of a regression "
                 "MAE, RMSE and R2. Without --data, on the run's own test rows (or validation "
                 "rows, if it kept none).",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "labels",
                   .value = "FILE",
                   .help = "the labels of data that hold none, such as IDX and NPY",
                   .repeats = true,
                   .completes = Completes::kFile},
                  {.name = "split",
                   .value = "NAME",
                   .help = "the split of the run's own data",
                   .choices = "train|validation|test"},
                  {.name = "report",
                   .value = "FILE",
                   .help = "write charts as one HTML file",
                   .completes = Completes::kFile},
                  kMemory},
        .groups = {&kDataFlags, &kDeviceFlags, &kFormatFlags},
        .examples = {{"kfctl eval run", "on the run's own test rows"},
                     {"kfctl eval run --data test.csv -o json", "on other data, for a script"}},
        .run = cmd_eval,
    },
    {
        .path = "predict",
        .section = Section::kLearn,
        .summary = "Predict each row of data files",
        .about =
            "Rows keep their order. Data of any size go through in blocks.\n\n"
            "If the output is a directory, each file of data gets a file of predictions there, "
            "and those that are finished are kept: the same command again goes on after a "
            "crash.",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "FILE",
                   .help =
                       "write .csv, .jsonl or .npy; '-' is CSV on standard output; a directory (or "
                       "a name that ends in /) gets a file for each file of data",
                   .otherwise = "-",
                   .completes = Completes::kFile},
                  {.name = "key",
                   .value = "COLUMN",
                   .help = "pass this column through, in front",
                   .repeats = true},
                  {.name = "probabilities", .help = "add the probability of each class"},
                  {.name = "write",
                   .value = "FORMAT",
                   .help = "what the files in a directory are",
                   .choices = "csv|jsonl|npy",
                   .otherwise = "csv"}},
        .groups = {&kDataFlags, &kDeviceFlags},
        .examples = {{"kfctl predict run --data new.csv --key id --output out.csv", "with ids"},
                     {"kfctl predict run --data 'day-*.csv.gz' --output said/", "a file for each"},
                     {"kfctl predict run --data new.csv --probabilities", "to standard output"}},
        .run = cmd_predict,
    },
    {
        .path = "export",
        .section = Section::kLearn,
        .summary = "Write a model for other programs",
        .about = "ONNX takes the columns of the data as they are, strings among them, and computes "
                 "everything itself: missing values, scales, categories, the layers. Operator set "
                 "17, which onnxruntime, Triton and KServe run. safetensors is the model file that "
                 "kfctl reads itself.\n\n"
                 "--verify computes the graph for up to 500 rows that were not trained on and "
                 "compares it with 'kfctl predict'; exit status 1, and no file, if they differ by "
                 "more than rounding.",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .value = "FILE",
                   .help = "the file to write",
                   .completes = Completes::kFile},
                  {.name = "format",
                   .value = "NAME",
                   .help = "what to write",
                   .choices = "onnx|safetensors",
                   .otherwise = "onnx, unless FILE ends in .safetensors"},
                  {.name = "verify", .help = "compare the graph with the model on rows first"},
                  {.name = "data",
                   .value = "FILE",
                   .help = "the rows to verify on",
                   .otherwise = "rows that the run held out",
                   .repeats = true,
                   .completes = Completes::kFile},
                  kMemory},
        .groups = {&kDeviceFlags},
        .examples = {{"kfctl export run --output model.onnx --verify", "for a model server"}},
        .run = cmd_export,
    },
    {
        .path = "model",
        .section = Section::kLearn,
        .summary = "Models: what training leaves behind",
        .examples = {{"kfctl model list", "those in the current directory"}},
    },
    {
        .path = "model list",
        .section = Section::kLearn,
        .summary = "List the models and runs in a directory",
        .arguments = {{.name = "DIR",
                       .help = "where to look",
                       .optional = true,
                       .completes = Completes::kDirectory}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl model list runs", "as a table"}},
        .run = cmd_model_list,
    },
    {
        .path = "model describe",
        .section = Section::kLearn,
        .summary = "Print all there is to know about a model",
        .arguments = {{.name = "MODEL",
                       .help = "a run directory or a model file",
                       .completes = Completes::kFile}},
        .flags = {{.name = "output",
                   .letter = 'o',
                   .value = "FORMAT",
                   .help = "print as",
                   .choices = "yaml|json",
                   .otherwise = "yaml"}},
        .examples = {{"kfctl model describe run", "as YAML"}},
        .run = cmd_model_describe,
    },
    {
        .path = "model compare",
        .section = Section::kLearn,
        .summary = "Compare models side by side",
        .arguments = {{.name = "MODEL",
                       .help = "run directories or model files",
                       .repeats = true,
                       .completes = Completes::kFile}},
        .groups = {&kFormatFlags},
        .examples = {{"kfctl model compare linear mlp", "two runs"}},
        .run = cmd_model_compare,
    },
};

}  // namespace

std::span<const Command> learn_commands() { return kCommands; }

}  // namespace kfctl
