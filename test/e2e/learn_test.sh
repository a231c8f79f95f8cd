#!/usr/bin/env bash
# kfctl train, eval, predict, model: from a table to predictions, and what goes wrong on the way.
. "$(dirname "$0")/lib.sh"

# Two numbers, a colour with holes in it, and a label that follows from them.
table() {
  awk -v seed="$1" -v rows="$2" 'BEGIN {
    srand(seed); print "id,x,y,colour,label"
    for (i = 0; i < rows; i++) {
      x = rand() * 4 - 2; y = rand() * 2; c = rand() < .5 ? "red" : "blue"
      label = x + (c == "red" ? y : -y) > 0 ? "up" : "down"
      printf "n%d,%.4f,%.4f,%s,%s\n", i, x, y, (i % 50 == 7 ? "" : c), label
    }}'
}
table 1 2000 >train.csv
table 2 300 >new.csv

# From nothing to predictions.
run 0 train --data train.csv --label label --model mlp --hidden 16 --epochs 10 --learning-rate 0.01 --output run --device cpu
out_has 'accuracy'
for file in config.json metrics.jsonl log.txt report.html model.safetensors checkpoints/last.safetensors \
  events.out.tfevents.0.kfctl; do
  [[ -s run/$file ]] || fail "no $file"
done
file_has run/log.txt "column 'id' is left out"
run 0 eval run --data new.csv -o json
jq -e '.accuracy > 0.9 and .rocAuc > 0.95 and .rows == 300 and (.classes | length) == 2' <<<"$out" >/dev/null ||
  fail 'the model has not learned'
run 0 eval run
out_has 'CLASS'
run 0 eval run --data new.csv --report page.html
file_has page.html '<svg'
grep -qE 'https?://|src=' page.html && fail 'the report asks for something else'

run 0 predict run --data new.csv --key id --probabilities --output out.csv
[[ $(head -1 out.csv) == id,prediction,p_down,p_up ]] || fail "header: $(head -1 out.csv)"
[[ $(wc -l <out.csv) == 301 ]] || fail "lines: $(wc -l <out.csv)"
[[ $(cut -d, -f1 out.csv | tail -n +2) == $(cut -d, -f1 new.csv | tail -n +2) ]] || fail 'the order'
right=$(paste -d, out.csv new.csv | awk -F, 'NR > 1 && $2 == $NF' | wc -l)
((right > 270)) || fail "only $right of 300 are right"
run 0 predict run --data new.csv --key id --output out.jsonl
jq -se 'length == 300 and .[0].id == "n0"' out.jsonl >/dev/null || fail 'JSON lines'
run 0 predict run --data new.csv --limit-rows 2
[[ $(wc -l <<<"$out") == 3 ]] || fail 'two rows and a header'

# A directory of predictions: what is finished is kept, what was killed or has newer data is done.
head -100 new.csv >part-1.csv
{ head -1 new.csv; tail -n +101 new.csv; } | gzip >part-2.csv.gz
run 0 predict run --data 'part-*' --key id --output said/
[[ $(ls said) == $'part-1.csv\npart-2.csv\npredict.json' ]] || fail "shards: $(ls said)"
cmp <(cut -d, -f1,2 out.csv) <(cat said/part-1.csv && tail -n +2 said/part-2.csv) || fail 'the shards differ'
cp -r said whole-said
rm said/part-2.csv
touch -d '1 hour ago' part-1.csv part-2.csv.gz
run 0 predict run --data 'part-*' --key id --output said/
err_has '1 of 2 files were there already'
diff -r said whole-said || fail 'a second run ends otherwise'
touch part-1.csv
run 0 predict run --data 'part-*' --key id --output said
err_has 'rows to said/part-1.csv'
unchanged 2 predict run --data 'part-*' --output said/
err_has 'by other options'
unchanged 2 predict run --data part-1.csv --data ./part-1.csv --output other/
err_has 'a second part-1.csv'
mkdir busy && touch busy/file
unchanged 2 predict run --data part-1.csv --output busy
err_has 'not empty'
run 0 model describe run -o json
jq -e '.architecture.kind == "mlp" and .target.classes == ["down", "up"]' <<<"$out" >/dev/null || fail 'describe'
run 0 model list
out_has 'run'
run 0 model compare run run/model.safetensors -o json

run 0 export run --output model.onnx
cp model.onnx first.onnx
run 0 export run --output model.onnx
cmp first.onnx model.onnx || fail 'the export is not deterministic'
grep -qa 'LabelEncoder' model.onnx && grep -qa 'probabilities' model.onnx || fail 'not the graph'
run 0 export run --output model.onnx --verify
err_has 'rows: the largest difference is'
err_has '0 labels differ'
run 0 export run/model.safetensors --output model.onnx --verify --data new.csv
unchanged 2 export run/model.safetensors --output new.onnx --verify
err_has 'which rows should'
run 0 export run --output copy.safetensors
cmp copy.safetensors run/model.safetensors || fail 'the copy differs'
unchanged 2 export run --output x.safetensors --verify
unchanged 2 export run
unchanged 4 export run --output run/model.safetensors/y.onnx

# The same again gives the same model; another seed another.
run 0 train run/config.json --output again --device cpu
cmp run/model.safetensors again/model.safetensors || fail 'not deterministic'
run 0 train run/config.json --seed 7 --output other --device cpu
cmp -s run/model.safetensors other/model.safetensors && fail 'the seed does nothing'

# Rows beyond --memory lie in a file without a name: the same model.
run 0 train run/config.json --output mapped --device cpu --memory 10k
err_has 'of rows lie in a file in .'
cmp run/model.safetensors mapped/model.safetensors || fail 'rows in a file train otherwise'
cmp <("$KFCTL" eval run -o json) <("$KFCTL" eval run -o json --memory 0) || fail 'and evaluate otherwise'
unchanged 2 train run/config.json --output x --memory much
err_has 'such as 500Mi or 2Gi'
[[ -z $(find . -name '.kfctl*') ]] || fail 'a file is left behind'

# kill -9 in mid-epoch, then --resume: the same bits as the run that nobody stopped.
long=(run/config.json --epochs 12 --batch-size 10 --set train.checkpointSteps=7 --dropout 0.2 --device cpu)
run 0 train "${long[@]}" --output whole
for attempt in 1 2 3; do
  rm -rf cut
  "$KFCTL" train "${long[@]}" --output cut >/dev/null 2>&1 &
  pid=$!
  for _ in {1..500}; do [[ -s cut/checkpoints/last.safetensors ]] && break; sleep 0.01; done
  kill -9 $pid
  wait $pid 2>/dev/null
  [[ -s cut/model.safetensors ]] || break  # else it was too fast for us
done
[[ -s cut/model.safetensors ]] && fail 'the run was over before it was killed'
run 0 train --resume cut --device cpu --memory 1k
cmp whole/model.safetensors cut/model.safetensors || fail 'a resumed run ends otherwise'
cmp whole/checkpoints/last.safetensors cut/checkpoints/last.safetensors || fail 'the last checkpoint differs'
[[ $(wc -l <cut/metrics.jsonl) == 12 ]] || fail 'metrics of some epochs are lost or doubled'

# Ctrl-C leaves a checkpoint and says how to go on.
"$KFCTL" train "${long[@]}" --epochs 100000 --output stopped >"$scratch/out" 2>"$scratch/err" &
pid=$!
for _ in {1..500}; do [[ -s stopped/checkpoints/last.safetensors ]] && break; sleep 0.01; done
kill -TERM $pid
code=0
wait $pid || code=$?
[[ $code == 130 ]] || fail "SIGTERM gave $code"
grep -q 'kfctl train --resume stopped' "$scratch/err" || fail 'no hint how to go on'

# Configs.
run 0 train --print-config --data train.csv --label label
out_has 'labelSmoothing: 0'
run 0 train init --data train.csv --label label --output first.yaml
file_has first.yaml 'colour: categorical'
run 0 train first.yaml --fast-dev-run --device cpu
run 2 train init --data train.csv --label label --output first.yaml
printf 'train:\n  epoch: 3\n' >slip.yaml
run 3 train slip.yaml --output x
err_has "slip.yaml:2:3: unknown field 'train.epoch'"
err_has "did you mean 'epochs'?"
run 3 train <(printf '{"train": {"epochs": "many"}}') --output x
err_has 'train.epochs: a whole number is wanted'
run 2 train --data train.csv --set train.epoch=3 --output x
err_has "did you mean 'train.epochs'?"
printf 'local n = 3;\n{ data: { files: ["train.csv"], label: "label" }, train: { epochs: n } }\n' >c.jsonnet
run 0 train c.jsonnet --print-config
out_has 'epochs: 3'
run 0 train c.jsonnet --metrics katib --output katib --device cpu
grep -qE '^[0-9-]+T[0-9:]+Z train-loss=[0-9.e-]+ .*validation-accuracy=[0-9.]+' <<<"$out" || fail 'katib lines'

# Bad input: the right exit code, a place and a next step, and nothing on disk changed.
unchanged 4 train --data none.csv --label label --output x
unchanged 2 train --data train.csv --label labl --output x
err_has "did you mean 'label'?"
unchanged 2 train --data train.csv --output run
err_has 'the directory is not empty'
printf 'x,label\n1,a\n2\n' >ragged.csv
unchanged 3 train --data ragged.csv --label label --output x
err_has 'ragged.csv:3: 1 cell where 2 are expected'
printf 'x,label\n1,a\n2,a\n3,a\n' >one.csv
unchanged 3 train --data one.csv --label label --set data.split.validation=0 --output x
err_has 'nothing to tell apart'
printf 'x,label\n1,0.5\n2,\n3,1.5\n' >hole.csv
unchanged 3 train --data hole.csv --label label --output x
err_has "hole.csv:3: column 'label': the label is missing"
printf 'x,label\n1,0.5\nold,2.5\n3,1.5\n' >word.csv
unchanged 3 train --data word.csv --label label --set data.features.x=numeric --output x
err_has "word.csv:3: column 'x': 'old' is not a number"
unchanged 2 train --data train.csv --label label --model cnn --output x
err_has 'a cnn takes images'
unchanged 4 train --data train.csv --label label --device cuda:9 --output x
unchanged 3 eval run --data hole.csv
err_has 'which the model needs'
unchanged 2 predict run --data new.csv --output out.parquet
unchanged 2 predict run --data new.csv --key idd
err_has "no column 'idd' to pass through"
out_is ''
cp run/model.safetensors bad.safetensors
printf 'X' | dd of=bad.safetensors bs=1 seek=$(($(stat -c %s bad.safetensors) - 9)) conv=notrunc status=none
unchanged 3 predict bad.safetensors --data new.csv
err_has 'does not match its checksum'
head -c 900 run/model.safetensors >short.safetensors
unchanged 3 model describe short.safetensors
unchanged 3 predict run/checkpoints/last.safetensors --data new.csv
err_has 'it is a checkpoint'
unchanged 2 train --resume nowhere
printf 'n,1,1,red,up\n' >>train.csv
run 3 train --resume cut
err_has 'the data have changed'

# A loss that explodes stops with the step, the layer and advice.
awk 'BEGIN { print "x,y,label"; for (i = 0; i < 400; i++) printf "%d,%d,%g\n", i, i % 7, i * 3.7 }' >steep.csv
run 3 train --data steep.csv --label label --model mlp --optimiser sgd --learning-rate 1e6 --output boom --device cpu
err_has 'is not finite'
err_has 'train.learningRate'
